// Which records a later correction has retired.

enum Supersession {
  /// The corrected records with the newest correction of each. A record with `event_type` "correction" corrects
  /// its parent. In a ring of corrections the newest record stands.
  /// - Parameter memories: by id.
  static func find(_ memories: [Memory]) -> [RecordID: RecordID] {
    let corrections = memories.filter { $0.eventType == "correction" && $0.parent != nil }
    guard !corrections.isEmpty else { return [:] }
    let known = Set(memories.map(\.id))
    var correctedBy: [RecordID: RecordID] = [:]
    for correction in corrections.sorted(by: { $0.id > $1.id }) {
      guard let parent = correction.parent.flatMap({ RecordID($0) }), known.contains(parent),
        correctedBy[parent] == nil, final(correction.id, correctedBy) != parent
      else { continue }
      correctedBy[parent] = correction.id
    }
    return correctedBy
  }

  /// The record that stands at the end of a chain of corrections.
  static func final(_ id: RecordID, _ correctedBy: [RecordID: RecordID]) -> RecordID {
    var id = id
    while let next = correctedBy[id] { id = next }
    return id
  }
}
