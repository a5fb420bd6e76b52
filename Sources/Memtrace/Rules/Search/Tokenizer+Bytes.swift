// What a byte of folded text can be part of, and digits that stand together.

/// The kinds of bytes that a run was made of.
struct ByteClass: OptionSet {
  let rawValue: UInt8

  static let letter = ByteClass(rawValue: 1)
  static let digit = ByteClass(rawValue: 2)
  /// Any byte of a scalar outside ASCII; folding left only letters, marks and numbers of these.
  static let other = ByteClass(rawValue: 4)
  static let joiner = ByteClass(rawValue: 8)
  static let apostrophe = ByteClass(rawValue: 16)

  @inline(__always)
  var isWord: Bool { rawValue & 7 != 0 }

  static let table: [ByteClass] = (UInt8.min...UInt8.max).map { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    case 0x80...: .other
    case _ where "-_.@/:+".utf8.contains(byte): .joiner
    default: []
    }
  }
}

/// Groups of digits with at most three of " -.()/" between them: telephone, card and account numbers.
struct NumberRun {
  private var hash = TermHash.start
  private var digits = 0
  private var groups = 0
  private var place = 0..<0

  typealias Number = (hash: UInt64, place: Range<Int>)

  /// Adds a group; the number that ended before it, if it was one of several groups.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ group: Range<Int>) -> Number? {
    let gap = place.upperBound..<group.lowerBound
    var ended: Number?
    if groups > 0, gap.count > 3 || !bytes[gap].allSatisfy({ " -.()/".utf8.contains($0) }) {
      ended = end()
    }
    place = (groups == 0 ? group.lowerBound : place.lowerBound)..<group.upperBound
    groups += 1
    digits += group.count
    for byte in bytes[group] { hash = TermHash.adding(byte, to: hash) }
    return ended
  }

  mutating func end() -> Number? {
    guard groups > 0 else { return nil }
    defer { self = NumberRun() }
    return groups > 1 && (7...19).contains(digits) ? (TermHash.finished(hash), place) : nil
  }
}
