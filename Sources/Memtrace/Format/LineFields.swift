// A line taken apart: where each known field stands, nothing copied.

/// The fields of one valid line, for filters that look before they build. Lives as
/// long as the line's bytes.
struct LineFields {
  let base: UnsafePointer<UInt8>
  private var spans = InlineArray<19, JSONSpan>(repeating: .absent)

  /// Throws where the line is not one JSON object with distinct keys.
  init(_ bytes: UnsafeRawBufferPointer) throws(JSONFault) {
    var cursor = try JSONCursor(bytes)
    base = cursor.base
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

  @inline(__always)
  private mutating func members(_ cursor: inout JSONCursor) throws(JSONFault) {
    var others = DistinctKeys()
    while true {
      let start = cursor.at
      guard cursor.next == UInt8(ascii: "\"") else { throw cursor.fault("a key was expected") }
      let name = try cursor.string()
      cursor.skipSpace()
      try cursor.expect(UInt8(ascii: ":"), "a colon was expected")
      cursor.skipSpace()
      let value = try cursor.value(depth: Line.depth - 1)
      if let key = key(name) {
        guard spans[key.rawValue].form == .absent else {
          throw JSONFault("the key \(key.name) twice", at: start)
        }
        spans[key.rawValue] = value
      } else if !others.insert(name, in: base) {
        throw JSONFault("the key \(JSONText.string(base, name)) twice", at: start)
      }
      cursor.skipSpace()
      if cursor.next == UInt8(ascii: "}") {
        cursor.at &+= 1
        return
      }
      try cursor.expect(UInt8(ascii: ","), "a comma or } was expected")
      cursor.skipSpace()
    }
  }

  @inline(__always)
  private func key(_ span: JSONSpan) -> LineKey? {
    if span.form == .plain { return LineKey(buffer(span)) }
    return JSONText.bytes(base, span).withUnsafeBufferPointer { LineKey($0) }
  }

  @inline(__always)
  func buffer(_ span: JSONSpan) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base + Int(span.start), count: span.count)
  }

  /// Where the value stands in the line; absent where the key is missing.
  subscript(key: LineKey) -> JSONSpan {
    @inline(__always) get { spans[key.rawValue] }
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

  /// Calls `body` with the text of a string, escapes resolved, without allocating where there are none;
  /// nil where it is no string.
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
    self[.id].form == .plain ? RecordID(text: buffer(self[.id])) : nil
  }

  /// Milliseconds are cut off from what is finer; nil where it is not RFC 3339.
  var time: Timestamp? {
    self[.time].form == .plain ? Timestamp(rfc3339: buffer(self[.time])) : nil
  }
}
