// Puts records in the order of the index: sessions one after another, each by its records' ids.

struct SessionOrder {
  /// Records in order; nil where they already were.
  private(set) var records: [UInt32]?
  /// First documents, and the count at the end.
  private(set) var starts: [UInt32] = []
  /// First document and size, by the caller's number.
  private(set) var sessions: [Int: (start: Int, count: Int)] = [:]

  init(_ source: any SearchSource, count: Int) {
    if !fill(source, 0..<count) {
      var slots: [Int: Int] = [:]
      var keys: [(slot: Int, id: ULID, record: Int)] = []
      keys.reserveCapacity(count)
      var free = 0
      for record in 0..<count {
        let document = source.document(record)
        var slot = free
        if let session = document.session, let known = slots[session] { slot = known }
        if slot == free {
          free += 1
          if let session = document.session { slots[session] = slot }
        }
        keys.append((slot, document.id, record))
      }
      keys.sort {
        $0.slot != $1.slot
          ? $0.slot < $1.slot : $0.id != $1.id ? $0.id < $1.id : $0.record < $1.record
      }
      records = keys.map { UInt32($0.record) }
      _ = fill(source, keys.lazy.map(\.record))
    }
    starts.append(UInt32(count))
  }

  /// Cuts records that stand in order into sessions; false where they do not.
  private mutating func fill(_ source: any SearchSource, _ order: some Sequence<Int>) -> Bool {
    starts = []
    sessions = [:]
    var last: (session: Int?, id: ULID)?
    var place = 0
    for record in order {
      let document = source.document(record)
      if let session = document.session, last?.session == session {
        if document.id < last!.id { return false }
        sessions[session]!.count += 1
      } else {
        starts.append(UInt32(place))
        if let session = document.session,
          sessions.updateValue((place, 1), forKey: session) != nil
        {
          return false
        }
      }
      last = (document.session, document.id)
      place += 1
    }
    return true
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
          records: records.map { Array($0[range]) }, firstRecord: range.lowerBound,
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
