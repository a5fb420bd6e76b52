// Memories and events out of a line's fields.

extension LineFields {
  func memory(_ id: RecordID, _ memo: LineMemo) throws(JSONFault) -> Memory {
    let isDecision = id.kind == .decision
    var kind = isDecision ? Memory.Kind.decision : .episodic
    if !isDecision, let text = try optionalText(.kind) {
      guard let named = Memory.Kind(rawValue: text) else {
        throw fault(.kind, "is not one of ours")
      }
      guard named != .decision else { throw fault(.kind, "does not go with the id") }
      kind = named
    }
    guard let agent = try repeatedText(.agent, memo) else { throw fault(.agent, "is missing") }
    return Memory(
      id: id, time: try requiredTime(memo), agent: agent, session: try optionalSession(memo),
      kind: kind,
      eventType: try repeatedText(.eventType, memo) ?? (isDecision ? "decision" : "general"),
      content: try requiredText(isDecision ? .decision : .content),
      reasoning: isDecision ? try optionalText(.reasoning) : nil, tags: try tags(memo),
      importance: try optionalNumber(.importance), metadata: try optionalObject(.metadata),
      dedupKey: try optionalText(.dedupKey), parent: try optionalText(.parent))
  }

  func event(_ id: RecordID, _ memo: LineMemo) throws(JSONFault) -> Event {
    let session = try optionalSession(memo)
    let agent = try repeatedText(.agent, memo)
    let subject: Event.Subject
    if let session {
      subject = .session(session)
    } else {
      guard let agent else { throw fault(.agent, "is missing, and session_id too") }
      subject = .agent(agent)
    }
    return Event(
      id: id, time: try requiredTime(memo), subject: subject, agent: agent,
      change: try change(ofSession: session != nil))
  }

  private func change(ofSession: Bool) throws(JSONFault) -> Event.Change {
    let event = try requiredText(.event)
    switch (event, ofSession) {
    case ("opened", true):
      return .opened(metadata: try members(.metadata) ?? [], source: try optionalText(.source))
    case ("metadata", true):
      guard let members = try members(.metadata) else { throw fault(.metadata, "is missing") }
      return .metadata(members)
    case ("closed", true): return .closed
    case ("reopened", true): return .reopened
    case ("first_used", false): return .firstUsed(name: try requiredText(.name))
    case ("registered", false):
      return .registered(
        name: try requiredText(.name), description: try optionalText(.description),
        config: try optionalObject(.config))
    case ("removed", false): return .removed
    default: return .unknown(event)
    }
  }
}
