// What a context says besides its records: who the customer is, and what other sessions there are.

enum ContextFrame {
  static func page(_ request: ContextRequest, _ detail: ContextDetail) -> ContextPage {
    let page = ContextPage()
    page.query = request.query.map { DataText.line($0, limit: 200) } ?? ""
    guard detail != .bare else { return page }
    let facts = facts(request)
    // A quarter of the budget at most, an eighth where it is small.
    var room = request.maxTokens / (detail == .full ? 4 : 8)
    for fact in facts {
      room -= Tokens.estimate(fact.name) + Tokens.estimate(fact.value) + 4
      if room < 0 { break }
      page.facts.append(fact)
    }
    page.factsLeftOut = facts.count - page.facts.count
    guard detail == .full else { return page }
    let newest = request.sessions.reversed().prefix(
      request.isCustomerWide ? max(1, min(5, request.maxTokens / 500)) : 1)
    page.sessions = newest.map { ContextPage.SessionLine($0.session) }
    page.sessionsMore = request.sessions.count - page.sessions.count
    let others = request.otherSessions.sorted { $0.id > $1.id }
    page.otherSessions = others.prefix(min(5, request.maxTokens / 250)).map {
      ContextPage.SessionLine($0)
    }
    page.otherSessionsMore = others.count - page.otherSessions.count
    return page
  }

  /// The metadata of all sessions, the newest word on each key; identity keys first.
  static func facts(_ request: ContextRequest) -> [(name: String, value: String)] {
    var merged: [JSON.Member] = []
    for session in request.sessions { SessionFold.merge(session.session.metadata, into: &merged) }
    let identity = request.identityKeys.compactMap { key in merged.first { $0.key == key } }
    let rest = merged.filter { !request.identityKeys.contains($0.key) }
    return (identity + rest).map { member in
      let value = member.value.scalarText ?? String(decoding: member.value.bytes, as: UTF8.self)
      return (DataText.name(member.key, limit: 64), DataText.line(value, limit: 200))
    }
  }
}
