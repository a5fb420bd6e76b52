// The best so many of a stream of scored records.

struct ScoredRecord {
  var score: Double
  let record: Int

  /// Higher scores first; between equal ones the later record.
  @inline(__always)
  static func isBetter(_ a: Self, _ b: Self) -> Bool {
    a.score != b.score ? a.score > b.score : a.record > b.record
  }

  /// Between equal ones the newer id: how records are numbered depends on how the index came to be.
  static func inOrder(_ records: [Self], _ source: any SearchSource) -> [Self] {
    records.sorted { a, b in
      a.score != b.score
        ? a.score > b.score : source.document(a.record).id > source.document(b.record).id
    }
  }
}

/// Keeps some more than wanted, and from time to time drops all but the best: cheaper than an order kept at all times.
struct BestRecords {
  /// What a record must reach to be among the best, as far as it is known; nothing is kept that is below it.
  private(set) var threshold = 0.0
  private var kept: [ScoredRecord] = []
  private let capacity: Int
  private let room: Int

  init(capacity: Int) {
    self.capacity = capacity
    room = capacity + capacity / 2 + 16
    kept.reserveCapacity(room)
  }

  /// The best so far, in no order.
  var records: [ScoredRecord] {
    var copy = self
    copy.drop()
    return copy.kept
  }

  @inline(__always)
  mutating func offer(_ score: Double, _ record: () -> ScoredRecord) {
    guard score >= threshold else { return }
    kept.append(record())
    if kept.count == room { drop() }
  }

  /// Drops all but the best `capacity`.
  private mutating func drop() {
    guard kept.count > capacity else { return }
    kept.withUnsafeMutableBufferPointer { Self.putFirst(capacity, of: $0) }
    kept.removeLast(kept.count - capacity)
    threshold = kept.last?.score ?? .infinity
  }

  /// Puts the best so many first, the worst of them last among them (C. A. R. Hoare, "Algorithm 65: Find", 1961).
  private static func putFirst(_ count: Int, of records: UnsafeMutableBufferPointer<ScoredRecord>) {
    var (low, high) = (0, records.count - 1)
    while low < high {
      let pivot = records[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while ScoredRecord.isBetter(records[i], pivot) { i += 1 }
        while ScoredRecord.isBetter(pivot, records[j]) { j -= 1 }
        guard i <= j else { break }
        records.swapAt(i, j)
        i += 1
        j -= 1
      }
      if count - 1 <= j {
        high = j
      } else if count - 1 >= i {
        low = i
      } else {
        return
      }
    }
  }
}
