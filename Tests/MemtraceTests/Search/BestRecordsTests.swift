// The best so many are those that sorting everything would put first.

import Testing

@testable import Memtrace

@Suite struct BestRecordsTests {
  /// Records 0..<count in random order, many with equal scores.
  private static func records(_ count: Int, seed: UInt64) -> [ScoredRecord] {
    var random = SearchWorld.Random(state: seed)
    var records = (0..<count).map {
      ScoredRecord(score: Double(random.below(count / 3 + 1)), record: $0)
    }
    for i in records.indices { records.swapAt(i, random.below(count)) }
    return records
  }

  @Test(arguments: [0, 1, 2, 7, 50, 499, 500, 600], [1, 2, 3] as [UInt64])
  func `the same as by sorting`(capacity: Int, seed: UInt64) {
    let records = Self.records(500, seed: seed)
    var best = BestRecords(capacity: capacity)
    for record in records {
      best.offer(record.score) { record }
      // Never above what has to be reached: what is below it is left out without a look.
      #expect(best.records.allSatisfy { $0.score >= best.threshold })
    }
    let expected = records.sorted(by: ScoredRecord.isBetter).prefix(capacity)
    #expect(best.records.sorted(by: ScoredRecord.isBetter).map(\.record) == expected.map(\.record))
  }
}
