// The 26 upper-case characters of Crockford's base 32 that stand for a ULID.

extension ULID: CustomStringConvertible {
  public static let textLength = 26
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
  /// Value of each byte, 0xFF where it is none of the alphabet: lower case and look-alikes are refused,
  /// so that one id has one spelling.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  /// Reads exactly 26 characters; nil where one is not of the alphabet or the value exceeds 128 bits.
  public init?(text: some Collection<UInt8>) {
    guard text.count == Self.textLength, let first = text.first, first <= UInt8(ascii: "7") else {
      return nil
    }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in text {
      let value = Self.values[Int(byte)]
      if value == 0xFF { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(value)
    }
    self.init(high: high, low: low)
  }

  public init?(_ text: some StringProtocol) {
    self.init(text: Array(text.utf8))
  }

  /// Appends the 26 characters.
  public func append(to bytes: inout [UInt8]) {
    // 130 bits for 26 characters: the first one carries three.
    for position in 0..<Self.textLength {
      let shift = 5 * (Self.textLength - 1 - position)
      let value: UInt64 =
        if shift >= 64 { high >> UInt64(shift - 64) } else if shift > 59 {
          high << UInt64(64 - shift) | low >> UInt64(shift)
        } else { low >> UInt64(shift) }
      bytes.append(Self.alphabet[Int(value & 31)])
    }
  }

  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.textLength)
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
