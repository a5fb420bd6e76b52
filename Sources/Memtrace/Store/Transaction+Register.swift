// Agents, as they are registered: one a name, whatever its letters' case.

extension Transaction {
  /// Registers an agent; one that is known by its first use is completed.
  /// - Throws: `conflict` for a name that is registered, or is new and differs only in case from one that is known.
  /// - Parameter mayExist: one of that very name is updated, where the new description or configuration differs.
  func register(
    _ agent: AgentReference, description: String?, config: RawJSON?, mayExist: Bool
  ) throws -> (agent: Agent, isUpdate: Bool) {
    let known = try records.agents()
    let same = known.first { $0.id == agent.id }
    let taken =
      same.map { $0.isRegistered ? $0 : nil } ?? known.first { $0.name.isCaselessly(agent.name) }
    if let taken, !mayExist || taken.id != agent.id {
      throw MemtraceError(
        .conflict, "agent '\(agent.name)' already exists in this organization",
        hint: "memtrace agent show '\(taken.id)'")
    }
    let passed = try passed(
      .registered(name: agent.name, description: description, config: config))
    guard case .registered(_, let description, let config) = passed else { preconditionFailure() }
    let new = (
      description: description ?? taken?.description, config: config ?? taken?.config
    )
    if let taken, new.description == taken.description, new.config == taken.config {
      return (taken, true)
    }
    let time = try change(
      agent, .registered(name: agent.name, description: new.description, config: new.config))
    let updated = Agent(
      id: agent.id, name: agent.name, description: new.description, config: new.config,
      createdAt: same?.createdAt ?? time, lastActiveAt: time,
      isRegistered: true)
    return (updated, taken != nil)
  }
}

extension String {
  /// Whether two names differ in the case of their letters at most; "ß" is "SS".
  fileprivate func isCaselessly(_ other: String) -> Bool {
    uppercased().lowercased() == other.uppercased().lowercased()
  }
}
