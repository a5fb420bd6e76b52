// Puts records in the order of the index: sessions one after another, each by its records' ids.

struct SessionOrder {
  /// Records in order; nil where they already were.
  private(set) var records: [UInt32]?
  /// First documents of sessions, and the count at the end.
  private(set) var starts: [UInt32] = []

  /// Sessions come in the order in which they were met.
  init(_ source: any SearchSource, count: Int) {
    let heads = (0..<count).map { UInt32(source.session(of: $0) ?? $0) }
    // Counting sort by session. At a head lies the next place in its session.
    var next = [UInt32](repeating: 0, count: count)
    for head in heads { next[Int(head)] += 1 }
    starts.reserveCapacity(next.count { $0 > 0 } + 1)
    var place: UInt32 = 0
    for head in 0..<count where next[head] > 0 {
      starts.append(place)
      place += next[head]
      next[head] = starts.last!
    }
    starts.append(place)
    var order = [UInt32](repeating: 0, count: count)
    for (record, head) in heads.enumerated() {
      order[Int(next[Int(head)])] = UInt32(record)
      next[Int(head)] += 1
    }
    sort(&order, source)
    if !order.indices.allSatisfy({ order[$0] == $0 }) { records = order }
  }

  /// Sorts each session's records, which stand in the order of their numbers, by their ids.
  private func sort(_ order: inout [UInt32], _ source: any SearchSource) {
    func id(_ record: UInt32) -> ULID { source.document(Int(record)).id }
    order.withUnsafeMutableBufferPointer { order in
      for (start, end) in zip(starts, starts.dropFirst()) where end - start > 1 {
        var session = UnsafeMutableBufferPointer(rebasing: order[Int(start)..<Int(end)])
        session.sort {
          let (a, b) = (id($0), id($1))
          return a != b ? a < b : $0 < $1
        }
      }
    }
  }

  /// Cuts between sessions into about equal parts.
  func plans(parts wanted: Int) -> [PartPlan] {
    let count = Int(starts.last!)
    guard count > 0 else { return [] }
    var plans: [PartPlan] = []
    var from = 0
    for i in 1...max(1, wanted) {
      let target = UInt32(count * i / max(1, wanted))
      let to = i == max(1, wanted) ? starts.count - 1 : starts.firstIndex { $0 >= target }!
      guard to > from else { continue }
      let range = Int(starts[from])..<Int(starts[to])
      plans.append(
        PartPlan(
          records: records.map { Array($0[range]) },
          firstRecord: records == nil ? range.lowerBound : 0,
          sessionStarts: starts[from...to].map { $0 - starts[from] }))
      from = to
    }
    return plans
  }

  /// Record to document; nil where they are the same.
  func documents() -> [UInt32]? {
    guard let records else { return nil }
    var documents = [UInt32](repeating: 0, count: records.count)
    for (document, record) in records.enumerated() { documents[Int(record)] = UInt32(document) }
    return documents
  }
}
