// A query, read once: its terms, and what it asks about.

struct SearchQuery {
  struct Term {
    let hash: UInt64
    /// How often the query has it.
    var count: Double
    /// As the query spells it, folded.
    let text: String
    /// The word it stands for; stems of one word in several languages are one group.
    let group: Int
    /// Whether it is looked for only if some record has it.
    var isOptional = false
    /// Whether it is a piece of an id: another id one letter away is another id, and no slip.
    var isOfIdentifier = false
  }

  private(set) var terms: [Term] = []
  let trigrams: TrigramQuery
  let dates: QueryDates
  /// Whether it asks when, or how long.
  let asksForTime: Bool
  /// Whether it is a question, not only words to look for.
  let isQuestion: Bool
  /// All words, stop words too, folded and in order; and their hashes.
  let spellings: [String]
  let words: [UInt64]
  private let folded: [UInt8]
  private let language: TextLanguage
  /// What stands in quotation marks, by its words.
  let phrases: [[UInt64]]

  init(_ text: String) {
    var tokenizer = Tokenizer()
    var copy = text
    copy.withUTF8 { tokenizer.read($0) }
    let bytes = tokenizer.folding.bytes
    let identifiers = Self.identifiers(bytes)
    for (group, term) in tokenizer.found.enumerated() {
      let isOfIdentifier = identifiers.contains { $0.overlaps(term.place) }
      if let known = terms.firstIndex(where: { $0.hash == term.hash }) {
        terms[known].count += term.isExtra ? 0 : 1
        terms[known].isOfIdentifier = terms[known].isOfIdentifier && isOfIdentifier
      } else if terms.count < Self.mostTerms {
        let text = String(decoding: bytes[term.place], as: UTF8.self)
        terms.append(
          Term(
            hash: term.hash, count: term.isExtra ? 0.5 : 1, text: text, group: group,
            isOptional: term.isExtra, isOfIdentifier: isOfIdentifier))
      }
    }
    trigrams = TrigramQuery(tokenizer.found.filter { !$0.isExtra }.map { bytes[$0.place] })
    spellings = Self.words(bytes)
    dates = QueryDates(spellings, original: text)
    words = spellings.map { TermHash.of($0.utf8) }
    phrases = QuotedPhrases.words(in: text)
    asksForTime = Self.asksForTime(spellings)
    isQuestion =
      text.contains("?") || spellings.first.map(Self.questionWords.contains) == true
    folded = bytes
    language = tokenizer.language
  }

  /// What records may have for the query's words: their stems in the records' languages, the halves of a compound, an id
  /// written in two words ("e 401").
  private func variants(_ languages: LanguageSet) -> [Term] {
    var variants: [Term] = []
    func add(_ hash: UInt64, _ count: Double, _ text: String, group: Int? = nil) {
      variants.append(
        Term(
          hash: hash, count: count, text: text, group: group ?? -variants.count - 1,
          isOptional: true))
    }
    if languages != LanguageSet(.english) || language != .english {
      for term in terms {
        let word = Array(term.text.utf8)
        guard word.count > 2, word.allSatisfy(Self.isLetter) else { continue }
        for other in TextLanguage.allCases where other != language && languages.contains(other) {
          let hash = other.term(other.stem(word))
          if hash != term.hash { add(hash, term.count, term.text, group: term.group) }
        }
        guard language != .german, languages.contains(.german) else { continue }
        for half in GermanCompounds.halves(of: word) {
          let hash = TextLanguage.german.term(TextLanguage.german.stem(half))
          add(hash, 0.5, String(decoding: half, as: UTF8.self))
        }
      }
    }
    for (first, second) in Self.splitIdentifiers(folded) {
      let id = folded[first] + folded[second]
      add(TermHash.of(id), 1, String(decoding: id, as: UTF8.self))
    }
    return variants
  }

  private static func isLetter(_ byte: UInt8) -> Bool { ByteClass.table[Int(byte)] == .letter }

  /// What is an id, whole: words that signs join, with a digit, "_" or "@" in it ("cust_002", "ann@example.org"), and two
  /// words that may be one ("cust 002").
  private static func identifiers(_ bytes: [UInt8]) -> [Range<Int>] {
    let whole = runs(in: bytes) { $0.isWord || $0 == .joiner }.filter { run in
      bytes[run].contains { ByteClass.table[Int($0)] == .digit || "_@".utf8.contains($0) }
    }
    return whole + splitIdentifiers(bytes).map { $0.lowerBound..<$1.upperBound }
  }

  private static func runs(in bytes: [UInt8], of isPart: (ByteClass) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var i = 0
    while i < bytes.count {
      let start = i
      while i < bytes.count, isPart(ByteClass.table[Int(bytes[i])]) { i += 1 }
      if i > start { runs.append(start..<i) }
      i += 1
    }
    return runs
  }

  /// Up to five letters, a space, and a number.
  private static func splitIdentifiers(_ bytes: [UInt8]) -> [(Range<Int>, Range<Int>)] {
    let runs = runs(in: bytes, of: \.isWord)
    return zip(runs, runs.dropFirst()).filter { first, second in
      first.count <= 5 && second.lowerBound == first.upperBound + 1
        && bytes[first.upperBound] == UInt8(ascii: " ") && bytes[first].allSatisfy(isLetter)
        && bytes[second].allSatisfy { ByteClass.table[Int($0)] == .digit }
    }
  }

  private static let questionWords: Set<String> = [
    "who", "whom", "whose", "what", "which", "when", "where", "why", "how", "is", "are", "was",
    "were", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would", "should",
  ]

  /// What is looked for: without optional terms that no record has, and with each word that no record has, and
  /// no id, replaced by at most two known ones, one slip away, that most records have.
  /// - Parameters:
  ///   - languages: of the records.
  ///   - frequency: how many records have a term.
  func corrected(
    by recipe: SearchRecipe, _ languages: LanguageSet, _ frequency: (UInt64) -> Int
  ) -> SearchQuery {
    var query = self
    query.terms = terms.filter { !$0.isOptional || frequency($0.hash) > 0 }
    for variant in variants(languages)
    where query.terms.count < Self.mostTerms && frequency(variant.hash) > 0
      && !query.terms.contains(where: { $0.hash == variant.hash })
    {
      query.terms.append(variant)
    }
    let groups = Set(query.terms.filter(\.isOptional).map(\.group))
    query.terms.removeAll {
      !$0.isOptional && groups.contains($0.group) && frequency($0.hash) == 0
    }
    guard recipe.misspelling != 0 else { return query }
    let known = query.terms
    query.terms = []
    for term in known {
      guard frequency(term.hash) == 0, !term.isOfIdentifier,
        let misspelling = Misspelling(term.text)
      else {
        query.terms.append(term)
        continue
      }
      let best = Self.known(misspelling, languages, frequency)
      // Without any it stays, so that a query of unknown words alone still has its trigrams.
      if best.isEmpty { query.terms.append(term) }
      for (hash, text) in best where !known.contains(where: { $0.hash == hash }) {
        let count = term.count * recipe.misspelling
        if let place = query.terms.firstIndex(where: { $0.hash == hash }) {
          query.terms[place].count += count
        } else {
          query.terms.append(Term(hash: hash, count: count, text: text, group: term.group))
        }
      }
    }
    return query
  }

  private static func known(
    _ misspelling: Misspelling, _ languages: LanguageSet, _ frequency: (UInt64) -> Int
  ) -> [(hash: UInt64, text: String)] {
    var known: [UInt64: (text: String, count: Int)] = [:]
    misspelling.forEachNeighbour(languages) { text, hash in
      guard known[hash] == nil else { return }
      let count = frequency(hash)
      if count > 0 { known[hash] = (text, count) }
    }
    return known.sorted {
      $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key < $1.key
    }.prefix(2).map { ($0.key, $0.value.text) }
  }

  /// The inverse document frequencies of the terms, where those of one word count as one.
  /// - Parameters:
  ///   - frequencies: by term.
  ///   - count: of all records.
  func idf(_ frequencies: [Int], among count: Int) -> [Double] {
    terms.indices.map { i in
      var sum = 0
      for j in terms.indices where terms[j].group == terms[i].group { sum += frequencies[j] }
      return BM25.idf(documents: count, with: sum)
    }
  }

  /// A longer query is cut here.
  static let mostTerms = 64

  static func words(_ bytes: [UInt8]) -> [String] {
    bytes.split { !ByteClass.table[Int($0)].isWord }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func asksForTime(_ words: [String]) -> Bool {
    for (i, word) in words.enumerated() {
      let next = i + 1 < words.count ? words[i + 1] : ""
      switch word {
      case "when": return true
      case "how": if next == "long" { return true }
      case "what", "which":
        if ["date", "day", "month", "year", "time", "week"].contains(next) { return true }
      default: break
      }
    }
    return false
  }
}
