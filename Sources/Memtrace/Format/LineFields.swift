// A line taken apart: where each known field stands, nothing copied.

/// The fields of one valid line, for filters that look before they build.
///
/// Good until another line of the same scan is taken apart, or the line's bytes go.
struct LineFields {
  let base: UnsafePointer<UInt8>
  let memo: UnsafeMutablePointer<LineMemo>
  /// A bit for each key that is there: only their spans mean something.
  private var present: UInt32 = 0
  private var hasOthers = false

  /// Throws where the line is not one JSON object with distinct keys.
  init(
    _ bytes: UnsafeRawBufferPointer, _ memo: UnsafeMutablePointer<LineMemo>
  ) throws(JSONFault) {
    var cursor = try JSONCursor(bytes)
    base = cursor.base
    self.memo = memo
    cursor.skipSpace()
    guard cursor.next == UInt8(ascii: "{") else { throw cursor.fault("not an object") }
    cursor.at &+= 1
    cursor.skipSpace()
    if cursor.next == UInt8(ascii: "}") {
      cursor.at &+= 1
    } else {
      try members(&cursor)
    }
    try cursor.finish()
  }

  /// Members as we write them: a known key, no space, text without escapes, all ASCII. Anything
  /// else goes through `otherMember` and the rules in full.
  @inline(__always)
  private mutating func members(_ cursor: inout JSONCursor) throws(JSONFault) {
    let (base, end, memo) = (base, cursor.end, memo)
    var at = cursor.at
    memo.pointee.keys.startLine()
    while true {
      if at &+ 24 <= end, base[at] == UInt8(ascii: "\""),
        let (key, length) = memo.pointee.keys.find(cursor.word(at &+ 1), cursor.word(at &+ 9)),
        insert(key)
      {
        let start = at &+ 1 &+ length
        if base[start] == UInt8(ascii: "\""), let stop = cursor.plainEnd(start &+ 1) {
          memo.pointee.spans[key.rawValue] = JSONSpan(.plain, start &+ 1, stop)
          at = stop &+ 1
        } else {
          cursor.at = start
          cursor.skipSpace()
          memo.pointee.spans[key.rawValue] = try cursor.value(depth: Line.depth - 1)
          at = cursor.at
        }
      } else {
        cursor.at = at
        try otherMember(&cursor)
        at = cursor.at
      }
      if at &+ 1 < end, base[at] == UInt8(ascii: ","), base[at &+ 1] == UInt8(ascii: "\"") {
        at &+= 1
        continue
      }
      cursor.at = at
      cursor.skipSpace()
      if cursor.next == UInt8(ascii: "}") {
        cursor.at &+= 1
        return
      }
      try cursor.expect(UInt8(ascii: ","), "a comma or } was expected")
      cursor.skipSpace()
      at = cursor.at
    }
  }

  /// False where the key is there already.
  @inline(__always)
  private mutating func insert(_ key: LineKey) -> Bool {
    let bit = UInt32(1) &<< UInt32(truncatingIfNeeded: key.rawValue)
    let isNew = present & bit == 0
    present |= bit
    return isNew
  }

  /// A member whose key is not ours, or stands there twice, or is spelled in an unusual way.
  @inline(never)
  private mutating func otherMember(_ cursor: inout JSONCursor) throws(JSONFault) {
    let start = cursor.at
    guard cursor.next == UInt8(ascii: "\"") else { throw cursor.fault("a key was expected") }
    let name = try cursor.string()
    cursor.skipSpace()
    try cursor.expect(UInt8(ascii: ":"), "a colon was expected")
    cursor.skipSpace()
    let value = try cursor.value(depth: Line.depth - 1)
    let isNew: Bool
    if let key = JSONText.bytes(base, name).withUnsafeBufferPointer({ LineKey($0) }) {
      isNew = insert(key)
      memo.pointee.spans[key.rawValue] = value
    } else {
      if !hasOthers { memo.pointee.others = DistinctKeys() }
      hasOthers = true
      isNew = memo.pointee.others?.insert(name, in: base) ?? true
    }
    guard isNew else { throw JSONFault("the key \(JSONText.string(base, name)) twice", at: start) }
  }

  @inline(__always)
  func buffer(_ span: JSONSpan) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base + Int(span.start), count: span.count)
  }

  /// Where the value stands in the line; absent where the key is missing.
  subscript(key: LineKey) -> JSONSpan {
    @inline(__always) get {
      present &>> UInt32(truncatingIfNeeded: key.rawValue) & 1 == 1
        ? memo.pointee.spans[key.rawValue] : .absent
    }
  }

  /// The bytes as written: of a string those between its quotes, escapes not resolved; nil where
  /// nothing was said.
  @inline(__always)
  func bytes(_ key: LineKey) -> UnsafeBufferPointer<UInt8>? {
    let span = self[key]
    return span.isNothing ? nil : buffer(span)
  }

  /// The text of a string; nil for anything else.
  @inline(__always)
  func text(_ key: LineKey) -> String? {
    let span = self[key]
    return span.isString ? JSONText.string(base, span) : nil
  }

  /// What was remembered or decided.
  var body: JSONSpan {
    self[.content].isNothing ? self[.decision] : self[.content]
  }

  /// Calls `body` with the text of a string, escapes resolved, without allocating where there are
  /// none; nil where it is no string.
  func withText<Result>(
    _ span: JSONSpan, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    switch span.form {
    case .plain: try body(buffer(span))
    case .escaped: try JSONText.bytes(base, span).withUnsafeBufferPointer(body)
    default: nil
    }
  }

  /// The id where it is one that we know.
  var id: RecordID? {
    @inline(__always) get {
      self[.id].form == .plain ? memo.pointee.crockford.recordID(buffer(self[.id])) : nil
    }
  }

  /// Nil where it is missing or not RFC 3339.
  var time: Timestamp? {
    @inline(__always) get {
      self[.time].form == .plain ? memo.pointee.time(buffer(self[.time])) : nil
    }
  }
}
