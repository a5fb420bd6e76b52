// A query, read once: its terms, and what it asks about.

struct SearchQuery {
  struct Term {
    let hash: UInt64
    /// How often the query has it.
    var count: Double
    /// As the query spells it, folded.
    let text: String
  }

  private(set) var terms: [Term] = []
  let trigrams: TrigramQuery
  let dates: QueryDates
  /// Whether it asks when, or how long.
  let asksForTime: Bool
  /// Whether it is a question, not only words to look for.
  let isQuestion: Bool
  /// Hashes of all words, stop words too, in order.
  let words: [UInt64]

  init(_ text: String) {
    var tokenizer = Tokenizer()
    var found: [(hash: UInt64, place: Range<Int>)] = []
    tokenizer.forEachTerm(of: text) { found.append(($0, $1)) }
    let bytes = tokenizer.folding.bytes
    for (hash, place) in found {
      if let known = terms.firstIndex(where: { $0.hash == hash }) {
        terms[known].count += 1
      } else if terms.count < Self.mostTerms {
        terms.append(
          Term(hash: hash, count: 1, text: String(decoding: bytes[place], as: UTF8.self)))
      }
    }
    trigrams = TrigramQuery(found.map { bytes[$0.place] })
    let spellings = Self.words(bytes)
    dates = QueryDates(spellings, original: text)
    words = spellings.map { TermHash.of($0.utf8) }
    asksForTime = Self.asksForTime(spellings)
    isQuestion =
      text.contains("?") || spellings.first.map(Self.questionWords.contains) == true
  }

  private static let questionWords: Set<String> = [
    "who", "whom", "whose", "what", "which", "when", "where", "why", "how", "is", "are", "was",
    "were", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would", "should",
  ]

  /// With each word that no record has replaced by at most two known ones, one slip away, that most records have.
  /// - Parameter frequency: how many records have a term.
  func corrected(by recipe: SearchRecipe, _ frequency: (UInt64) -> Int) -> SearchQuery {
    guard recipe.misspelling != 0 else { return self }
    var query = self
    query.terms = []
    for term in terms {
      guard frequency(term.hash) == 0, let misspelling = Misspelling(term.text) else {
        query.terms.append(term)
        continue
      }
      var known: [UInt64: (text: String, count: Int)] = [:]
      misspelling.forEachNeighbour { text, hash in
        guard known[hash] == nil else { return }
        let count = frequency(hash)
        if count > 0 { known[hash] = (text, count) }
      }
      let best = known.sorted {
        $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key < $1.key
      }.prefix(2)
      // Without any it stays, so that a query of unknown words alone still has its trigrams.
      if best.isEmpty { query.terms.append(term) }
      for (hash, found) in best where !terms.contains(where: { $0.hash == hash }) {
        let count = term.count * recipe.misspelling
        if let place = query.terms.firstIndex(where: { $0.hash == hash }) {
          query.terms[place].count += count
        } else {
          query.terms.append(Term(hash: hash, count: count, text: found.text))
        }
      }
    }
    return query
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
