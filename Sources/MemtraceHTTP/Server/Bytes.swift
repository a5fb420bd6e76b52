// The classes of bytes in HTTP's grammar.

enum Bytes {
  /// A letter, a digit or one of `!#$%&'*+-.^_`|~` (RFC 9110, 5.6.2).
  static func isToken(_ byte: UInt8) -> Bool {
    contains(byte, low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
  }

  /// What may stand in a host with a port (RFC 3986, 3.2); there is no user name in it.
  static func isAuthority(_ byte: UInt8) -> Bool {
    contains(byte, low: 0x2FFF_7FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)
  }

  /// Visible but `#`. Raw UTF-8 is let through, as clients send it.
  static func isTarget(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "#")
  }

  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// Whether a set of ASCII bytes, given as two words of bits, has a byte.
  private static func contains(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
    byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
  }
}
