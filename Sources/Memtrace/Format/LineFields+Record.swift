// Memories and events out of a line's fields.
import Glibc

extension LineFields {
  func memory(_ id: RecordID) throws(JSONFault) -> Memory {
    let isDecision = id.kind == .decision
    var kind = isDecision ? Memory.Kind.decision : .episodic
    if !isDecision, !self[.kind].isNothing { kind = try memoryKind() }
    guard let agent = try repeatedText(.agent) else { throw fault(.agent, "is missing") }
    return Memory(
      id: id, time: try requiredTime(), agent: agent, session: try optionalSession(),
      kind: kind,
      eventType: try repeatedText(.eventType) ?? kind.eventType,
      content: try requiredText(isDecision ? .decision : .content),
      reasoning: isDecision ? try optionalText(.reasoning) : nil, tags: try tags(),
      importance: try optionalNumber(.importance), metadata: try optionalObject(.metadata),
      dedupKey: try optionalText(.dedupKey), parent: try optionalText(.parent))
  }

  @inline(__always)
  private func memoryKind() throws(JSONFault) -> Memory.Kind {
    let bytes = buffer(self[.kind])
    if bytes.count == 8, memcmp(bytes.baseAddress!, "episodic", 8) == 0 { return .episodic }
    guard let kind = try optionalText(.kind).flatMap({ Memory.Kind(rawValue: $0) }) else {
      throw fault(.kind, "is not one of ours")
    }
    guard kind != .decision else { throw fault(.kind, "does not go with the id") }
    return kind
  }

  func event(_ id: RecordID) throws(JSONFault) -> Event {
    let session = try optionalSession()
    let agent = try repeatedText(.agent)
    let subject: Event.Subject
    if let session {
      subject = .session(session)
    } else {
      guard let agent else { throw fault(.agent, "is missing, and session_id too") }
      subject = .agent(agent)
    }
    return Event(
      id: id, time: try requiredTime(), subject: subject, agent: agent,
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
