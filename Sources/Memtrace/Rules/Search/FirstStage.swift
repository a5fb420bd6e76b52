// Finds the records whose words fit best: everything that the second stage looks at.

/// BM25 over virtual documents.
struct FirstStage {
  private let index: SearchIndex
  /// The heaviest first. Sums are made in this order everywhere, so that they come out the same to the bit.
  private let terms: [UInt64]
  /// Count in the query times idf, by term.
  private let weights: [Double]
  /// Place of each of `terms` in the query.
  private let columns: [Int]
  /// For virtual weights, by virtual length.
  private let norm: LengthNorm

  init(_ index: SearchIndex, _ terms: [SearchQuery.Term], idf: [Double]) {
    self.index = index
    let unsorted = zip(terms, idf).map { $0.count * $1 }
    columns = terms.indices.sorted {
      unsorted[$0] != unsorted[$1]
        ? unsorted[$0] > unsorted[$1] : terms[$0].hash < terms[$1].hash
    }
    self.terms = columns.map { terms[$0].hash }
    weights = columns.map { unsorted[$0] }
    norm = index.virtualNorm
  }

  // MARK: - Some records

  /// The best of the records at given places, those without a word of the query too. `evidence` has a row for each.
  func best(
    _ capacity: Int, at places: [SearchIndex.Place], _ evidence: Evidence
  ) -> [ScoredRecord] {
    let scores = Scratch<Double>(count: places.count)
    let norms = Scratch<Double>(count: places.count)
    for (row, place) in places.enumerated() {
      norms[row] = norm[Double(index.virtualLength(place))]
    }
    for (weight, column) in zip(weights, columns) {
      // A frequency of 0 adds 0.
      for (row, frequency) in evidence.weights(column).enumerated() {
        scores[row] += weight * norm.part(Double(frequency), norms[row])
      }
    }
    var best = BestRecords(capacity: capacity)
    for (row, place) in places.enumerated() {
      best.offer(scores[row]) {
        ScoredRecord(score: scores[row], record: index.record(at: place))
      }
    }
    return best.records
  }

  // MARK: - All records

  /// The best of all records that have a word of the query, or stand near one that has.
  func best(_ capacity: Int, prunes: Bool) -> [ScoredRecord] {
    var best = BestRecords(capacity: capacity)
    scanTail(&best)
    for i in index.parts.indices { scan(i, &best, prunes) }
    return best.records
  }

  private func scanTail(_ best: inout BestRecords) {
    let tail = index.tail
    guard tail.count > 0 else { return }
    let spread = VirtualWeights(count: tail.count)
    let scores = Scratch<Double>(count: tail.count)
    for (term, hash) in terms.enumerated() {
      tail.forEachVirtual(hash, spread) { document, weight in
        let length = norm[Double(tail.virtualLength[document])]
        scores[document] += weights[term] * norm.part(Double(weight), length)
      }
    }
    for document in 0..<tail.count where scores[document] > 0 {
      let score = scores[document]
      best.offer(score) { ScoredRecord(score: score, record: tail.records[document]) }
    }
  }

  private func scan(_ segment: Int, _ best: inout BestRecords, _ prunes: Bool) {
    let part = index.parts[segment]
    let plan = BlockPlan(part, terms, weights, norm)
    let scorer = BlockScorer(part, norm)
    for step in plan.steps {
      if prunes, step.ceiling < best.threshold { return }
      for block in plan.blocks(step) where !prunes || plan.bound(block) >= best.threshold {
        let start = scorer.score(block, plan, threshold: prunes ? best.threshold : 0)
        for i in 0..<scorer.found.count {
          let local = Int(scorer.found[i])
          let score = scorer.scores[local]
          guard score >= best.threshold, !index.isDead(start + local, inPart: segment) else {
            continue
          }
          best.offer(score) { ScoredRecord(score: score, record: part.record(start + local)) }
        }
      }
    }
  }
}
