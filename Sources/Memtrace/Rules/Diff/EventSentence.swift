// What happened to a session or an agent, as a sentence.

extension Event {
  /// Without its time; nil for a kind that this version does not know.
  var sentence: String? { sentence(AgentNames()) }

  func sentence(_ names: AgentNames) -> String? {
    let who = agent.map { names[$0] } ?? "somebody"
    switch change {
    case .opened(let metadata, _):
      return "\(who) opened the session" + (metadata.isEmpty ? "" : ": \(Self.told(metadata))")
    case .metadata(let changes):
      let set = changes.filter { $0.value != .null }
      let gone = changes.filter { $0.value == .null }.map(\.key)
      var parts: [String] = []
      if !set.isEmpty { parts.append("set \(Self.told(set))") }
      if !gone.isEmpty { parts.append("removed \(gone.joined(separator: ", "))") }
      return "\(who) " + (parts.isEmpty ? "changed nothing" : parts.joined(separator: " and "))
    case .closed: return "\(who) closed the session"
    case .reopened: return "\(who) reopened the session"
    case .firstUsed(let name): return "\(name) wrote for the first time"
    case .registered(let name, let description, _):
      return "\(name) was registered" + (description.map { ": \(Self.flat($0))" } ?? "")
    case .removed:
      guard case .agent(let id) = subject else { return nil }
      return "\(id) was removed"
    case .unknown: return nil
    }
  }

  /// Members of its line that the sentence tells.
  var toldFields: Set<String> {
    ["time", "agent_id", "event", "name", "description", "metadata", "session_id", "id"]
  }

  private static func told(_ metadata: [JSON.Member]) -> String {
    metadata.map {
      "\($0.key) \(flat($0.value.scalarText ?? String(decoding: $0.value.bytes, as: UTF8.self)))"
    }
    .joined(separator: ", ")
  }

  private static func flat(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
