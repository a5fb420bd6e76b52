// Conversations of the OpenAI Agents SDK, out of the table of its SQLiteSession: `sqlite3 -json sessions.db 'select * from agent_messages'`.

struct OpenAIReader: SourceReader {
  static let lists = ["agent_messages"]
  private let options: ImportOptions
  private var seen: Set<String> = []
  private var opened: Set<String> = []

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    guard let session = json["session_id"]?.scalarText, let data = json["message_data"] else {
      return [
        .bad(
          "message_data", "is missing; a row has id, session_id, message_data and created_at", piece
        )
      ]
    }
    if let id = json["id"]?.scalarText, !seen.insert(id).inserted { return [.known(piece)] }
    guard let item = data.string.map({ try? JSON(parsing: $0) }) ?? data, item.members != nil else {
      return [.bad("message_data", "is no JSON object", piece)]
    }
    guard let (event, text) = Self.said(item), !text.isEmpty else { return [.passed(piece)] }
    let about: [JSON.Member] =
      options.metadata(of: json) + [
        .init("source", "openai"), .init("openai_session", .string(session)),
      ]
    let isFirst = opened.insert(session).inserted
    let facts = ["id", "call_id", "name"].compactMap { key in
      item[key].map { JSON.Member(key == "id" ? "item_id" : key, $0) }
    }
    return [
      .row(
        [
          .init("agent_id", options.mapped("agent_id", in: json) ?? "openai-agents"),
          .init("content", .string(text)), .init("event_type", .string(event)),
          .init("time", Self.time(json["created_at"])),
          .init("session", .string("openai:\(session)")),
          .init("session_metadata", isFirst ? .object(about) : .null),
          .init("metadata", facts.isEmpty ? .null : .object(facts)),
        ], piece)
    ]
  }

  /// SQLite's own clock is UTC and does not say so.
  private static func time(_ json: JSON?) -> JSON {
    guard let text = json?.string, text.utf8.count == 19 else { return json ?? .null }
    return .string(text + "Z")
  }

  private static func said(_ item: JSON) -> (event: String, text: String)? {
    switch item["type"]?.string ?? "message" {
    case "message":
      let text = ContentParts.text(item["content"])
      let isUser = item["role"]?.string == "user"
      return text.isEmpty
        ? nil : (isUser ? "customer_message" : "agent_reply", isUser ? "Customer: \(text)" : text)
    case "function_call":
      return ("tool_call", "\(item["name"]?.string ?? "tool") \(item["arguments"]?.string ?? "")")
    case "function_call_output": return ("tool_result", ContentParts.text(item["output"]))
    case "reasoning": return ("reasoning", ContentParts.text(item["summary"]))
    default: return nil
    }
  }
}

/// The text of a message whose content is text, or a list of parts.
enum ContentParts {
  static func text(_ json: JSON?) -> String {
    if let text = json?.string { return text }
    return (json?.array ?? []).compactMap { part in
      part.string ?? part["text"]?.string ?? part["refusal"]?.string
        ?? (part["image_url"] ?? part["source"]).map { _ in "[image]" }
    }.joined(separator: "\n")
  }
}
