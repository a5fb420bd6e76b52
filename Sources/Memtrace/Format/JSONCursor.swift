// A place in JSON text that only moves over what is valid.

/// Reads bytes that somebody else keeps alive. Strings, numbers and whole values come back as
/// spans.
struct JSONCursor {
  let base: UnsafePointer<UInt8>
  let end: Int
  /// The next byte to read.
  var at = 0

  /// Texts past this many bytes are refused: spans count in 32 bits.
  static let longest = Int(Int32.max)

  init(_ bytes: UnsafeRawBufferPointer) throws(JSONFault) {
    guard bytes.count <= Self.longest else {
      throw JSONFault("longer than 2 GiB", at: Self.longest)
    }
    // An empty buffer may have no address; nothing is read from this one.
    base = (bytes.baseAddress ?? Self.nowhere).assumingMemoryBound(to: UInt8.self)
    end = bytes.count
  }

  private nonisolated(unsafe) static let nowhere = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

  /// The next byte, 0 at the end: no rule asks for that byte.
  var next: UInt8 {
    @inline(__always) get { at < end ? base[at] : 0 }
  }

  @inline(__always)
  mutating func skipSpace() {
    while at < end, base[at] <= 0x20 {
      switch base[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at &+= 1
      default: return
      }
    }
  }

  func fault(_ problem: String) -> JSONFault {
    JSONFault(at < end ? problem : "ends too early", at: min(at, end))
  }

  /// Steps over `byte` or says what was expected.
  @inline(__always)
  mutating func expect(_ byte: UInt8, _ problem: @autoclosure () -> String) throws(JSONFault) {
    guard next == byte, at < end else { throw fault(problem()) }
    at &+= 1
  }

  /// `true`, `false` or `null` in full.
  mutating func word(_ word: StaticString) throws(JSONFault) {
    let length = word.utf8CodeUnitCount
    for i in 0..<length {
      guard next == word.utf8Start[i] else { throw fault("not a JSON value") }
      at &+= 1
    }
  }

  /// A number by the grammar of RFC 8259; `at` is on its first byte.
  @inline(__always)
  mutating func number() throws(JSONFault) -> JSONSpan {
    let start = at
    if next == UInt8(ascii: "-") { at &+= 1 }
    if next == UInt8(ascii: "0") {
      at &+= 1
      if isDigit(next) { throw fault("a number with a leading zero") }
    } else {
      try digits()
    }
    if next == UInt8(ascii: ".") {
      at &+= 1
      try digits()
    }
    if next | 0x20 == UInt8(ascii: "e") {
      at &+= 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at &+= 1 }
      try digits()
    }
    return JSONSpan(.number, start, at)
  }

  @inline(__always)
  private mutating func digits() throws(JSONFault) {
    guard isDigit(next) else { throw fault("a number without a digit") }
    repeat { at &+= 1 } while isDigit(next)
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
