// Text that hides in base64 or hexadecimal: a key is a key however it is written.

enum EncodedText {
  /// What it stands for, where that is printable ASCII; nil else. Both alphabets of base64 (RFC 4648).
  static func decoded(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    hexadecimal(bytes) ?? base64(bytes)
  }

  private static func base64(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    for byte in bytes {
      if byte == UInt8(ascii: "=") { break }
      guard let value = value(byte) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        let byte = UInt8(truncatingIfNeeded: bits >> UInt32(count))
        guard isPrintable(byte) else { return nil }
        result.append(byte)
      }
    }
    return result
  }

  private static func hexadecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard bytes.count % 2 == 0, bytes.count >= 32 else { return nil }
    var result: [UInt8] = []
    for place in stride(from: 0, to: bytes.count, by: 2) {
      guard let high = digit(bytes[place]), let low = digit(bytes[place + 1]) else { return nil }
      guard isPrintable(high << 4 | low) else { return nil }
      result.append(high << 4 | low)
    }
    return result
  }

  private static func isPrintable(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
  }

  private static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x61...0x7A: UInt32(byte - 0x61 + 26)
    case 0x30...0x39: UInt32(byte - 0x30 + 52)
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: nil
    }
  }
}
