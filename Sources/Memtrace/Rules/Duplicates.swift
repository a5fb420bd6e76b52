// Which records repeat another: two clones that were offline may both have used one key.

enum Duplicates {
  private struct Key: Hashable {
    let key: ExactText
    let agent: String
    let session: SessionID?
  }

  /// Of several memories with one agent, session and `dedup_key`, the first counts: the others with that one.
  static func find(_ memories: some Sequence<Memory>) -> [RecordID: RecordID] {
    var firsts: [Key: RecordID] = [:]
    var all: [(id: RecordID, key: Key)] = []
    for memory in memories {
      guard let text = memory.dedupKey else { continue }
      let key = Key(key: ExactText(text), agent: memory.agent, session: memory.session)
      firsts[key] = min(firsts[key] ?? memory.id, memory.id)
      all.append((memory.id, key))
    }
    var duplicates: [RecordID: RecordID] = [:]
    for (id, key) in all where firsts[key] != id { duplicates[id] = firsts[key] }
    return duplicates
  }
}
