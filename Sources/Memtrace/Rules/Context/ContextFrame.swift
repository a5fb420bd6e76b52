// What a context says besides its records: who the customer is, and what other sessions there are.

enum ContextFrame {
  /// What a level of detail leaves out is counted.
  static func page(_ request: ContextRequest, _ detail: ContextDetail) -> ContextPage {
    let page = ContextPage()
    page.isCustomerWide = request.isCustomerWide
    page.query = request.query.map { DataText.line($0, limit: 200) } ?? ""
    let facts = facts(request)
    if detail != .bare {
      // A quarter of the budget at most, an eighth where it is small.
      var room = request.maxTokens / (detail == .full ? 4 : 8)
      for fact in facts {
        room -=
          Tokens.estimate(fact.name, request.tokenizer)
          + Tokens.estimate(fact.value, request.tokenizer) + 4
        if room < 0 { break }
        page.facts.append(fact)
      }
    }
    page.factsLeftOut = facts.count - page.facts.count
    let limit = request.isCustomerWide ? max(1, min(5, request.maxTokens / 500)) : 1
    (page.sessions, page.sessionsMore) = list(
      request.sessions.map(\.session), request.names, limit: detail == .full ? limit : 0)
    // One session is no news where there is no room to say more of it.
    if detail != .full, request.format != .json, request.sessions.count == 1 {
      page.sessionsMore = 0
    }
    (page.otherSessions, page.otherSessionsMore) = list(
      request.otherSessions, request.names,
      limit: detail == .full ? min(5, request.maxTokens / 250) : 0)
    return page
  }

  /// The newest sessions, and how many more there are.
  private static func list(
    _ sessions: [Session], _ names: AgentNames, limit: Int
  ) -> (lines: [ContextPage.SessionLine], more: Int) {
    let newest = sessions.sorted { $0.id > $1.id }.prefix(limit)
    let lines = newest.enumerated().map { at, session in
      ContextPage.SessionLine(
        session, agent: names[session.agent], isLast: at == sessions.count - 1)
    }
    return (lines, sessions.count - lines.count)
  }

  /// The metadata of all sessions, the newest word on each key; identity keys first.
  private static func facts(_ request: ContextRequest) -> [ContextPage.Fact] {
    var merged: [JSON.Member] = []
    for session in request.sessions { SessionFold.merge(session.session.metadata, into: &merged) }
    let identity = request.identityKeys.compactMap { key in merged.first { $0.key == key } }
    let rest = merged.filter { !request.identityKeys.contains($0.key) }
    return (identity + rest).map { ContextPage.Fact($0) }
  }
}
