// The parts of the writer that put bytes down.

extension JSONWriter {
  /// A key of ours, which needs no escape.
  @inline(__always)
  mutating func literalKey(_ key: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A string that `body` appends and that needs no escape.
  @inline(__always)
  mutating func quoted(_ body: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    body(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Quotes and text: `"`, `\` and characters below U+0020 are escaped, nothing else.
  @inline(__always)
  mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { appendEscaped($0) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    var done = 0
    while true {
      let stop = Self.firstToEscape(text, from: done)
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[done..<stop]))
      guard stop < text.count else { return }
      appendEscape(text[stop])
      done = stop + 1
    }
  }

  private static func firstToEscape(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = text.baseAddress else { return 0 }
    let ones: UInt64 = 0x0101_0101_0101_0101
    var p = start
    while p &+ 8 <= text.count {
      let word = UnsafeRawPointer(base + p).loadUnaligned(as: UInt64.self).littleEndian
      let quote = word ^ 0x2222_2222_2222_2222
      let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
      let hits =
        (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
          | ((word &- 0x2020_2020_2020_2020) & ~word)) & 0x8080_8080_8080_8080
      if hits != 0 { return p &+ hits.trailingZeroBitCount >> 3 }
      p &+= 8
    }
    while p < text.count {
      let byte = base[p]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return p }
      p &+= 1
    }
    return p
  }

  /// `0.07` of 7, `0.5` of 50: the shortest text of 1 to 99 hundredths.
  mutating func appendHundredths(_ count: UInt8) {
    bytes.append(contentsOf: "0.".utf8)
    bytes.append(UInt8(ascii: "0") + count / 10)
    if count % 10 != 0 { bytes.append(UInt8(ascii: "0") + count % 10) }
  }

  private mutating func appendEscape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x00..<0x20:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      bytes.append(byte & 15 < 10 ? 48 + byte & 15 : 87 + byte & 15)
    default: bytes.append(byte)
    }
  }
}
