// Scores the documents of one block, leaving off what cannot reach the threshold.

final class BlockScorer {
  /// By document of the block; valid where `found` says.
  let scores: Scratch<Double>
  /// Documents of the block that may reach the threshold.
  var found: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: alive.start, count: aliveCount)
  }

  private let part: IndexPart
  private let norm: LengthNorm
  private let alive: Scratch<Int32>
  private var aliveCount = 0
  private let norms: Scratch<Double>
  private let spread: VirtualWeights
  private let own: OwnWeights
  /// What the lists from here on add at most.
  private var remaining: [Double] = []

  init(_ part: IndexPart, _ norm: LengthNorm) {
    self.part = part
    self.norm = norm
    scores = Scratch(count: part.largestBlock)
    alive = Scratch(count: part.largestBlock + 1)
    norms = Scratch(count: part.largestBlock)
    spread = VirtualWeights(count: part.largestBlock)
    own = OwnWeights(count: part.largestBlock)
  }

  /// Scores the documents of a block: the heavy terms for all, and as soon as the rest alone cannot reach the
  /// threshold, the light ones only for documents that have a chance (after Turtle and Flood, "Query evaluation:
  /// strategies and optimizations", 1995).
  ///
  /// - Returns: the first document.
  func score(_ block: Int, _ plan: BlockPlan, threshold: Double) -> Int {
    let start = Int(part.blockStarts[block])
    let count = Int(part.blockStarts[block + 1]) - start
    let (scores, norms) = (scores.start, norms.start)
    for i in 0..<count {
      scores[i] = 0
      norms[i] = norm[Double(part.virtualLength[start + i])]
    }
    sumBounds(block, plan)
    var isSelective = false
    for (n, list) in plan.lists.enumerated() {
      guard let entry = list.entry(block) else { continue }
      if isSelective || remaining[n] < threshold {
        select(from: isSelective ? nil : count, atLeast: threshold - remaining[n])
        isSelective = true
        if aliveCount == 0 { return start }
        addToAlive(entry, list.weight, start)
      } else {
        addToAll(entry, list.weight, start, count)
      }
    }
    if !isSelective { select(from: count, atLeast: threshold) }
    return start
  }

  private func sumBounds(_ block: Int, _ plan: BlockPlan) {
    remaining.removeAll(keepingCapacity: true)
    remaining.append(contentsOf: repeatElement(0, count: plan.lists.count))
    var sum = 0.0
    for n in plan.lists.indices.reversed() {
      if let entry = plan.lists[n].entry(block) { sum += plan.lists[n].bound(entry) }
      remaining[n] = sum * (1 + 1e-9)
    }
  }

  /// Keeps documents with a score above 0 that is high enough, of the first `count` or of those alive.
  private func select(from count: Int?, atLeast least: Double) {
    let (scores, alive) = (scores.start, alive.start)
    let least = least - abs(least) * 1e-9
    var kept = 0
    for i in 0..<(count ?? aliveCount) {
      let local = count == nil ? alive[i] : Int32(truncatingIfNeeded: i)
      alive[kept] = local
      let score = scores[Int(local)]
      kept += score > 0 && score >= least ? 1 : 0
    }
    aliveCount = kept
  }

  private func addToAll(
    _ entry: PostingCursor.Entry, _ weight: Double, _ start: Int, _ count: Int
  ) {
    let (scores, norms, spread, part, norm) = (scores.start, norms.start, spread, part, norm)
    part.forEachPosting(entry, blockStart: start) { document, weight in
      spread.add(
        weight, at: document - start, edges: part.edges[document], share: part.shares[document])
    }
    let frequencies = spread.weights
    if spread.touched.count * 3 > count {
      for i in 0..<count { scores[i] += weight * norm.part(Double(frequencies[i]), norms[i]) }
    } else {
      for i in spread.touched {
        let i = Int(i)
        scores[i] += weight * norm.part(Double(frequencies[i]), norms[i])
      }
    }
    spread.clear()
  }

  private func addToAlive(_ entry: PostingCursor.Entry, _ weight: Double, _ start: Int) {
    let (scores, norms, own, part, norm) = (scores.start, norms.start, own, part, norm)
    part.forEachPosting(entry, blockStart: start) { document, weight in
      own.set(weight, at: document - start)
    }
    for i in found {
      let i = Int(i)
      let frequency = own.virtual(
        i, edges: part.edges[start + i], UnsafePointer(part.shares.start) + start + i)
      scores[i] += weight * norm.part(Double(frequency), norms[i])
    }
    own.clear()
  }
}
