// National identity and tax numbers of persons, each with its check digits; they always need their word beside them.

/// One country's number.
struct NationalID: Sendable {
  /// What a placeholder calls it.
  let name: String
  /// Words of which one must stand beside it, as in `GateWord.all`.
  let words: String
  /// As `BankAccount` has shapes: `8n1a`; the separators that people write are no part of it.
  let shapes: [[UInt8]]
  /// A number by chance passes with one in ten at most: a word that names no country is enough.
  let isStrong: Bool
  /// On capital letters and digits of one of the shapes.
  let check: @Sendable ([UInt8]) -> Bool

  init(
    _ name: String, _ shapes: String, words: String, isStrong: Bool = true,
    check: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    self.name = name
    self.words = words
    self.isStrong = isStrong
    self.check = check
    self.shapes = shapes.split(separator: " ").map { shape in
      var (letters, number) = ([UInt8](), 0)
      for byte in shape.utf8 {
        if byte.isDigit {
          number = number * 10 + Int(byte - 0x30)
        } else {
          letters += [UInt8](repeating: byte, count: number)
          number = 0
        }
      }
      return letters
    }
  }

  /// Where it ends, if one begins here.
  func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    for shape in shapes {
      var (compact, place) = ([UInt8](), start)
      while compact.count < shape.count, place < bytes.count {
        let byte = bytes[place]
        if byte.isLetterOrDigit {
          let kind = shape[compact.count]
          if kind == UInt8(ascii: "n"), !byte.isDigit { break }
          if kind == UInt8(ascii: "a"), !byte.isLetter { break }
          compact.append(byte.isSmall ? byte & 0xDF : byte)
        } else if compact.isEmpty || !Self.separators.contains(byte)
          || !bytes[place - 1].isLetterOrDigit
        {
          break
        }
        place += 1
      }
      if compact.count == shape.count, place == bytes.count || !bytes[place].isLetterOrDigit,
        check(compact)
      {
        return place
      }
    }
    return nil
  }

  private static let separators = ByteSet(" -./+")
}

/// Sums and remainders that the numbers' check digits are made with.
enum CheckDigits {
  static func value(_ byte: UInt8) -> Int { byte.isDigit ? Int(byte - 0x30) : Int(byte) - 55 }

  static func number(_ bytes: some Sequence<UInt8>) -> Int {
    bytes.reduce(0) { $0 * 10 + value($1) }
  }

  static func sum(_ bytes: some Sequence<UInt8>, _ weights: [Int]) -> Int {
    zip(bytes, weights).reduce(0) { $0 + value($1.0) * $1.1 }
  }

  static func isLuhn(_ bytes: some Sequence<UInt8>) -> Bool {
    CardNumber.isLuhn(bytes.map { $0 - 0x30 })
  }

  /// ISO 7064, mod 11,10.
  static func isHybrid(_ bytes: [UInt8]) -> Bool {
    var check = 5
    for byte in bytes.dropLast() {
      check = ((check == 0 ? 10 : check) * 2 % 11 + value(byte)) % 10
    }
    return ((check == 0 ? 10 : check) * 2 % 11 + value(bytes[bytes.count - 1])) % 10 == 1
  }

  /// Day and month of six digits that begin with them, or with the year.
  static func isDate(day: some Sequence<UInt8>, month: some Sequence<UInt8>) -> Bool {
    (1...31).contains(number(day)) && (1...12).contains(number(month))
  }

  /// The dihedral group's check of Verhoeff, 1969.
  static func isVerhoeff(_ bytes: [UInt8]) -> Bool {
    var check = 0
    for (place, byte) in bytes.reversed().enumerated() {
      var digit = value(byte)
      for _ in 0..<(place % 8) { digit = permutation[digit] }
      check = product(check, digit)
    }
    return check == 0
  }

  private static let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

  private static func product(_ a: Int, _ b: Int) -> Int {
    switch (a < 5, b < 5) {
    case (true, true): (a + b) % 5
    case (true, false): (a + b - 5) % 5 + 5
    case (false, true): (a - 5 - b + 5) % 5 + 5
    case (false, false): (a - b + 5) % 5
    }
  }
}
