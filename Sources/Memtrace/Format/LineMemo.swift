// What the lines before had, since sessions, agents and tags repeat.
import Glibc

/// Values of earlier lines by their bytes, so that equal bytes are read once. One scan, one thread.
struct LineMemo {
  private struct Slot<Value> {
    var key: [UInt8] = []
    var value: Value

    @inline(__always)
    func has(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
      key.count == bytes.count
        && key.withUnsafeBufferPointer {
          memcmp($0.baseAddress!, bytes.baseAddress!, $0.count) == 0
        }
    }
  }

  private var session = Slot<SessionID?>(value: nil)
  private var texts = [Slot<String>](repeating: Slot(value: ""), count: 64)
  private var lists = [Slot<[String]>](repeating: Slot(value: []), count: 256)
  var keys = KeyTable()
  let crockford = Crockford()
  /// Where the fields of the line at hand stand, by the raw value of their key.
  let spans = UnsafeMutablePointer<JSONSpan>.allocate(capacity: LineKey.allCases.count)
  private var day: (words: (UInt64, UInt16), milliseconds: Int64) = ((0, 0), 0)

  func deallocate() { spans.deallocate() }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.count >= 8 else { return String(decoding: bytes, as: UTF8.self) }
    let at = Self.hash(bytes) & 63
    if texts[at].has(bytes) { return texts[at].value }
    let text = String(decoding: bytes, as: UTF8.self)
    texts[at] = Slot(key: Array(bytes), value: text)
    return text
  }

  mutating func session(_ bytes: UnsafeBufferPointer<UInt8>) -> SessionID? {
    guard !bytes.isEmpty else { return nil }
    if session.has(bytes) { return session.value }
    guard let id = crockford.session(bytes) else { return nil }
    session = Slot(key: Array(bytes), value: id)
    return id
  }

  /// The elements of an array that was checked; nil where one is not a string.
  mutating func tags(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> [String]? {
    let at = bytes.count < 8 ? 0 : Self.hash(bytes) & 255
    if lists[at].has(bytes) { return lists[at].value }
    var cursor = try JSONCursor(UnsafeRawBufferPointer(bytes))
    var tags: [String] = []
    var isText = true
    try cursor.elements(depth: Line.depth) { (cursor, depth) throws(JSONFault) in
      let span = try cursor.value(depth: depth)
      if span.isString { tags.append(JSONText.string(cursor.base, span)) } else { isText = false }
    }
    guard isText else { return nil }
    lists[at] = Slot(key: Array(bytes), value: tags)
    return tags
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

  /// Of at least eight bytes: their ends and their length.
  @inline(__always)
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let raw = UnsafeRawPointer(bytes.baseAddress!)
    let first = raw.loadUnaligned(as: UInt64.self)
    let middle = raw.loadUnaligned(fromByteOffset: (bytes.count - 8) / 2, as: UInt64.self)
    let last = raw.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    let mixed = (first ^ middle &* 31 ^ last &* 17 &+ UInt64(bytes.count)) &* 0x9E37_79B9_7F4A_7C15
    return Int(mixed >> 40)
  }
}
