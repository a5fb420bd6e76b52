// How many tokens of a language model a text takes, without the model's vocabulary.

/// An estimate from the classes of characters, near the counts of public vocabularies.
///
/// Vocabularies cut text before they look anything up: into words with the space or the sign in front of them, numbers of up
/// to three digits, runs of signs, and white space. So does this, and adds up a cost for each piece (`docs/CONTEXT.md`).
public enum Tokens {
  /// Within 10 % of the count on English text, and not under nine tenths of it on anything that people write.
  public static func estimate(_ text: String, _ vocabulary: TokenVocabulary = .any) -> Int {
    var text = text
    return text.withUTF8 { estimate($0, vocabulary) }
  }

  /// The same of UTF-8; other bytes count one each.
  public static func estimate(_ bytes: [UInt8], _ vocabulary: TokenVocabulary = .any) -> Int {
    bytes.withUnsafeBufferPointer { estimate($0, vocabulary) }
  }

  static func estimate(_ bytes: ArraySlice<UInt8>, _ vocabulary: TokenVocabulary = .any) -> Int {
    bytes.withUnsafeBufferPointer { estimate($0, vocabulary) }
  }

  static func estimate(
    _ bytes: UnsafeBufferPointer<UInt8>, _ vocabulary: TokenVocabulary
  ) -> Int {
    let costs = vocabulary.costs
    return costs.triples.withUnsafeBufferPointer { triples in
      var counter = TokenCounter(costs, triples)
      return counter.count(bytes)
    }
  }
}

/// One pass over the bytes. Costs are in sixteenths of a token.
struct TokenCounter {
  private enum Piece {
    case start, word, digits, signs, blanks, other, wide
  }

  private let costs: TokenCosts
  private let triples: UnsafeBufferPointer<Int8>
  private var sum = 0
  private var piece = Piece.start
  /// Cost of the word or of the signs so far.
  private var run = 0
  /// Characters of the word since it was last cut, signs in a row, or digits.
  private var length = 0
  /// The last characters of the piece, eight bits each.
  private var tail: UInt32 = 0
  /// How often the last sign stands before itself.
  private var repeats = 0
  private var blanks = BlankRun()
  private var last: UInt8 = 0
  /// The last character of another script: lines of a table are in every vocabulary too.
  private var ruler: UInt32 = 0

  private static let whole = 16

  init(_ costs: TokenCosts, _ triples: UnsafeBufferPointer<Int8>) {
    self.costs = costs
    self.triples = triples
  }

  mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        letters(bytes, &at, first: byte)
        continue
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        enter(.digits)
        if length % 3 == 0 { sum += Self.whole }
        length += 1
      case 0x20, 0x09: blank(byte)
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
  private mutating func enter(_ next: Piece, isLine: Bool = false) {
    guard next != piece else { return }
    var first: UInt32 = 0
    switch piece {
    case .word: sum += Self.lengthened(max(Self.whole, run + cost(of: Self.end)), last)
    case .signs:
      if next == .word, length == 1, tail < 0x100 {
        // One sign goes with the word that follows it: "don't", "_id", "(see".
        first = tail
      } else {
        sum += max(Self.whole, run + cost(ofSign: isLine ? Self.line : Self.end))
      }
    case .blanks:
      // The last space belongs to the word or the signs that follow.
      let joins =
        last == 0x20
        ? next == .word || next == .signs || next == .other : last == 0x09 && next == .word
      if joins { first = UInt32(last) }
      sum += blanks.cost(without: joins ? 1 : 0, beforeNumber: next == .digits)
    default: break
    }
    run = Self.whole
    length = 0
    tail = first
    piece = next
  }

  /// A word of more than a token and a half is one that vocabularies know little of, and so do the tables: an eighth more of the
  /// rest. English has few of them, Basque and Welsh hardly any other.
  @inline(__always)
  private static func lengthened(_ cost: Int, _ last: UInt8) -> Int {
    last < 0x80 ? cost + max(0, cost - 24) / 8 : cost
  }

  /// Letters of ASCII in a row, most of any text: what is counted stays in registers.
  private mutating func letters(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, first: UInt8
  ) {
    enter(.word)
    let capital = costs.capital
    var (byte, before) = (first, length > 0 ? last : 0)
    var (tail, run, length) = (tail, run, length)
    while true {
      (run, length) = cut(run, length)
      tail = (tail << 8 ^ UInt32(byte)) & 0xFF_FFFF
      run &+= cost(after: tail)
      // A capital after a small letter.
      if byte < 0x61, before >= 0x61, before <= 0x7A { run &+= capital }
      length &+= 1
      before = byte
      guard at < bytes.count, (bytes[at] | 0x20) &- 0x61 < 26 else { break }
      byte = bytes[at]
      at &+= 1
    }
    (self.tail, self.run, self.length, last) = (tail, run, length, byte)
  }

  /// A letter beyond ASCII.
  private mutating func letter(_ letter: UInt32) {
    enter(.word)
    (run, length) = cut(run, length)
    run += cost(of: letter) + costs.beyondASCII
    length += 1
  }

  /// No piece of a word longer than 14 characters counts as one token.
  @inline(__always)
  private mutating func cut(_ run: Int, _ length: Int) -> (Int, Int) {
    guard length == 14 else { return (run, length) }
    sum += max(Self.whole, run)
    return (0, 0)
  }

  private mutating func sign(_ byte: UInt8) {
    enter(.signs)
    repeats = byte == last && length > 0 ? repeats + 1 : 0
    let cost = cost(ofSign: UInt32(byte))
    run += repeats < 2 ? cost : Self.cost(ofRepeated: byte, repeats)
    length += 1
  }

  /// Rulers and ellipses are in every vocabulary, long runs of brackets and quotes in none.
  private static func cost(ofRepeated sign: UInt8, _ count: Int) -> Int {
    switch sign {
    case UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "*"),
      UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"):
      count < 32 ? 1 + count & 1 : count & 7 == 0 ? 1 : 0
    case UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "%"):
      count < 32 ? 3 : count & 3 == 0 ? 1 : 0
    case UInt8(ascii: "\""), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "}"):
      8
    default: 4
    }
  }

  private static let line: UInt32 = 0x0A
  private static let end: UInt32 = 0x01

  /// Of a character, or of the end, after the two characters before it.
  @inline(__always)
  private mutating func cost(of next: UInt32) -> Int {
    tail = (tail << 8 ^ next) & 0xFF_FFFF
    return cost(after: tail)
  }

  @inline(__always)
  private func cost(after tail: UInt32) -> Int {
    Int(triples[Int((tail &* 0x9E37_79B1) >> UInt32(32 - TokenCosts.tripleBits))])
  }

  /// The same of a sign, after the one before it.
  private mutating func cost(ofSign next: UInt32) -> Int {
    tail = (tail << 8 ^ next) & 0xFFFF
    return Int(triples[(1 << TokenCosts.tripleBits) + Int((tail &* 0x9E37_79B1) >> 21)])
  }

  private mutating func blank(_ byte: UInt8) {
    if piece != .blanks {
      blanks = BlankRun()
      enter(.blanks)
    }
    blanks.add(byte, after: last)
  }

  private mutating func lineEnd(_ byte: UInt8) {
    if piece != .blanks {
      blanks = BlankRun(afterSigns: piece == .signs)
      enter(.blanks, isLine: true)
    }
    blanks.addLine(byte)
  }

  /// Vocabularies have it together with the full stop before it and the line end behind it.
  private mutating func closingQuote() {
    enter(.signs)
    run += 1
    length += 1
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
    if costs.isLetter(value) {
      letter(value)
    } else if value == 0x201D {
      closingQuote()
    } else {
      let isRuler = value == ruler && (0x2500..<0x25A0).contains(value) && piece == .other
      enter(value < 0x2E80 ? .other : .wide)
      sum += isRuler ? 4 : costs.cost(of: value)
      ruler = value
    }
  }
}
