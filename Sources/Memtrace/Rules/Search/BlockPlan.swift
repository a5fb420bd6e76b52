// In which order the blocks of a part are looked at, and where a query's terms lie in them.

/// Block-max pruning (Ding and Suel, "Faster top-k document retrieval using block-max indexes", SIGIR 2011), with
/// blocks of whole sessions in descending order of their bounds.
struct BlockPlan {
  struct List {
    let weight: Double
    /// By block; a length below 0 where the term is not in it.
    var entries: [PostingCursor.Entry?]
  }

  private(set) var lists: [List] = []
  private var bounds: [Double]

  init(
    _ part: IndexPart, _ terms: [UInt64], _ weights: [Double],
    _ norm: (constant: Double, factor: Double)
  ) {
    bounds = Array(repeating: 0, count: part.blockCount)
    // Bounds were made for another mean length; a longer one raises them at most by its ratio.
    let mean = BM25.b / norm.factor
    let growth = max(1, mean / max(1, part.boundLength)) * (1 + 1e-9)
    for (term, weight) in zip(terms, weights) {
      guard let address = part.vocabulary.address(of: term) else { continue }
      let parts = BlockBound.ratios.map { ratio in
        weight * (ratio * growth) * (BM25.k1 + 1) / (ratio * growth + BM25.k1)
      }
      var list = List(weight: weight, entries: Array(repeating: nil, count: part.blockCount))
      var cursor = PostingCursor(part, address)
      while cursor.next() {
        list.entries[cursor.block] = cursor.entry
        bounds[cursor.block] += parts[Int(cursor.bound)]
      }
      lists.append(list)
    }
  }

  @inline(__always)
  func entry(_ list: Int, _ block: Int) -> PostingCursor.Entry? { lists[list].entries[block] }

  /// Calls with blocks from the highest bound down, in steps of about a thousandth, as long as the step's bound passes.
  func forEachBlock(while passes: (_ bound: Double) -> Bool, _ body: (_ block: Int) -> Void) {
    let highest = bounds.max() ?? 0
    guard highest > 0 else { return }
    let steps = 1_024
    var starts = [Int](repeating: 0, count: steps + 2)
    func step(_ bound: Double) -> Int { steps - Int(bound / highest * Double(steps)) }
    for bound in bounds where bound > 0 { starts[step(bound) + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    var next = starts
    var order = [Int](repeating: 0, count: starts.last!)
    for (block, bound) in bounds.enumerated() where bound > 0 {
      order[next[step(bound)]] = block
      next[step(bound)] += 1
    }
    for i in 0...steps where starts[i] < starts[i + 1] {
      let ceiling = highest * Double(steps - i + 1) / Double(steps) * (1 + 1e-9)
      guard passes(ceiling) else { return }
      for block in order[starts[i]..<starts[i + 1]] where passes(bounds[block] * (1 + 1e-9)) {
        body(block)
      }
    }
  }
}
