// Which records go first when there is not room for all.

enum ContextPriority {
  /// Positions of the records with their weights, the most needed first. Open items, resolutions and what is known of the customer
  /// outrank the rest; within that, importance, recency and the query decide; between equals, the newer record.
  /// - Parameter records: by id, oldest first.
  static func order(
    _ records: [ContextRecord], relevance: [RecordID: Double]?
  ) -> [(at: Int, weight: Double)] {
    let top = relevance?.values.filter(\.isFinite).max() ?? 0
    let weights = records.indices.map { at -> Double in
      let record = records[at]
      let recency = Double(at + 1) / Double(records.count)
      let score = relevance?[record.memory.id] ?? 0
      let fit = top > 0 && score > 0 ? min(score / top, 1) : 0
      return bonus(record) + record.importance + recency + 4 * fit
    }
    return records.indices.sorted {
      weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 > $1
    }.map { ($0, weights[$0]) }
  }

  private static func bonus(_ record: ContextRecord) -> Double {
    let base: Double =
      switch record.section {
      case .open: 2.5
      case .customer: 2
      case .resolved: record.isLastResolution ? 2.5 : 1
      case .decisions: 1
      case .sentiment: record.isLastSentiment ? 1.5 : 0.5
      case .timeline: 0
      case .superseded: -10
      }
    if record.state == nil { return base }
    return record.section == .open ? base - 0.25 : base + 0.25
  }
}
