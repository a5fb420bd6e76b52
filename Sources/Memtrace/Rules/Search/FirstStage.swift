// Finds the records whose words fit best: everything that the second stage looks at.

/// BM25 over virtual documents.
struct FirstStage {
  let index: SearchIndex
  let terms: [SearchQuery.Term]
  /// Count in the query times idf, by term.
  let weights: [Double]
  /// For virtual weights, by virtual length.
  private let norm: LengthNorm

  init(_ index: SearchIndex, _ terms: [SearchQuery.Term], idf: [Double]) {
    self.index = index
    self.terms = terms
    weights = zip(terms, idf).map { $0.count * $1 }
    norm = index.virtualNorm
  }

  // MARK: - Some records

  /// The best of given records, those without a word of the query too. `evidence` has a row for each.
  func best(
    _ capacity: Int, of records: [Int], at places: [SearchIndex.Place], _ evidence: Evidence
  ) -> [ScoredRecord] {
    var best = BestRecords(capacity: capacity)
    for (row, place) in places.enumerated() {
      let score = score(evidence, row, length: index.virtualLength(place))
      best.offer(score) {
        ScoredRecord(score: score, record: records[row], place: place)
      }
    }
    return best.heap
  }

  private func score(_ evidence: Evidence, _ row: Int, length: Int32) -> Double {
    let norm = norm[Double(length)]
    var score = 0.0
    for column in weights.indices {
      let weight = evidence.weight(row, column)
      if weight > 0 { score += weights[column] * BM25.part(Double(weight), norm) }
    }
    return score
  }

  // MARK: - All records

  /// The best of all records that have a word of the query, or stand near one that has.
  func best(_ capacity: Int, prunes: Bool) -> [ScoredRecord] {
    var best = BestRecords(capacity: capacity)
    scanTail(&best)
    for i in index.parts.indices { scan(i, &best, prunes) }
    return best.heap
  }

  private func scanTail(_ best: inout BestRecords) {
    let tail = index.tail
    guard tail.count > 0 else { return }
    let spread = VirtualWeights(count: tail.count)
    let scores = Scratch<Double>(count: tail.count)
    for (column, term) in terms.enumerated() {
      tail.forEachVirtual(term.hash, spread) { document, weight in
        let norm = norm[Double(tail.virtualLength[document])]
        scores[document] += weights[column] * BM25.part(Double(weight), norm)
      }
    }
    for document in 0..<tail.count where scores[document] > 0 {
      let score = scores[document]
      best.offer(score) {
        ScoredRecord(
          score: score, record: tail.records[document], place: (index.parts.count, document))
      }
    }
  }

  private func scan(_ segment: Int, _ best: inout BestRecords, _ prunes: Bool) {
    let part = index.parts[segment]
    let plan = BlockPlan(part, terms.map(\.hash), weights, norm)
    let scorer = BlockScorer(part, norm)
    for step in plan.steps {
      if prunes, step.ceiling < best.threshold { return }
      for block in plan.blocks(step) {
        if prunes, plan.bound(block) < best.threshold { continue }
        let start = scorer.score(block, plan)
        var threshold = best.threshold
        for i in 0..<scorer.count {
          let score = scorer.scores[i]
          guard score > 0, score >= threshold, !index.isDead(start + i, inPart: segment) else {
            continue
          }
          best.offer(score) {
            ScoredRecord(score: score, record: part.record(start + i), place: (segment, start + i))
          }
          threshold = best.threshold
        }
      }
    }
  }
}

/// Scores all documents of a block.
private final class BlockScorer {
  let scores: Scratch<Double>
  private(set) var count = 0
  private let part: IndexPart
  private let norm: LengthNorm
  private let norms: Scratch<Double>
  private let spread: VirtualWeights

  init(_ part: IndexPart, _ norm: LengthNorm) {
    self.part = part
    self.norm = norm
    scores = Scratch(count: part.largestBlock)
    norms = Scratch(count: part.largestBlock)
    spread = VirtualWeights(count: part.largestBlock)
  }

  /// Fills `scores` for the documents of a block, 0 where none of the terms is near.
  ///
  /// - Returns: the first document.
  func score(_ block: Int, _ plan: BlockPlan) -> Int {
    let start = Int(part.blockStarts[block])
    count = Int(part.blockStarts[block + 1]) - start
    let (scores, norms, spread) = (scores.start, norms.start, spread)
    for i in 0..<count {
      scores[i] = 0
      norms[i] = norm[Double(part.virtualLength[start + i])]
    }
    for list in plan.lists {
      guard let entry = list.entry(block) else { continue }
      part.forEachPosting(entry, blockStart: start) { document, weight in
        spread.add(weight, at: document - start, edges: part.edges[document])
      }
      let weights = spread.weights
      if spread.touched.count * 3 > count {
        for i in 0..<count {
          scores[i] += list.weight * BM25.part(Double(weights[i]), norms[i])
        }
      } else {
        for i in spread.touched {
          let i = Int(i)
          scores[i] += list.weight * BM25.part(Double(weights[i]), norms[i])
        }
      }
      spread.clear()
    }
    return start
  }
}
