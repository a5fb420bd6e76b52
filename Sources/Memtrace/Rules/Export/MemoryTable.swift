// Memories as comma-separated values (RFC 4180), for a spreadsheet.

enum MemoryTable {
  private static let columns = [
    "id", "time", "agent_id", "session_id", "customer", "memory_type", "event_type", "content",
    "reasoning", "tags", "importance", "state", "dedup_key", "parent_id", "metadata",
  ]

  static func text(
    _ memories: [Memory], _ standing: Standing, customers: [SessionID: String]
  ) -> String {
    var rows = [columns]
    for memory in memories {
      rows.append([
        memory.id.description, memory.time.description, memory.agent,
        memory.session?.description ?? "", memory.session.flatMap { customers[$0] } ?? "",
        memory.kind.rawValue, memory.eventType, memory.content, memory.reasoning ?? "",
        memory.tags.joined(separator: " "), memory.importance.map { "\($0)" } ?? "",
        standing[memory.id].word, memory.dedupKey ?? "", memory.parent ?? "",
        memory.metadata.map { String(decoding: $0.json.bytes, as: UTF8.self) } ?? "",
      ])
    }
    return rows.map { $0.map(cell).joined(separator: ",") }.joined(separator: "\r\n")
  }

  /// In quotation marks where it needs them. An apostrophe stands before what a spreadsheet would take for a formula.
  private static func cell(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
      text = "'" + text
    }
    guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
