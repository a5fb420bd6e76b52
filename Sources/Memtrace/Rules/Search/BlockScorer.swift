// Scores the documents of one block, leaving off what cannot reach the threshold.

final class BlockScorer {
  /// By document of the block; 0 where nothing was found.
  let scores: Scratch<Double>
  /// Documents of the block that may reach the threshold.
  var found: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: alive.start, count: aliveCount)
  }

  private let part: IndexPart
  private let norm: LengthNorm
  private let alive: Scratch<Int32>
  private var aliveCount = 0
  private let spread: VirtualWeights
  private let own: OwnWeights
  /// What the lists from here on add at most.
  private var remaining: [Double] = []

  init(_ part: IndexPart, _ norm: LengthNorm) {
    self.part = part
    self.norm = norm
    scores = Scratch(count: part.largestBlock)
    alive = Scratch(count: part.largestBlock + 1)
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
    scores.start.update(repeating: 0, count: count)
    aliveCount = 0
    sumBounds(block, plan)
    var isSelective = false
    for (n, list) in plan.lists.enumerated() {
      guard let entry = list.entry(block) else { continue }
      if isSelective || remaining[n] < threshold {
        select(atLeast: threshold - remaining[n])
        isSelective = true
        if aliveCount == 0 { return start }
        addToAlive(entry, list.weight, start)
      } else {
        addToAll(entry, list.weight, start)
      }
    }
    if !isSelective { select(atLeast: threshold) }
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

  /// Keeps those whose score is high enough.
  private func select(atLeast least: Double) {
    let (scores, alive) = (scores.start, alive.start)
    let least = least - abs(least) * 1e-9
    var kept = 0
    for i in 0..<aliveCount {
      let local = alive[i]
      alive[kept] = local
      kept &+= scores[Int(local)] >= least ? 1 : 0
    }
    aliveCount = kept
  }

  private func addToAll(_ entry: PostingCursor.Entry, _ weight: Double, _ start: Int) {
    // What adds nothing would be found twice.
    guard weight > 0 else { return }
    let (scores, alive, spread, part, norm) = (scores.start, alive.start, spread, part, norm)
    part.forEachPosting(entry, blockStart: start) { document, weight in
      spread.add(
        weight, at: document - start, edges: part.edges[document], share: part.shares[document])
    }
    let (frequencies, lengths) = (spread.weights, part.virtualLength.start + start)
    var count = aliveCount
    for local in spread.touched {
      let i = Int(local)
      alive[count] = local
      count &+= scores[i] == 0 ? 1 : 0
      scores[i] += weight * norm.part(Double(frequencies[i]), norm[Double(lengths[i])])
    }
    aliveCount = count
    spread.clear()
  }

  private func addToAlive(_ entry: PostingCursor.Entry, _ weight: Double, _ start: Int) {
    let (scores, own, part, norm) = (scores.start, own, part, norm)
    part.forEachPosting(entry, blockStart: start) { document, weight in
      own.set(weight, at: document - start)
    }
    for i in found {
      let i = Int(i)
      let frequency = own.virtual(
        i, edges: part.edges[start + i], UnsafePointer(part.shares.start) + start + i)
      let length = norm[Double(part.virtualLength[start + i])]
      scores[i] += weight * norm.part(Double(frequency), length)
    }
    own.clear()
  }
}
