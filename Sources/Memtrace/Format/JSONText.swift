// The text of a JSON string whose span was checked.
import Glibc

enum JSONText {
  /// The value of a hexadecimal digit in either case.
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 48...57: UInt32(byte - 48)
    case 65...70: UInt32(byte - 55)
    case 97...102: UInt32(byte - 87)
    default: nil
    }
  }

  /// The text of a span of `base`, escapes resolved.
  @inline(__always)
  static func string(_ base: UnsafePointer<UInt8>, _ span: JSONSpan) -> String {
    let source = UnsafeBufferPointer(start: base + Int(span.start), count: span.count)
    if span.form == .plain { return String(decoding: source, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: source.count) { unescape(source, into: $0) }
  }

  /// The same as bytes.
  static func bytes(_ base: UnsafePointer<UInt8>, _ span: JSONSpan) -> [UInt8] {
    let source = UnsafeBufferPointer(start: base + Int(span.start), count: span.count)
    if span.form == .plain { return Array(source) }
    return Array(unsafeUninitializedCapacity: source.count) { $1 = unescape(source, into: $0) }
  }

  /// Resolves the escapes of a checked string; `target` has room for as many bytes, for none grows.
  /// - Returns: how many bytes were written.
  static func unescape(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    var from = 0
    var to = 0
    func unit() -> UInt32 {
      var unit: UInt32 = 0
      for i in from..<from + 4 { unit = unit << 4 | (hexDigit(source[i]) ?? 0) }
      from += 4
      return unit
    }
    guard let base = source.baseAddress, let start = target.baseAddress else { return 0 }
    while from < source.count {
      let rest = source.count - from
      let run =
        memchr(base + from, 0x5C, rest).map { UnsafeRawPointer($0) - UnsafeRawPointer(base + from) }
        ?? rest
      memcpy(start + to, base + from, run)
      to += run
      if run == rest { break }
      let letter = source[from + run + 1]
      from += run + 2
      guard letter == UInt8(ascii: "u") else {
        target[to] = character(ofEscape: letter)
        to += 1
        continue
      }
      var scalar = unit()
      if scalar & 0xFC00 == 0xD800 {
        from += 2
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit() & 0x3FF
      }
      for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}")
        ?? UTF8.encodedReplacementCharacter
      {
        target[to] = byte
        to += 1
      }
    }
    return to
  }

  private static func character(ofEscape letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }
}

extension JSONText {
  /// The value of a number that was checked; nil where it is too large for a `Double`.
  @inline(__always)
  static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    if text.count <= 16, let value = shortDecimal(text) { return value }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }

  /// Digits with at most one point between them: both parts of the quotient are exact, so it is
  /// rounded once (Clinger, "How to Read Floating Point Numbers Accurately", 1990).
  @inline(__always)
  private static func shortDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var digits: UInt64 = 0
    var scale: UInt64 = 1
    var isFraction = false
    for byte in text {
      let digit = byte &- 48
      if digit < 10 {
        digits = digits &* 10 &+ UInt64(digit)
        if isFraction { scale = scale &* 10 }
      } else if byte == UInt8(ascii: ".") {
        isFraction = true
      } else {
        return nil
      }
    }
    guard digits < 1 << 53 else { return nil }
    return Double(digits) / Double(scale)
  }
}
