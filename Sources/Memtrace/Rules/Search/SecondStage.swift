// Ranks the candidates by everything that speaks for them.

import Glibc

/// The sum of four BM25 scores (words, trigrams, feedback, session) times what is known of each record.
struct SecondStage {
  let index: SearchIndex
  let source: any SearchSource
  let query: SearchQuery
  let options: SearchOptions
  let candidates: [ScoredRecord]
  /// By term of the query.
  let idf: [Double]
  /// Of any other term.
  let idfOf: ([UInt64]) -> [Double]

  private var recipe: SearchRecipe { options.recipe }

  func ranked() -> [SearchHit] {
    var reader = TextReader(source, query)
    for candidate in candidates { reader.read(candidate.record, wantsTrigrams: recipe.trigrams != 0) }
    let trigrams = recipe.trigrams != 0 ? reader.trigrams.scores() : []
    let documents = candidates.map { source.document($0.record) }
    let feedback = feedbackTerms()
    let evidence = Evidence(
      index, candidates.map(\.place),
      query.terms.map(\.hash) + feedback.map(\.term), withSessions: recipe.session != 0)
    let factors = Factors(documents, query, options)
    let (norm, sessionNorm) = (index.virtualNorm, index.sessionNorm)
    return candidates.indices.map { i in
      let candidate = candidates[i]
      var parts = SearchExplanation()
      parts.words = candidate.score
      if recipe.trigrams != 0 { parts.trigrams = recipe.trigrams * trigrams[i] }
      let lengths = Lengths(index, candidate.place)
      if !feedback.isEmpty {
        let norm = norm[Double(lengths.virtual)]
        var sum = 0.0
        for (n, term) in feedback.enumerated() {
          let weight = evidence.weight(i, query.terms.count + n)
          if weight > 0 { sum += term.weight * BM25.part(Double(weight), norm) }
        }
        parts.feedback = recipe.feedback * sum
      }
      if recipe.session != 0 {
        let norm = sessionNorm[Double(lengths.session)]
        var sum = 0.0
        for (n, term) in query.terms.enumerated() {
          let weight = evidence.sessionWeight(i, n)
          if weight > 0 { sum += term.count * idf[n] * BM25.part(Double(weight), norm) }
        }
        parts.session = recipe.session * sum
      }
      var score = parts.words + parts.trigrams + parts.feedback + parts.session
      factors.forEach(documents[i], reader.traits[i], terms: lengths.own) { name, value in
        score *= value
        if options.explains, value != 1 { parts.factors.append((name, value)) }
      }
      if options.explains { parts.terms = explain(evidence, i) }
      return SearchHit(
        record: candidate.record, score: score, explanation: options.explains ? parts : nil)
    }
  }

  private func explain(_ evidence: Evidence, _ row: Int) -> [SearchExplanation.Term] {
    query.terms.enumerated().compactMap { n, term in
      let weight = evidence.weight(row, n)
      guard weight > 0 else { return nil }
      return SearchExplanation.Term(
        text: term.text, idf: idf[n], frequency: Double(weight) / Neighbourhood.unit)
    }
  }

  // MARK: - Feedback

  /// What the best records have in common beside the query's terms, and how much it weighs.
  private func feedbackTerms() -> [(term: UInt64, weight: Double)] {
    guard recipe.feedback != 0 else { return [] }
    let best = candidates.filter { $0.score > 0 }.sorted(by: ScoredRecord.isBetter)
      .prefix(recipe.feedbackRecords)
    guard let highest = best.first?.score else { return [] }
    var sums: [UInt64: Double] = [:]
    var tokenizer = Tokenizer()
    var text: [UInt8] = []
    let known = Set(query.terms.map(\.hash))
    for record in best {
      text.removeAll(keepingCapacity: true)
      source.appendText(of: record.record, to: &text)
      text.withUnsafeBufferPointer { text in
        tokenizer.forEachTerm(of: text) { term, _ in
          if !known.contains(term) { sums[term, default: 0] += record.score / highest }
        }
      }
    }
    // In the order of their hashes: a dictionary's own differs from run to run.
    let terms = sums.keys.sorted()
    let idf = idfOf(terms)
    let weighted = zip(terms, idf).map { (term: $0, weight: sums[$0]! * $1, idf: $1) }
      .sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.term < $1.term }
      .prefix(recipe.feedbackTerms)
    guard let top = weighted.first?.weight, top > 0 else { return [] }
    return weighted.map { ($0.term, $0.weight / top * $0.idf) }
  }
}

/// How long a record, its virtual document and its session are.
private struct Lengths {
  let own: Int
  /// In twentieths.
  let virtual: Int32
  let session: Int

  init(_ index: SearchIndex, _ place: SearchIndex.Place) {
    if place.segment < index.parts.count {
      let part = index.parts[place.segment]
      own = Int(part.ownLength[place.document])
      virtual = part.virtualLength[place.document]
      var sum = 0
      for document in part.session(of: place.document) { sum += Int(part.ownLength[document]) }
      session = sum
    } else {
      own = Int(index.tail.ownLength[place.document])
      virtual = index.tail.virtualLength[place.document]
      session = index.tail.session(of: place.document).reduce(0) {
        $0 + Int(index.tail.ownLength[Int($1)])
      }
    }
  }
}
