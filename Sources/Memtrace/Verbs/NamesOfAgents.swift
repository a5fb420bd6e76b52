// Looks up what the agents of an answer are called.

extension Catalog {
  /// - Parameter agents: their ids.
  func names(of agents: some Sequence<String>) throws -> AgentNames {
    var names: [String: String] = [:]
    for id in Set(agents.lazy.filter(AgentName.isMade)) { names[id] = try agent(id)?.name }
    return AgentNames(names)
  }
}

extension Call {
  /// Where a person looks; elsewhere ids stay ids.
  func names(of agents: some Sequence<String>) throws -> AgentNames {
    guard isForPeople, !wantsJSON else { return AgentNames() }
    return try records().names(of: agents)
  }
}
