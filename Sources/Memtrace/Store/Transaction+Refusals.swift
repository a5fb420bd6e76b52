// What a transaction refuses because it was erased, never was, or is there already.

extension Transaction {
  /// A retry of what was erased brings nothing back.
  func refuseErased(_ draft: MemoryDraft) throws {
    guard let key = draft.dedupKey,
      erasures.isRetry(key, agent: draft.agent.id, session: draft.session)
    else { return }
    throw MemtraceError(
      .conflict, "erased", hint: "what had this dedup_key was erased: it is not recorded again")
  }

  /// Whether a record of its agent and session has its dedup key already.
  func isKnown(_ draft: MemoryDraft) throws -> Bool { try known(placed(draft)) != nil }

  /// The first one that has a draft's dedup key.
  func known(_ draft: MemoryDraft) throws -> Memory? {
    guard let key = draft.dedupKey else { return nil }
    return try records.memories(dedupKey: key, agent: draft.agent.id, session: draft.session)
      .first { $0.session == draft.session }
  }
}

extension MemtraceError {
  static let erasedSession = MemtraceError(
    .notFound, noSessionHere,
    hint: "this session was erased; begin a new one: memtrace session create")

  static let noSessionHere = "session not found"

  static let noSession = MemtraceError(
    .notFound, noSessionHere, hint: "memtrace session list")
}
