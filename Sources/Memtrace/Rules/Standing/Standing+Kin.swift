// Which records decide together whether they stand.

extension Standing {
  /// How to find what belongs together.
  struct Relations {
    let find: (RecordID) -> Memory?
    /// Corrections of one record, wherever they are.
    let corrections: (RecordID) -> [Memory]
    /// Records with the same agent, session and `dedup_key`.
    let repeats: (KeyGroup) -> [Memory]
  }

  /// Everything that has a say in whether these records stand, and they themselves where they are found: corrections
  /// of them step by step, what they correct, and all of a `dedup_key`. In id order.
  static func kin(of records: some Sequence<Memory>, _ relations: Relations) -> [Memory] {
    var found: [RecordID: Memory] = [:]
    var waiting: [RecordID] = []
    var seen: Set<RecordID> = []
    var groups: Set<KeyGroup> = []
    func meet(_ memory: Memory) {
      guard found.updateValue(memory, forKey: memory.id) == nil else { return }
      if seen.insert(memory.id).inserted { waiting.append(memory.id) }
      if let parent = memory.corrects, seen.insert(parent).inserted { waiting.append(parent) }
      if let group = KeyGroup(memory), groups.insert(group).inserted {
        for other in relations.repeats(group) { meet(other) }
      }
    }
    for record in records { meet(record) }
    while let id = waiting.popLast() {
      if found[id] == nil, let memory = relations.find(id) { meet(memory) }
      for correction in relations.corrections(id) { meet(correction) }
    }
    return found.values.sorted { $0.id < $1.id }
  }

  /// The same out of a list.
  static func kin(of records: some Sequence<Memory>, among memories: [Memory]) -> [Memory] {
    var children: [RecordID: [Memory]] = [:]
    var groups: [KeyGroup: [Memory]] = [:]
    var corrected: Set<RecordID> = []
    for memory in memories {
      if let parent = memory.corrects {
        children[parent, default: []].append(memory)
        corrected.insert(parent)
      }
      if let group = KeyGroup(memory) { groups[group, default: []].append(memory) }
    }
    guard !children.isEmpty || !groups.isEmpty else { return Array(records) }
    let wanted = Dictionary(
      memories.lazy.filter { corrected.contains($0.id) }.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    return kin(
      of: records,
      Relations(
        find: { wanted[$0] }, corrections: { children[$0] ?? [] }, repeats: { groups[$0] ?? [] }))
  }
}
