// The best so many of a stream of scored records.

struct ScoredRecord {
  let score: Double
  let record: Int
  let place: SearchIndex.Place

  /// Higher scores first; between equal ones the later record.
  @inline(__always)
  static func isBetter(_ a: Self, _ b: Self) -> Bool {
    a.score != b.score ? a.score > b.score : a.record > b.record
  }
}

/// A binary heap whose root is the worst of those kept.
struct BestRecords {
  private(set) var heap: [ScoredRecord] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    heap.reserveCapacity(capacity)
  }

  /// What a record must reach to be among the best; nothing is kept that is below it.
  var threshold: Double { heap.count < capacity || capacity == 0 ? 0 : heap[0].score }

  @inline(__always)
  mutating func offer(_ score: Double, _ record: () -> ScoredRecord) {
    if heap.count == capacity {
      guard capacity > 0, score >= heap[0].score else { return }
      let record = record()
      guard ScoredRecord.isBetter(record, heap[0]) else { return }
      heap[0] = record
      sink()
    } else {
      heap.append(record())
      rise()
    }
  }

  private mutating func rise() {
    var i = heap.count - 1
    while i > 0, ScoredRecord.isBetter(heap[(i - 1) / 2], heap[i]) {
      heap.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  private mutating func sink() {
    var i = 0
    while true {
      var worst = i
      let (left, right) = (2 * i + 1, 2 * i + 2)
      if left < heap.count, ScoredRecord.isBetter(heap[worst], heap[left]) { worst = left }
      if right < heap.count, ScoredRecord.isBetter(heap[worst], heap[right]) { worst = right }
      if worst == i { return }
      heap.swapAt(i, worst)
      i = worst
    }
  }
}
