// What a transaction refuses because it was erased or never was.

extension Transaction {
  /// A retry of what was erased brings nothing back.
  func refuseErased(_ draft: MemoryDraft) throws {
    guard let key = draft.dedupKey,
      erasures.isRetry(key, agent: draft.agent.id, session: draft.session)
    else { return }
    throw MemtraceError(
      .conflict, "erased", hint: "what had this dedup_key was erased: it is not recorded again")
  }
}

extension MemtraceError {
  static let erasedSession = MemtraceError(
    .notFound, noSessionHere,
    hint: "this session was erased; begin a new one: memtrace session create")

  static let noSessionHere = "session not found"

  static func noSession(_ id: SessionID) -> MemtraceError {
    MemtraceError(.notFound, noSessionHere, hint: "memtrace session list")
  }
}
