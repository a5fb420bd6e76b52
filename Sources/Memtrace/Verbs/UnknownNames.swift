// What to say of an empty list: that nothing has the name that it was asked for, for that may be a slip.

extension Call {
  /// To a person, beside an answer that has nothing in it.
  func noteUnknown(
    agent: String?, session: SessionID? = nil, where conditions: [JSON.Member] = []
  ) throws {
    guard isForPeople else { return }
    let records = try records()
    if let agent, try records.agent(agent) == nil {
      note("there is no agent '\(agent.prefix(64))': memtrace agent list")
    }
    if let session, try records.standing(of: session) == nil {
      note("there is no session \(session): memtrace session list")
    }
    if !conditions.isEmpty, try records.ids(where: conditions).isEmpty {
      note("no session has this metadata: memtrace session search --where K=V")
    }
  }

  func noteUnknown(in filter: MemoryFilter) throws {
    try noteUnknown(agent: filter.agent, session: filter.session, where: filter.sessionMetadata)
  }
}
