// What the lines before had, since sessions, agents and tags repeat.

/// Values of earlier lines by their bytes, so that equal bytes are read once. One scan, one thread.
struct LineMemo {
  var keys = KeyTable()
  let crockford = Crockford()
  /// Where the fields of the line at hand stand, by the raw value of their key.
  let spans = UnsafeMutablePointer<JSONSpan>.allocate(capacity: LineKey.allCases.count)
  /// Keys of the line at hand that are not ours; nil until there is one.
  var others: DistinctKeys?
  private let sessions = Recent<SessionID>(places: 1, empty: .foreign(""))
  private let texts = Recent(places: 64, empty: "")
  private let lists = Recent<[String]>(places: 256, empty: [])
  private var day: (words: (UInt64, UInt16), milliseconds: Int64) = ((0, 0), 0)

  func deallocate() {
    spans.deallocate()
    sessions.deallocate()
    texts.deallocate()
    lists.deallocate()
  }

  /// The text of a string without escapes.
  @inline(__always)
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> String? {
    try texts.value(bytes) { bytes throws(JSONFault) in String(decoding: bytes, as: UTF8.self) }
  }

  @inline(__always)
  mutating func session(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> SessionID? {
    try sessions.value(bytes) { bytes throws(JSONFault) in crockford.session(bytes) }
  }

  /// The elements of an array that was checked; nil where one is not a string.
  @inline(__always)
  mutating func tags(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> [String]? {
    try lists.value(bytes) { bytes throws(JSONFault) in try Self.texts(bytes) }
  }

  private static func texts(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> [String]? {
    var cursor = try JSONCursor(UnsafeRawBufferPointer(bytes))
    var texts: [String] = []
    var isText = true
    try cursor.elements(depth: Line.depth) { (cursor, depth) throws(JSONFault) in
      let span = try cursor.value(depth: depth)
      if span.isString { texts.append(JSONText.string(cursor.base, span)) } else { isText = false }
    }
    return isText ? texts : nil
  }

  /// The form that we write is read by its places, any other by the rules of RFC 3339.
  @inline(__always)
  mutating func time(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    ourTime(bytes) ?? Timestamp(rfc3339: bytes)
  }

  /// `2026-11-22T14:03:11.123Z`; the date is looked up once a day.
  @inline(__always)
  private mutating func ourTime(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard bytes.count == 24, let base = bytes.baseAddress else { return nil }
    var isRight = true
    @inline(__always)
    func two(_ at: Int) -> Int64 {
      let tens = base[at] &- 48
      let ones = base[at &+ 1] &- 48
      isRight = isRight && tens < 10 && ones < 10
      return Int64(tens) &* 10 &+ Int64(ones)
    }
    let raw = UnsafeRawPointer(base)
    let words = (
      raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    )
    if words != day.words {
      let midnight = Array("T00:00:00Z".utf8)
      guard let start = Timestamp(rfc3339: Array(bytes.prefix(10)) + midnight) else { return nil }
      day = (words, start.milliseconds)
    }
    let (hour, minute, second) = (two(11), two(14), two(17))
    let ms = two(20) &* 10 &+ Int64(base[22] &- 48)
    guard isRight, base[22] &- 48 < 10, hour < 24, minute < 60, second < 60,
      base[10] == UInt8(ascii: "T"), base[13] == UInt8(ascii: ":"), base[16] == UInt8(ascii: ":"),
      base[19] == UInt8(ascii: "."), base[23] == UInt8(ascii: "Z")
    else { return nil }
    return Timestamp(
      milliseconds: day.milliseconds &+ ((hour &* 60 &+ minute) &* 60 &+ second) &* 1_000 &+ ms)
  }
}
