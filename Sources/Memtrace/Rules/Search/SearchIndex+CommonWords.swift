// A query of stop words alone: no list of the index has them, so the records themselves are read.

extension SearchIndex {
  /// Of the newest records that the filter allows, those with at least half of the query's words; the more of them, the
  /// better, and best those that say them one after another.
  func withCommonWords(
    _ query: SearchQuery, _ source: any SearchSource, _ filter: SearchFilter,
    _ recipe: SearchRecipe
  ) -> [ScoredRecord] {
    let wanted = Set(query.words)
    guard !wanted.isEmpty else { return [] }
    var folding = TextFolding()
    var text: [UInt8] = []
    return newest(recipe.candidates, filter, source).compactMap { record in
      text.removeAll(keepingCapacity: true)
      source.appendText(of: record, to: &text)
      text.withUnsafeBufferPointer { folding.fold($0) }
      let words = QuotedPhrases.hashes(folding.bytes)
      let share = Double(wanted.intersection(words).count) / Double(wanted.count)
      guard share >= 0.5, query.phrases.allSatisfy({ QuotedPhrases.occur($0, in: words) }) else {
        return nil
      }
      let isWhole = QuotedPhrases.occur(query.words, in: words)
      return ScoredRecord(score: isWhole ? share + 1 : share, record: record)
    }
  }

  private func newest(_ most: Int, _ filter: SearchFilter, _ source: any SearchSource) -> [Int] {
    switch filter {
    case .all: source.newest(most, of: recordEnd)
    case .records(let records): Array(records.suffix(most))
    case .sessions(let sessions):
      Array(
        sessions.flatMap { places(ofSession: $0) }.map { record(at: $0) }.sorted().suffix(most))
    }
  }
}

/// What a person should know of how a query was read.
enum SearchHint {
  /// - Parameter best: the text of the best record found, nil if there is none.
  static func text(for query: String, best: String?) -> String? {
    let read = SearchQuery(query)
    if read.words.isEmpty { return "the query has no letter, digit or emoji to look for" }
    if read.terms.isEmpty {
      return """
        every word of the query is among the commonest; these are the newest memories that have them: \
        add a word that says what it is about, or use --contains (content_contains)
        """
    }
    guard let best, !read.phrases.isEmpty else { return nil }
    var folding = TextFolding()
    var text = best
    text.withUTF8 { folding.fold($0) }
    let words = QuotedPhrases.hashes(folding.bytes)
    return read.phrases.allSatisfy { QuotedPhrases.occur($0, in: words) }
      ? nil : "nothing found has the words in quotation marks one after another; found by the words"
  }
}
