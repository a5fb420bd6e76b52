// The 26 upper-case characters of Crockford's base 32 that stand for a ULID.

extension ULID: CustomStringConvertible {
  public static let textLength = 26
  static var alphabet: StaticString { "0123456789ABCDEFGHJKMNPQRSTVWXYZ" }
  /// Value of each byte, 0xFF where it is none of the alphabet: lower case and look-alikes are refused,
  /// so that one id has one spelling.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for value in 0..<32 { table[Int(alphabet.utf8Start[value])] = UInt8(value) }
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
    let letters = Self.alphabet
    var text = InlineArray<26, UInt8>(repeating: 0)
    func put(_ bits: UInt64, _ start: Int, _ count: Int) {
      var bits = bits
      for i in stride(from: start + count - 1, through: start, by: -1) {
        text[i] = letters.utf8Start[Int(bits & 31)]
        bits &>>= 5
      }
    }
    // 10 characters of time, then twice 8 of 40 random bits.
    put(high >> 16, 0, 10)
    put((high & 0xFFFF) << 24 | low >> 40, 10, 8)
    put(low & 0xFF_FFFF_FFFF, 18, 8)
    withUnsafeBytes(of: &text) { bytes.append(contentsOf: $0) }
  }

  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.textLength)
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
