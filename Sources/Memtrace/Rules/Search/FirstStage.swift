// Finds the records whose words fit best: everything that the second stage looks at.

/// BM25 over virtual documents.
struct FirstStage {
  let index: SearchIndex
  let terms: [SearchQuery.Term]
  /// Count in the query times idf, by term.
  let weights: [Double]
  /// The length part of BM25's norm for a virtual length in twentieths: constant, and factor.
  private let norm: (constant: Double, factor: Double)

  init(_ index: SearchIndex, _ terms: [SearchQuery.Term], idf: [Double]) {
    self.index = index
    self.terms = terms
    weights = zip(terms, idf).map { $0.count * $1 }
    norm = Self.norm(index)
  }

  static func norm(_ index: SearchIndex) -> (constant: Double, factor: Double) {
    let mean = max(1, Double(index.virtualLengthSum) / Double(max(1, index.count)))
    return (1 - BM25.b, BM25.b / mean)
  }

  // MARK: - Some records

  /// The best of given records, those without a word of the query too. `evidence` has a row for each.
  func best(
    _ capacity: Int, of records: [Int], at places: [(segment: Int, document: Int)],
    _ evidence: Evidence
  ) -> [ScoredRecord] {
    var best = BestRecords(capacity: capacity)
    for (row, record) in records.enumerated() {
      let place = places[row]
      let score = score(evidence, row, length: length(place))
      best.offer(
        ScoredRecord(
          score: score, record: record, segment: place.segment, document: place.document),
        score: score)
    }
    return best.heap
  }

  func length(_ place: (segment: Int, document: Int)) -> UInt32 {
    place.segment < index.parts.count
      ? index.parts[place.segment].virtualLength[place.document]
      : index.tail.virtualLength[place.document]
  }

  private func score(_ evidence: Evidence, _ row: Int, length: UInt32) -> Double {
    let norm = norm.constant + norm.factor * Double(length)
    var score = 0.0
    for column in terms.indices {
      let weight = evidence.weights[row * terms.count + column]
      if weight > 0 {
        score += weights[column] * BM25.part(Double(weight) / Neighbourhood.unit, lengthNorm: norm)
      }
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
    var spread = VirtualWeights(count: tail.count)
    var scores = [Double](repeating: 0, count: tail.count)
    for (column, term) in terms.enumerated() {
      tail.forEachVirtual(term.hash, &spread) { document, weight in
        let norm = norm.constant + norm.factor * Double(tail.virtualLength[document])
        scores[document] +=
          weights[column] * BM25.part(Double(weight) / Neighbourhood.unit, lengthNorm: norm)
      }
    }
    for (document, score) in scores.enumerated() where score > 0 {
      best.offer(
        ScoredRecord(
          score: score, record: tail.records[document], segment: index.parts.count,
          document: document), score: score)
    }
  }

  private func scan(_ segment: Int, _ best: inout BestRecords, _ prunes: Bool) {
    let part = index.parts[segment]
    let plan = BlockPlan(part, terms.map(\.hash), weights, norm)
    var spread = VirtualWeights(count: part.largestBlock)
    var scores = [Double](repeating: 0, count: part.largestBlock)
    var found: [Int] = []
    plan.forEachBlock(while: { prunes ? $0 >= best.threshold : true }) { block in
      let start = Int(part.blockStarts[block])
      for term in plan.lists.indices {
        guard let entry = plan.entry(term, block) else { continue }
        part.forEachPosting(entry, blockStart: start) { document, weight in
          spread.add(weight, at: document - start, edges: part.edges[document])
        }
        let weight = plan.lists[term].weight
        for local in spread.touched {
          let norm = norm.constant + norm.factor * Double(part.virtualLength[start + local])
          if scores[local] == 0 { found.append(local) }
          scores[local] +=
            weight
            * BM25.part(Double(spread.weights[local]) / Neighbourhood.unit, lengthNorm: norm)
        }
        spread.clear()
      }
      for local in found {
        let score = scores[local]
        scores[local] = 0
        if score >= best.threshold, !index.isDead(start + local, inPart: segment) {
          best.offer(
            ScoredRecord(
              score: score, record: part.record(start + local), segment: segment,
              document: start + local), score: score)
        }
      }
      found.removeAll(keepingCapacity: true)
    }
  }
}
