// A query's way through the index: filter, first stage, second stage, corrections.

extension SearchIndex {
  /// The best records for a query, best first. Records that have nothing of the query are left out.
  ///
  /// - Parameters:
  ///   - source: the one that the index was built from.
  ///   - supersededBy: the record that corrects this one, if any. A correction is never ranked under what it
  ///     corrects, and is found wherever that is found, if the filter allows it.
  public func search(
    _ text: String, in source: any SearchSource, among filter: SearchFilter = .all,
    options: SearchOptions = SearchOptions(), supersededBy: (Int) -> Int? = { _ in nil }
  ) -> [SearchHit] {
    let query = SearchQuery(text).corrected(by: options.recipe, documentFrequency)
    guard !query.terms.isEmpty, options.limit > 0, count > 0 else { return [] }
    let (candidates, idf) = candidates(query, filter, options)
    let stage = SecondStage(self, source, query, candidates, idf: idf, options: options)
    var scored = stage.scored()
    Corrections.lift(&scored, supersededBy) { filter.allows($0, of: count, in: source) }
    let wanted = min(scored.count, max(0, options.offset)) + min(scored.count, options.limit)
    var best = BestRecords(capacity: min(scored.count, wanted))
    for record in scored { best.offer(record.score) { record } }
    let ranked = best.records.sorted(by: ScoredRecord.isBetter)
    return ranked.dropFirst(max(0, options.offset)).prefix(options.limit).map {
      SearchHit(
        record: $0.record, score: $0.score,
        explanation: options.explains ? stage.explanation(of: $0.record) : nil)
    }
  }

  /// What the second stage ranks, and the idf of the query's terms.
  private func candidates(
    _ query: SearchQuery, _ filter: SearchFilter, _ options: SearchOptions
  ) -> (records: [ScoredRecord], idf: [Double]) {
    let recipe = options.recipe
    let hashes = query.terms.map(\.hash)
    let global = hashes.map { BM25.idf(documents: count, with: documentFrequency($0)) }
    switch filter {
    case .all:
      let stage = FirstStage(self, query.terms, idf: global)
      return (stage.best(recipe.candidates, prunes: options.prunes), global)
    case .records(let records):
      return candidates(query, records.map { place(ofRecord: $0) }, global, recipe)
    case .sessions(let sessions):
      return candidates(query, sessions.flatMap { places(ofSession: $0) }, global, recipe)
    }
  }

  /// - Parameter global: the idf of the query's terms among all records.
  private func candidates(
    _ query: SearchQuery, _ places: [Place], _ global: [Double], _ recipe: SearchRecipe
  ) -> (records: [ScoredRecord], idf: [Double]) {
    let evidence = Evidence(self, places, query.terms.map(\.hash), withSessions: false)
    let idf = global.indices.map { i in
      let local = BM25.idf(documents: places.count, with: evidence.frequency[i])
      return recipe.repositoryIDF * global[i] + (1 - recipe.repositoryIDF) * local
    }
    let stage = FirstStage(self, query.terms, idf: idf)
    return (stage.best(recipe.candidates, at: places, evidence), idf)
  }
}
