// The log of a Claude Code session: ~/.claude/projects/PROJECT/SESSION.jsonl.

struct ClaudeCodeReader: SourceReader {
  static let lists: [String] = []
  private let options: ImportOptions
  private var seen: Set<String> = []
  private var opened: Set<String> = []

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    guard let kind = json["type"]?.string else {
      return [.bad("type", "is missing; a line has type, sessionId, timestamp and message", piece)]
    }
    // Summaries, snapshots and what the program says to itself are no part of the talk.
    guard ["user", "assistant"].contains(kind), json["isMeta"] != true else {
      return [.passed(piece)]
    }
    guard let session = json["sessionId"]?.string, let message = json["message"] else {
      return [
        .bad("sessionId", "is missing; a line has type, sessionId, timestamp and message", piece)
      ]
    }
    if let id = json["uuid"]?.string, !seen.insert(id).inserted { return [.known(piece)] }
    var about: [JSON.Member] =
      options.metadata(of: json) + [
        .init("source", "claude-code"), .init("claude_session", .string(session)),
      ]
    for (key, name) in [("cwd", "folder"), ("gitBranch", "branch")] {
      if let value = json[key], value != .string("") { about.append(.init(name, value)) }
    }
    let blocks = message["content"]?.array ?? [message["content"] ?? .null]
    let rows = blocks.map { block -> SourceRow in
      guard let (event, text) = Self.said(block, kind), !text.isEmpty else { return .passed(piece) }
      let isFirst = opened.insert(session).inserted
      let facts = [("uuid", "uuid"), ("isSidechain", "sidechain")].compactMap { key, name in
        json[key].flatMap { $0 == false ? nil : JSON.Member(name, $0) }
      }
      return .row(
        [
          .init("agent_id", options.mapped("agent_id", in: json) ?? "claude-code"),
          .init("content", .string(text)), .init("event_type", .string(event)),
          .init("time", json["timestamp"] ?? .null),
          .init("session", .string("claude-code:\(session)")),
          .init("session_metadata", isFirst ? .object(about) : .null),
          .init("metadata", facts.isEmpty ? .null : .object(facts)),
        ], piece)
    }
    return rows.isEmpty ? [.passed(piece)] : rows
  }

  private static func said(_ block: JSON, _ kind: String) -> (event: String, text: String)? {
    let isUser = kind == "user"
    func words(_ text: String) -> (String, String)? {
      text.isEmpty
        ? nil : (isUser ? "user_message" : "agent_reply", isUser ? "User: \(text)" : text)
    }
    if let text = block.string { return words(text) }
    switch block["type"]?.string {
    case "text": return words(block["text"]?.string ?? "")
    case "tool_use":
      let input = String(decoding: (block["input"] ?? [:]).bytes, as: UTF8.self)
      return ("tool_call", "\(block["name"]?.string ?? "tool") \(input)")
    case "tool_result": return ("tool_result", ContentParts.text(block["content"]))
    default: return nil
    }
  }
}
