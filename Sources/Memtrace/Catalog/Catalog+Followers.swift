// What answers, continues or corrects a record, wherever it stands.

extension Catalog {
  /// The records that name one of these as their parent, and those that name one of those. Reads every memory: nothing else
  /// needs to know the answers to a record.
  func followers(of records: Set<RecordID>) throws -> Set<RecordID> {
    if records.isEmpty { return [] }
    var answers: [RecordID: [RecordID]] = [:]
    try fresh {
      answers = [:]
      var places: [Place] = []
      func take() throws {
        for memory in try load(places) {
          guard let parent = memory.parent.flatMap({ RecordID($0) }) else { continue }
          answers[parent, default: []].append(memory.id)
        }
        places.removeAll(keepingCapacity: true)
      }
      try visit(MemoryFilter(), descending: false) { place in
        places.append(place)
        if places.count == Self.batch { try take() }
        return true
      }
      try take()
    }
    var found: Set<RecordID> = []
    var open = Array(records)
    while let record = open.popLast() {
      for answer in answers[record] ?? [] where found.insert(answer).inserted {
        open.append(answer)
      }
    }
    return found.subtracting(records)
  }

  /// So many memories are held at a time.
  private static let batch = 4_096
}
