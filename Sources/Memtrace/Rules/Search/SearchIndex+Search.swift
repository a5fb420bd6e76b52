// A query's way through the index: filter, first stage, second stage, corrections.

extension SearchIndex {
  /// The best records for a query, best first. Records that have nothing of the query are left out.
  ///
  /// - Parameters:
  ///   - source: the one that the index was built from.
  ///   - foreseeing: is told of many records that the other two may then be asked of.
  ///   - supersededBy: the record that corrects this one, if any. A correction is never ranked under what it
  ///     corrects, and is found wherever that is found, if the filter allows it.
  ///   - isHidden: whether a record is left out, once what corrects it has been found by it.
  public func search(
    _ text: String, in source: any SearchSource, among filter: SearchFilter = .all,
    options: SearchOptions = SearchOptions(), foreseeing: ([Int]) -> Void = { _ in },
    supersededBy: (Int) -> Int? = { _ in nil },
    isHidden: (Int) -> Bool = { _ in false }
  ) -> [SearchHit] {
    let query = SearchQuery(text).corrected(by: options.recipe, languages, documentFrequency)
    guard options.limit > 0, count > 0 else { return [] }
    // What goes up among the first does so whatever is asked for of them.
    let wanted = max(Updates.reach, max(0, options.offset) + options.limit)
    // What is hidden takes no place from what is not: where it did, more are looked at.
    var capacity =
      filter.isAll && query.phrases.isEmpty && wanted <= options.recipe.few
      ? options.recipe.candidatesOfAll : options.recipe.candidates
    var stage: SecondStage?
    var scored: [ScoredRecord]
    while true {
      var isAll = true
      if query.terms.isEmpty {
        scored = withCommonWords(query, source, filter, options.recipe)
      } else {
        let (candidates, idf) = candidates(query, filter, options, capacity)
        isAll = candidates.count < capacity
        stage = SecondStage(self, source, query, candidates, idf: idf, options: options)
        scored = stage?.scored() ?? []
      }
      foreseeing(scored.map(\.record))
      Corrections.lift(&scored, supersededBy) { filter.allows($0, of: recordEnd, in: source) }
      let found = scored.count
      scored.removeAll { isHidden($0.record) }
      if isAll || scored.count == found || scored.count >= wanted { break }
      capacity *= 4
    }
    var best = BestRecords(capacity: min(scored.count, wanted))
    for record in scored { best.offer(record.score) { record } }
    var ranked = ScoredRecord.inOrder(best.records, source)
    if stage != nil, var updates = Updates(self, source, query, options) {
      ranked = updates.applied(to: ranked) { supersededBy($0) != nil }
    }
    return ranked.dropFirst(max(0, options.offset)).prefix(options.limit).map {
      SearchHit(
        record: $0.record, score: $0.score,
        explanation: options.explains ? stage?.explanation(of: $0.record, with: $0.score) : nil)
    }
  }

  /// What the second stage ranks, and the idf of the query's terms.
  private func candidates(
    _ query: SearchQuery, _ filter: SearchFilter, _ options: SearchOptions, _ capacity: Int
  ) -> (records: [ScoredRecord], idf: [Double]) {
    let recipe = options.recipe
    let hashes = query.terms.map(\.hash)
    let global = query.idf(hashes.map(documentFrequency), among: count)
    switch filter {
    case .all:
      let stage = FirstStage(self, query.terms, idf: global)
      return (stage.best(capacity, prunes: options.prunes), global)
    case .records(let records):
      return candidates(query, records.map { place(ofRecord: $0) }, global, recipe, capacity)
    case .sessions(let sessions):
      return candidates(
        query, sessions.flatMap { places(ofSession: $0) }, global, recipe, capacity)
    }
  }

  /// - Parameter global: the idf of the query's terms among all records.
  private func candidates(
    _ query: SearchQuery, _ places: [Place], _ global: [Double], _ recipe: SearchRecipe,
    _ capacity: Int
  ) -> (records: [ScoredRecord], idf: [Double]) {
    let evidence = Evidence(self, places, query.terms.map(\.hash), withSessions: false)
    let local = query.idf(evidence.frequency, among: places.count)
    // Where both are the same, so is this, to the bit.
    let idf = zip(global, local).map { $1 + recipe.repositoryIDF * ($0 - $1) }
    let stage = FirstStage(self, query.terms, idf: idf)
    return (stage.best(capacity, at: places, evidence), idf)
  }
}
