// For whose vocabulary tokens are estimated, and what the pieces of a text cost in it.

/// A model's vocabulary, or what is safe for two of them.
public enum TokenVocabulary: String, CaseIterable, Sendable {
  /// The larger of the counts of `cl100k_base` and `o200k_base`: a budget is kept for both.
  case any
  case o200k = "o200k_base"

  var costs: TokenCosts {
    switch self {
    case .any: .any
    case .o200k: .o200k
    }
  }
}

/// Costs in sixteenths of a token.
struct TokenCosts: Sendable {
  /// Logarithm of the number of places for letters; 2,048 more for signs stand behind them.
  static let tripleBits = 16

  /// What a letter costs after the two characters before it, and a sign after the one before it, at the place that a hash of them names; the end
  /// of a word or of a run of signs costs as well.
  let triples: [Int8]
  /// Of a letter beyond ASCII, besides.
  let beyondASCII: Int
  /// Of a capital after a small letter, besides.
  let capital: Int
  /// One bit for each character of the basic plane that the vocabulary holds whole.
  let isWhole: [UInt64]
  /// The last character of each script, in order, and what each character of it costs.
  let scripts: [(last: UInt32, cost: Int)]
  /// Letters of Arabic and Hebrew are parts of words with costs of their own.
  let readsSemitic: Bool

  /// - Parameters:
  ///   - triples: the costs plus 60 as characters, and line ends.
  ///   - whole: characters, and line ends.
  init(
    triples: String, whole: String, beyondASCII: Int, capital: Int, readsSemitic: Bool,
    scripts: [(last: UInt32, cost: Int)]
  ) {
    self.triples = triples.utf8.filter { $0 != 0x0A }.map { Int8($0) - 60 }
    var bits = [UInt64](repeating: 0, count: 1_024)
    for scalar in whole.unicodeScalars where scalar.value > 0x7F {
      bits[Int(scalar.value >> 6)] |= 1 << UInt64(scalar.value & 63)
    }
    isWhole = bits
    self.beyondASCII = beyondASCII
    self.capital = capital
    self.readsSemitic = readsSemitic
    self.scripts = scripts
  }
}
