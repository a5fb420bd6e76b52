// Which language a text is written in, as far as search can tell by its commonest words.

/// The languages whose stop words and endings search knows. What is none of the others counts as English.
enum TextLanguage: UInt8, CaseIterable {
  case english, german, spanish, french, portuguese

  var stopWords: String {
    switch self {
    case .english: StopWords.words.joined(separator: " ")
    case .german: StopWords.german
    case .spanish: StopWords.spanish
    case .french: StopWords.french
    case .portuguese: StopWords.portuguese
    }
  }

  /// The stem of a word of lower-case ASCII letters, as folding leaves it.
  func stem(_ word: [UInt8]) -> [UInt8] {
    switch self {
    case .english: PorterStemmer.stem(word)
    case .german: Self.germanStemmer.stem(word)
    case .spanish: Self.spanishStemmer.stem(word)
    case .french: Self.frenchStemmer.stem(word)
    case .portuguese: Self.portugueseStemmer.stem(word)
    }
  }

  /// The term of a stem. Those of one language are none of another: "media" in Spanish is not "medium" in English.
  func term(_ stem: [UInt8]) -> UInt64 {
    self == .english ? TermHash.of(stem) : TermHash.of(stem + [rawValue])
  }

  private static let germanStemmer = GermanStemmer(.folded)
  private static let spanishStemmer = SpanishStemmer(.folded)
  private static let frenchStemmer = FrenchStemmer(.folded)
  private static let portugueseStemmer = PortugueseStemmer(.folded)
}

/// A set of languages, by their numbers.
struct LanguageSet: OptionSet, Hashable {
  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }
  init(_ language: TextLanguage) { rawValue = 1 << language.rawValue }

  func contains(_ language: TextLanguage) -> Bool { contains(LanguageSet(language)) }

  /// The languages that have a word, given by its hash, for a stop word.
  static func withStopWord(_ hash: UInt64) -> LanguageSet { byStopWord[hash] ?? [] }

  private static let byStopWord: [UInt64: LanguageSet] = {
    var sets: [UInt64: LanguageSet] = [:]
    for language in TextLanguage.allCases {
      for word in language.stopWords.split(separator: " ") {
        sets[TermHash.of(word.utf8), default: []].insert(LanguageSet(language))
      }
    }
    return sets
  }()
}

/// Counts a text's stop words. A text is not English if it has two or more of another language, and more than it has of
/// English; between equal ones the first in the list counts.
struct LanguageVotes {
  /// Twelve bits a language.
  private var votes: UInt64 = 0
  /// More than these settle nothing.
  private var room = 4_000
  private static let bits: UInt64 = 12

  /// What a vote adds, by the set of languages.
  private static let votes: [UInt64] = (0..<32).map { set in
    TextLanguage.allCases.reduce(0) { sum, language in
      let vote = UInt64(set) >> UInt64(language.rawValue) & 1
      return sum | vote << (bits * UInt64(language.rawValue))
    }
  }

  @inline(__always)
  mutating func add(_ languages: LanguageSet) {
    guard !languages.isEmpty, room > 0 else { return }
    votes += Self.votes[Int(languages.rawValue)]
    room -= 1
  }

  mutating func clear() { self = LanguageVotes() }

  private func count(_ language: TextLanguage) -> UInt64 {
    votes >> (Self.bits * UInt64(language.rawValue)) & (1 << Self.bits - 1)
  }

  var winner: TextLanguage {
    guard votes >> Self.bits != 0 else { return .english }
    let others = TextLanguage.allCases.dropFirst()
    let most = others.map(count).max() ?? 0
    guard most > 1, most > count(.english) else { return .english }
    return others.first { count($0) == most } ?? .english
  }
}
