// What the gate's pass over a text asks of each byte: one table answers all of it.

/// Bits of the answer.
enum ByteKind {
  /// ASCII letters and digits.
  static let wordly: UInt8 = 1
  static let digit: UInt8 = 2
  static let capital: UInt8 = 4
  static let small: UInt8 = 8
  /// Begins something without being part of a word.
  static let mark: UInt8 = 16
  /// May stand in a long text that looks encoded.
  static let longText: UInt8 = 32

  /// Of all bytes.
  static var table: [UInt8] {
    let (joins, marks) = (ByteSet("_+/=-.:~$%"), ByteSet("-:@+"))
    return (0...255).map { byte in
      (byte.isLetterOrDigit ? wordly | longText : 0) | (byte.isDigit ? digit : 0)
        | (byte.isCapital ? capital : 0) | (byte.isSmall ? small : 0)
        | (marks.contains(byte) ? mark : 0) | (joins.contains(byte) ? longText : 0)
    }
  }
}
