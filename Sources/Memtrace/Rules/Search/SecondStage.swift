// Ranks the candidates by everything that speaks for them.

/// The sum of four BM25 scores (words, trigrams, feedback, session) times what is known of each record.
struct SecondStage {
  private let index: SearchIndex
  private let query: SearchQuery
  private let recipe: SearchRecipe
  private let candidates: [ScoredRecord]
  /// Of the candidates, ascending: neighbours in the index are neighbours in memory.
  private let places: [SearchIndex.Place]
  /// By term of the query.
  private let idf: [Double]
  private let feedback: [FeedbackTerm]
  private let evidence: Evidence
  private let documents: [SearchDocument]
  private let traits: [TextTraits]
  private let trigrams: [Double]
  private let trigramShares: [Double]
  private let factors: Factors
  private let virtualNorm: LengthNorm
  private let sessionNorm: LengthNorm

  init(
    _ index: SearchIndex, _ source: any SearchSource, _ query: SearchQuery,
    _ candidates: [ScoredRecord], idf: [Double], options: SearchOptions
  ) {
    self.index = index
    self.query = query
    recipe = options.recipe
    let order = index.order(candidates.map(\.record))
    let candidates = order.map { candidates[$0] }
    places = candidates.map { index.place(ofRecord: $0.record) }
    self.candidates = candidates
    self.idf = idf
    feedback = FeedbackTerm.chosen(candidates, index, source, query, recipe)
    evidence = Evidence(
      index, places, query.terms.map(\.hash) + feedback.map(\.hash),
      withSessions: recipe.session != 0)
    documents = candidates.map { source.document($0.record) }
    var reader = TextReader(source, query, wantsTrigrams: recipe.trigrams != 0)
    for candidate in candidates { reader.read(candidate.record) }
    traits = reader.traits
    trigrams = recipe.trigrams != 0 ? reader.trigrams.scores(k1: index.saturation) : []
    trigramShares = recipe.trigrams != 0 ? reader.trigrams.shares() : []
    factors = Factors(documents, query, options)
    virtualNorm = index.virtualNorm
    sessionNorm = index.sessionNorm
  }

  /// Candidates that have something of the query, and all of it that stands in quotation marks, with their final scores.
  func scored() -> [ScoredRecord] {
    var lengths = SessionLengths(index)
    // Without any record that has the phrases, their words must do.
    let needsPhrases = !query.phrases.isEmpty && traits.contains(where: \.hasPhrases)
    return candidates.indices.compactMap { i in
      if needsPhrases, !traits[i].hasPhrases { return nil }
      var score = candidates[i].score
      if score == 0, trigramShares.isEmpty || trigramShares[i] < recipe.leastTrigramShare {
        return nil
      }
      score +=
        trigramPart(i) + feedbackPart(i) + sessionPart(i, lengths.session(places[i]))
      factors.forEach(documents[i], traits[i], terms: index.ownLength(places[i])) {
        score *= $1
      }
      return ScoredRecord(score: score, record: candidates[i].record)
    }
  }

  /// How a candidate's score came about.
  /// - Parameter score: the one that it has in the end; more than the parts give where another record lifted it.
  func explanation(of record: Int, with score: Double) -> SearchExplanation? {
    guard let i = candidates.firstIndex(where: { $0.record == record }) else { return nil }
    var lengths = SessionLengths(index)
    var explanation = SearchExplanation()
    explanation.words = candidates[i].score
    explanation.trigrams = trigramPart(i)
    explanation.feedback = feedbackPart(i)
    explanation.session = sessionPart(i, lengths.session(places[i]))
    factors.forEach(documents[i], traits[i], terms: index.ownLength(places[i])) {
      if $1 != 1 { explanation.factors.append(SearchExplanation.Factor(name: $0, value: $1)) }
    }
    let own =
      explanation.factors.reduce(
        explanation.words + explanation.trigrams + explanation.feedback + explanation.session
      ) { $0 * $1.value }
    if own > 0, score > own * 1.000_001 {
      explanation.factors.append(SearchExplanation.Factor(name: "newer", value: score / own))
    }
    explanation.terms = query.terms.enumerated().compactMap { n, term in
      let weight = evidence.weight(i, n)
      guard weight > 0 else { return nil }
      return SearchExplanation.Term(
        text: term.text, idf: idf[n], frequency: Double(weight) / Neighbourhood.unit)
    }
    return explanation
  }

  private func trigramPart(_ i: Int) -> Double {
    guard !trigrams.isEmpty else { return 0 }
    // A long text has most trigrams of any query.
    let terms = Double(index.ownLength(places[i]))
    return recipe.trigrams * trigrams[i] * min(1, recipe.trigramTerms / max(1, terms))
  }

  private func feedbackPart(_ i: Int) -> Double {
    guard !feedback.isEmpty else { return 0 }
    let length = virtualNorm[Double(index.virtualLength(places[i]))]
    var sum = 0.0
    for (n, term) in feedback.enumerated() {
      let weight = evidence.weight(i, query.terms.count + n)
      if weight > 0 { sum += term.weight * virtualNorm.part(Double(weight), length) }
    }
    return recipe.feedback * sum
  }

  /// - Parameter length: of the session, in terms.
  private func sessionPart(_ i: Int, _ length: Int) -> Double {
    guard recipe.session != 0 else { return 0 }
    let norm = sessionNorm[Double(length)]
    // A session of much text says little of one record in it.
    let share = min(1, recipe.sessionTerms / Double(max(1, length)))
    var sum = 0.0
    for (n, term) in query.terms.enumerated() {
      let weight = evidence.sessionWeight(i, n)
      if weight > 0 { sum += term.count * idf[n] * sessionNorm.part(Double(weight), norm) }
    }
    return recipe.session * share * sum
  }
}

/// Sums up sessions; the last one is remembered, for candidates of one session often follow each other.
private struct SessionLengths {
  private let index: SearchIndex
  private var part = -1
  private var documents = 0..<0
  private var sum = 0

  init(_ index: SearchIndex) {
    self.index = index
  }

  mutating func session(_ place: SearchIndex.Place) -> Int {
    guard place.segment < index.parts.count else {
      return index.tail.session(of: place.document).reduce(0) {
        $0 + Int(index.tail.ownLength[Int($1)])
      }
    }
    if place.segment != part || !documents.contains(place.document) {
      part = place.segment
      documents = index.parts[part].session(of: place.document)
      sum = documents.reduce(0) { $0 + Int(index.parts[part].ownLength[$1]) }
    }
    return sum
  }
}
