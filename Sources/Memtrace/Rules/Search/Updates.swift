// A question about what holds now wants the newest word on it before the older ones.

/// Of the first records found, those that tell a change go before older ones that say the same thing of it. Only their order
/// among themselves changes: which records are among the first does not.
struct Updates {
  /// Records whose order may change.
  static let reach = 10

  private struct Candidate {
    let record: Int
    let id: ULID
    let session: Int?
    /// In the order of their hashes, so that sums do not depend on a set's order.
    let terms: [UInt64]
    /// The sum of idf over its terms; over those that the query has.
    let weight: Double
    let askedWeight: Double
    /// Whether it is short, and has a sentence with a word of change and one of the query.
    let tellsChange: Bool
  }

  private let index: SearchIndex
  private let source: any SearchSource
  private let query: SearchQuery
  private let options: SearchOptions
  private var tokenizer = Tokenizer()
  private var idf: [UInt64: Double] = [:]

  /// Nil where the query does not ask what holds now.
  init?(
    _ index: SearchIndex, _ source: any SearchSource, _ query: SearchQuery, _ options: SearchOptions
  ) {
    guard options.recipe.update > 0, UpdateWords.asksWhatHolds(query.spellings) else { return nil }
    self.index = index
    self.source = source
    self.query = query
    self.options = options
  }

  /// - Parameters:
  ///   - ranked: best first.
  ///   - isCorrected: such a record is not the newest word on anything.
  /// - Returns: the same records; one that went up has a score between those of its new neighbours.
  mutating func applied(to ranked: [ScoredRecord], isCorrected: (Int) -> Bool) -> [ScoredRecord] {
    let first = ranked.prefix(Self.reach)
    guard first.count > 1 else { return ranked }
    let candidates = first.map { candidate($0.record) }
    var order: [Int] = []
    var result: [ScoredRecord] = []
    for (i, var record) in first.enumerated() {
      var place = order.count
      if candidates[i].tellsChange, !isCorrected(record.record),
        let older = order.firstIndex(where: { isNewer(candidates[i], than: candidates[$0]) })
      {
        place = older
        let above = place > 0 ? result[place - 1].score : result[place].score * 1.01
        record.score = (above + result[place].score) / 2
      }
      order.insert(i, at: place)
      result.insert(record, at: place)
    }
    return result + ranked.dropFirst(Self.reach)
  }

  /// Whether one says later what another said: enough of the same, and enough of what is asked.
  private func isNewer(_ one: Candidate, than other: Candidate) -> Bool {
    guard one.id > other.id,
      options.isOfOneCustomer || one.session != nil && one.session == other.session,
      one.askedWeight >= options.recipe.updateAsked * other.askedWeight
    else { return false }
    var common = 0.0
    var (i, j) = (0, 0)
    while i < one.terms.count, j < other.terms.count {
      if one.terms[i] == other.terms[j] {
        common += idf[one.terms[i]] ?? 0
        i += 1
        j += 1
      } else if one.terms[i] < other.terms[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return common >= options.recipe.update * min(one.weight, other.weight)
  }

  private mutating func candidate(_ record: Int) -> Candidate {
    var text: [UInt8] = []
    source.appendText(of: record, to: &text)
    let wanted = Set(query.terms.map(\.hash))
    var all: Set<UInt64> = []
    var tellsChange = false
    for sentence in Self.sentences(text.prefix(Self.most)) {
      var terms: Set<UInt64> = []
      sentence.withUnsafeBufferPointer {
        tokenizer.forEachTerm(of: $0) { if !$0.isExtra { terms.insert($0.hash) } }
      }
      if !tellsChange, !terms.isDisjoint(with: wanted) {
        tellsChange = UpdateWords.tellChange(tokenizer.folding.bytes)
      }
      all.formUnion(terms)
    }
    let terms = all.sorted()
    for term in terms where idf[term] == nil {
      idf[term] = BM25.idf(documents: index.count, with: index.documentFrequency(term))
    }
    func sum(_ terms: [UInt64]) -> Double { terms.reduce(0) { $0 + (idf[$1] ?? 0) } }
    return Candidate(
      record: record, id: source.document(record).id, session: source.session(of: record),
      terms: terms, weight: sum(terms), askedWeight: sum(terms.filter(wanted.contains)),
      tellsChange: tellsChange && terms.count <= options.recipe.updateTerms)
  }

  /// Bytes of a text that are read.
  private static let most = 8_192

  /// Ended by a line, or by a full stop and the like before a space ("5. Mai" goes on).
  private static func sentences(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>] = []
    var start = text.startIndex
    for i in text.indices {
      let isEnd: Bool
      switch text[i] {
      case UInt8(ascii: "\n"): isEnd = true
      case UInt8(ascii: " "):
        isEnd =
          i > start && ".!?".utf8.contains(text[i - 1])
          && !(i > start + 1 && ByteClass.table[Int(text[i - 2])] == .digit)
      default: isEnd = false
      }
      guard isEnd else { continue }
      if i > start { found.append(text[start..<i]) }
      start = i + 1
    }
    if start < text.endIndex { found.append(text[start...]) }
    return found
  }
}
