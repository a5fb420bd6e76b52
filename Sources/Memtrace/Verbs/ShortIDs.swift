// Beginnings of ids, as tables and contexts show them, in place of the whole.

/// `sess_01M70Z86` is that session, if one alone begins so; what begins no id stays as it is.
enum ShortIDs {
  static func completed(_ json: JSON, _ fields: [Field], in call: Call) throws -> JSON {
    guard let members = json.members, members.contains(where: { $0.value.string != nil }) else {
      return json
    }
    return .object(
      try members.map { member in
        guard case .string(let text) = member.value,
          let field = fields.first(where: { $0.isNamed(member.key) }),
          case .id(let thing) = field.kind
        else { return member }
        let whole =
          switch thing {
          case "session": try session(text, in: call)
          case "record": try record(text, member.key, in: call)
          case "agent" where !field.isAuthor: try agent(text, in: call)
          default: nil as String?
          }
        return whole.map { JSON.Member(member.key, .string($0)) } ?? member
      })
  }

  private static func session(_ text: String, in call: Call) throws -> String? {
    guard isBeginning(text, [SessionID.prefix]) else { return nil }
    let records = try call.records()
    // Somebody may have called one so.
    if let id = SessionID(text), try records.standing(of: id) != nil { return nil }
    let found = try records.sessions().map(\.id.description).filter { $0.hasPrefix(text) }
    guard found.count < 2 else { throw several(found.count, "session_id") }
    return found.first
  }

  /// On the command line only: a program that asks for an agent that is not there yet must not get another one's.
  private static func agent(_ text: String, in call: Call) throws -> String? {
    guard call.isForPeople, text.utf8.count >= 3 else { return nil }
    let records = try call.records()
    guard try !records.isKnown(agent: AgentName.id(of: text)) else { return nil }
    let found = try records.agents().map(\.id).filter { $0.hasPrefix(text) }
    guard found.count < 2 else { throw several(found.count, "agent_id") }
    return found.first
  }

  private static func record(_ text: String, _ field: String, in call: Call) throws -> String? {
    guard isBeginning(text, [RecordID.Kind.memory, .decision].map(\.prefix)) else { return nil }
    return try call.records().memory(beginning: text)?.id.description
  }

  /// A prefix, and some of the characters of a ULID.
  private static func isBeginning(_ text: String, _ prefixes: [String]) -> Bool {
    guard let prefix = prefixes.first(where: text.hasPrefix) else { return false }
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    return (4..<ULID.textLength).contains(rest.count)
      && rest.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      }
  }

  private static func several(_ count: Int, _ field: String) -> MemtraceError {
    .invalid([.init(field, "\(count) ids begin so: write more of it")])
  }
}
