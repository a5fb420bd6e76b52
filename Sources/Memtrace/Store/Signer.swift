// What somebody who is bound to one agent may do to what others recorded.

/// A writer that signs as one agent. It adds what it likes under its own name; who a session is about, and what
/// others said, it leaves alone unless it supervises.
public struct Signer: Sendable {
  let agent: String
  let supervises: Bool

  public init(agent: String, supervises: Bool) {
    self.agent = agent
    self.supervises = supervises
  }

  /// - Throws: `forbidden` for a correction of what another agent recorded or has corrected, or of what is not here.
  func check(_ draft: MemoryDraft, in transaction: Transaction) throws {
    guard !supervises, draft.eventType == Memory.correction, draft.parent != nil else { return }
    guard let corrected = try draft.corrects.flatMap(transaction.memory), corrected.agent == agent
    else { throw MemtraceError.onlySupervisors("corrects what another agent recorded") }
    // The newest end of a family stands: beside somebody else's correction a second one would hide it.
    if case .corrected(let end) = try transaction.records.standing(of: [corrected])[corrected.id],
      try transaction.memory(end)?.agent != agent
    {
      throw MemtraceError.onlySupervisors("takes the place of what another agent corrected")
    }
  }

  /// An agent completes the identity in a session of its own, as it could when it opened it.
  /// - Throws: `forbidden` for any other change of it: it would move what others recorded to another customer.
  func check(
    _ change: Event.Change, of session: Session, _ configuration: Configuration
  ) throws {
    guard !supervises, case .metadata(let members) = change else { return }
    for member in members where configuration.identityKeys.contains(member.key) {
      let known = session.metadata.first { $0.key == member.key }?.value
      if known == member.value || (known == nil && session.agent == agent) { continue }
      throw MemtraceError.onlySupervisors(
        "changes '\(member.key)', which says who a session is about")
    }
  }
}

extension MemtraceError {
  static func onlySupervisors(_ what: String) -> MemtraceError {
    MemtraceError(
      .forbidden, "only a key of the scope 'supervise' \(what)",
      hint: "memtrace key create --name NAME --scope supervise --agent AGENT")
  }
}
