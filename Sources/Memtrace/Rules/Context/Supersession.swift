// Which records a later correction has retired.

enum Supersession {
  /// Of each family of corrections one record stands: the newest that nobody corrects; in a ring, the newest. The
  /// others are returned, each with the one that stands. A record with `event_type` "correction" corrects its parent,
  /// which need not be among these; two corrections of one record are of one family.
  static func find(_ memories: [Memory]) -> [RecordID: RecordID] {
    let corrections = memories.filter { $0.corrects != nil }
    guard !corrections.isEmpty else { return [:] }
    var families = Families()
    var corrected: Set<RecordID> = []
    for correction in corrections {
      guard let parent = correction.corrects else { continue }
      families.join(correction.id, parent)
      corrected.insert(parent)
    }
    let isKnown = Set(memories.map(\.id)).contains
    var members: [RecordID: [RecordID]] = [:]
    for id in corrected.union(corrections.map(\.id)) where isKnown(id) {
      members[families.root(of: id), default: []].append(id)
    }
    var correctedBy: [RecordID: RecordID] = [:]
    for family in members.values {
      let ends = family.filter { !corrected.contains($0) }
      guard let standing = (ends.isEmpty ? family : ends).max() else { continue }
      for id in family where id != standing { correctedBy[id] = standing }
    }
    return correctedBy
  }

  /// Every correction of these records, step by step, and of what these records correct themselves, in id order.
  /// - Parameters:
  ///   - corrections: of one record, wherever they are.
  ///   - find: a record, wherever it is.
  static func family(
    of records: some Sequence<Memory>, corrections: (RecordID) -> [Memory],
    find: (RecordID) -> Memory?
  ) -> [Memory] {
    var waiting: [RecordID] = []
    var seen: Set<RecordID> = []
    for record in records {
      waiting.append(record.id)
      var above = record.corrects
      while let id = above, seen.insert(id).inserted {
        waiting.append(id)
        above = find(id)?.corrects
      }
    }
    var found: [RecordID: Memory] = [:]
    while let id = waiting.popLast() {
      for correction in corrections(id) where found[correction.id] == nil {
        found[correction.id] = correction
        waiting.append(correction.id)
      }
    }
    return found.values.sorted { $0.id < $1.id }
  }

  /// The same out of a list.
  static func family(of records: some Sequence<Memory>, among memories: [Memory]) -> [Memory] {
    var byParent: [RecordID: [Memory]] = [:]
    var byID: [RecordID: Memory] = [:]
    for memory in memories {
      guard let parent = memory.corrects else { continue }
      byParent[parent, default: []].append(memory)
      byID[memory.id] = memory
    }
    guard !byParent.isEmpty else { return [] }
    return family(of: records, corrections: { byParent[$0] ?? [] }, find: { byID[$0] })
  }

  /// Sets of records that grow together (Tarjan 1975).
  private struct Families {
    private var above: [RecordID: RecordID] = [:]

    mutating func root(of id: RecordID) -> RecordID {
      var root = id
      while let next = above[root] { root = next }
      var id = id
      while let next = above[id], next != root {
        above[id] = root
        id = next
      }
      return root
    }

    mutating func join(_ a: RecordID, _ b: RecordID) {
      let (a, b) = (root(of: a), root(of: b))
      if a != b { above[a] = b }
    }
  }
}

extension Memory {
  /// The event of a record that corrects its parent.
  static let correction = "correction"

  /// The record that this one corrects.
  var corrects: RecordID? {
    guard eventType == Self.correction, let parent = parent.flatMap({ RecordID($0) }), parent != id
    else { return nil }
    return parent
  }
}
