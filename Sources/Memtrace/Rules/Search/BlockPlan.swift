// In which order the blocks of a part are looked at, and where a query's terms lie in them.

/// Block-max pruning (Ding and Suel, "Faster top-k document retrieval using block-max indexes", SIGIR 2011), with
/// blocks of whole sessions in descending order of their bounds.
struct BlockPlan {
  struct List {
    let weight: Double
    /// By block; `absent` where the term is not in it.
    fileprivate var entries: [PostingCursor.Entry]
    /// What the term adds at most, by the bound of a block.
    fileprivate let highest: [Double]

    fileprivate static let absent = PostingCursor.Entry(start: .max, length: .max, bound: 0)

    @inline(__always)
    func entry(_ block: Int) -> PostingCursor.Entry? {
      let entry = entries[block]
      return entry.start == .max ? nil : entry
    }

    @inline(__always)
    func bound(_ entry: PostingCursor.Entry) -> Double { highest[Int(entry.bound)] }
  }

  /// Blocks whose bounds are about equal.
  struct Step {
    /// No bound is above this.
    let ceiling: Double
    fileprivate let range: Range<Int>
  }

  private(set) var lists: [List] = []
  /// The highest bounds first.
  private(set) var steps: [Step] = []
  private var bounds: [Double]
  private var order: [Int] = []

  /// - Parameter norm: of virtual weights.
  init(_ part: IndexPart, _ terms: [UInt64], _ weights: [Double], _ norm: LengthNorm) {
    bounds = Array(repeating: 0, count: part.blockCount)
    // Bounds were made for another mean length; a longer one raises them at most by its ratio. The rest is for
    // rounding.
    let growth = max(1, norm.mean / max(1, part.boundLength)) * (1 + 1e-9)
    for (term, weight) in zip(terms, weights) {
      guard let address = part.vocabulary.address(of: term) else { continue }
      let highest = BlockBound.ratios.map { ratio in
        weight * norm.part(ratio * growth, norm.k1) * (1 + 1e-9)
      }
      var entries = Array(repeating: List.absent, count: part.blockCount)
      var cursor = PostingCursor(part, address)
      while cursor.next() {
        entries[cursor.block] = cursor.entry
        bounds[cursor.block] += highest[Int(cursor.entry.bound)]
      }
      lists.append(List(weight: weight, entries: entries, highest: highest))
    }
    sort()
  }

  @inline(__always)
  func bound(_ block: Int) -> Double { bounds[block] }

  @inline(__always)
  func blocks(_ step: Step) -> ArraySlice<Int> { order[step.range] }

  /// Sorts blocks into a thousand steps by counting.
  private mutating func sort() {
    let highest = bounds.max() ?? 0
    guard highest > 0 else { return }
    let count = 1_024
    func step(_ bound: Double) -> Int { count - Int(bound / highest * Double(count)) }
    var starts = [Int](repeating: 0, count: count + 2)
    for bound in bounds where bound > 0 { starts[step(bound) + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    var next = starts
    order = Array(repeating: 0, count: starts.last!)
    for (block, bound) in bounds.enumerated() where bound > 0 {
      order[next[step(bound)]] = block
      next[step(bound)] += 1
    }
    for i in 0...count where starts[i] < starts[i + 1] {
      let ceiling = highest * Double(count - i + 1) / Double(count) * (1 + 1e-9)
      steps.append(Step(ceiling: ceiling, range: starts[i]..<starts[i + 1]))
    }
  }
}
