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
