// How many tokens of a language model a text takes, without the model's vocabulary.

/// An estimate from the classes of characters, near the larger of the counts of two public vocabularies.
///
/// Vocabularies cut text before they look anything up: into words with the space in front of them, numbers of up to three
/// digits, runs of signs, and white space. So does this, and adds up a cost for each piece (`docs/CONTEXT.md`).
public enum Tokens {
  /// Within 10 % of the count on English text, and rarely under it on anything else.
  public static func estimate(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { estimate($0) }
  }

  /// The same of UTF-8; other bytes count one each.
  public static func estimate(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { estimate($0) }
  }

  static func estimate(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    pairs.withUnsafeBufferPointer { pairs in
      var counter = TokenCounter(pairs: pairs)
      return counter.count(bytes)
    }
  }
}

/// One pass over the bytes. Costs are in sixteenths of a token.
struct TokenCounter {
  private enum Piece {
    case start, letters, digits, signs, spaces, lines, other, wide
  }

  private let pairs: UnsafeBufferPointer<Int8>
  private var sum = 0
  private var piece = Piece.start
  /// Cost of the word so far, or characters of a number or of white space.
  private var run = 0
  /// Characters of the word since it was last cut.
  private var length = 0
  /// Row of `pairs` for the last letter.
  private var row = Self.border
  private var wasUpper = false
  private var last: UInt8 = 0

  private static let whole = 16
  private static let border = 26

  init(pairs: UnsafeBufferPointer<Int8>) {
    self.pairs = pairs
  }

  mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): letter(Int(byte) - 97, isUpper: false)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter(Int(byte) - 65, isUpper: true)
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        enter(.digits)
        if run % 3 == 0 { sum += Self.whole }
        run += 1
      case 0x20, 0x09: space(byte)
      case 0x0A, 0x0D: lineEnd(byte)
      case 0x21...0x7E: sign(byte)
      case ..<0x80:
        enter(.other)
        sum += Self.whole
      default: other(bytes, &at, lead: byte)
      }
      last = byte
    }
    enter(.start)
    return (sum + Self.whole - 1) / Self.whole
  }

  /// Ends the piece before, unless it goes on.
  @inline(__always)
  private mutating func enter(_ next: Piece) {
    guard next != piece else { return }
    switch piece {
    case .letters: sum += max(Self.whole, run + Int(pairs[row * 27 + Self.border]))
    case .spaces: endSpaces(before: next)
    case .lines: sum += Self.whole + run
    default: break
    }
    run = 0
    length = 0
    row = Self.border
    piece = next
  }

  /// The last space belongs to the word or the signs that follow.
  private mutating func endSpaces(before next: Piece) {
    let isJoined = last == 0x20 && (next == .letters || next == .signs || next == .other)
    let left = run - (isJoined ? 1 : 0)
    if left > 0 { sum += Self.whole + left / 4 }
  }

  @inline(__always)
  private mutating func letter(_ letter: Int, isUpper: Bool) {
    if piece != .letters {
      let joins = piece == .signs
      let isApostrophe = last == UInt8(ascii: "'")
      enter(.letters)
      run = Self.whole
      // A sign goes with the word that follows it: "don't", "_id".
      if joins { sum -= isApostrophe ? 10 : 8 }
      wasUpper = true
    }
    let rise = isUpper && !wasUpper && row != Self.border ? 10 : 0
    let pair = Int(pairs[row * 27 + letter])
    add((letter == row ? max(pair, 3) : pair) + rise, row: letter)
    wasUpper = isUpper
  }

  /// One more character of a word. No piece of a word longer than 14 characters counts as one token.
  @inline(__always)
  private mutating func add(_ cost: Int, row next: Int) {
    if length == 14 {
      sum += max(Self.whole, run)
      run = 0
      length = 0
    }
    run += cost
    length += 1
    row = next
  }

  private mutating func sign(_ byte: UInt8) {
    if piece != .signs {
      enter(.signs)
      sum += Self.whole
    } else {
      sum += byte == last ? Self.repeated(byte) : 10
    }
  }

  /// Rulers and ellipses are in every vocabulary, long runs of brackets and quotes in none.
  private static func repeated(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "#"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "+"), UInt8(ascii: "%"):
      1
    case UInt8(ascii: "!"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"),
      UInt8(ascii: ">"):
      3
    default: 8
    }
  }

  private mutating func space(_ byte: UInt8) {
    if piece == .spaces, byte != last {
      sum += Self.whole
    }
    enter(.spaces)
    run += byte == 0x20 ? 1 : 5
  }

  private mutating func lineEnd(_ byte: UInt8) {
    // A line feed after signs is one token with them.
    if piece == .signs {
      enter(.lines)
      run = -12
      return
    }
    if piece == .lines {
      run += byte == last ? 1 : 8
    } else {
      enter(.lines)
    }
  }

  private mutating func other(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, lead: UInt8
  ) {
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, at + length - 1 <= bytes.count else {
      enter(.other)
      sum += Self.whole
      return
    }
    var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for i in 0..<(length - 1) { value = value << 6 | UInt32(bytes[at + i] & 0x3F) }
    at += length - 1
    if (0xC0...0x24F).contains(value) || (0x1E00...0x1EFF).contains(value) {
      if piece != .letters {
        enter(.letters)
        run = Self.whole
      }
      let accent = value < 0x100 ? 27 : value < 0x1E00 ? 34 : 44
      add(Int(pairs[row * 27 + Self.border]) + accent, row: Self.border)
      wasUpper = false
    } else {
      enter(value < 0x2E80 ? .other : .wide)
      sum += Self.cost(of: value)
    }
  }

  /// By script: what a character costs in the worse of the two vocabularies.
  private static func cost(of value: UInt32) -> Int {
    switch value {
    case ..<0xC0: 17
    case 0x370..<0x400: 23
    case 0x530..<0x590: 34
    case 0x400..<0x460: cyrillic(value)
    case 0x5D0..<0x5F0: 22
    case 0x600..<0x700: 19
    case 0x900..<0x980: 28
    case 0x980..<0xA00: 31
    case 0xE00..<0xE80: 22
    case ..<0x800: 32
    case 0x800..<0x1_0000: basicPlane(value)
    case 0x1_F300..<0x1_FA00, 0x1_D400..<0x1_D800: 48
    default: 64
    }
  }

  private static func cyrillic(_ value: UInt32) -> Int {
    value < 0x450 && frequent >> UInt64(value & 63) & 1 == 1 ? 9 : 21
  }

  /// One bit for each of the letters that make up most of a text.
  private static let frequent: UInt64 = "оеаинтсрвлкмдп".unicodeScalars.reduce(0) {
    $0 | 1 << UInt64($1.value & 63)
  }

  private static func basicPlane(_ value: UInt32) -> Int {
    if Tokens.isWhole[Int(value >> 6)] >> UInt64(value & 63) & 1 == 1 { return 16 }
    return switch value {
    case 0xB80..<0xC00, 0x10A0..<0x1100, 0x2000..<0x2070, 0x2100..<0x2190: 32
    case 0x3041..<0x3100, 0xFF00..<0xFFF0: 30
    case 0x2600..<0x27C0: 40
    case 0x4E00..<0xA000: 38
    case 0xAC00..<0xD7B0: 44
    default: 48
    }
  }
}
