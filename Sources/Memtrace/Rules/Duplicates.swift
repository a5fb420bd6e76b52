// Which records repeat another: two clones that were offline may both have used one key.

enum Duplicates {
  private struct Key: Hashable {
    let key: String
    let agent: String
    let session: SessionID?
  }

  /// Of several memories with one agent, session and `dedup_key`, the first counts: the others with that one.
  static func find(_ memories: some Sequence<Memory>) -> [RecordID: RecordID] {
    var firsts: [Key: RecordID] = [:]
    var all: [(id: RecordID, key: Key)] = []
    for memory in memories {
      guard let text = memory.dedupKey else { continue }
      let key = Key(key: text, agent: memory.agent, session: memory.session)
      firsts[key] = min(firsts[key] ?? memory.id, memory.id)
      all.append((memory.id, key))
    }
    var duplicates: [RecordID: RecordID] = [:]
    for (id, key) in all where firsts[key] != id { duplicates[id] = firsts[key] }
    return duplicates
  }
}

extension Records {
  /// Those of `memories` that repeat another one, listed here or not, with the first of each.
  func duplicates(among memories: [Memory]) throws -> [RecordID: RecordID] {
    Duplicates.find(
      try memories.flatMap { memory in
        try memory.dedupKey.map {
          try self.memories(dedupKey: $0, agent: memory.agent, session: memory.session)
            .filter { $0.session == memory.session }
        } ?? []
      })
  }
}
