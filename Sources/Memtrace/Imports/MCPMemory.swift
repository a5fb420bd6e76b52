// The knowledge graph of the MCP reference memory server: its file of JSON lines, or what `read_graph` answers.

/// It knows no times: an import gives its rows the moment of the first import of their entity.
struct MCPMemoryReader: SourceReader {
  static let lists = ["entities", "relations"]
  private let options: ImportOptions
  private var seen: Set<String> = []

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    if let from = json["from"]?.string, let to = json["to"]?.string,
      let relation = json["relationType"]?.string
    {
      return [row("\(from) \(relation) \(to)", "relation", of: from, kind: nil, piece, json)]
    }
    guard let name = json["name"]?.string, let observations = json["observations"]?.array else {
      let problem =
        "is missing; a line has name, entityType and observations, or from, to and relationType"
      return [.bad("name", problem, piece)]
    }
    let kind = json["entityType"]?.string
    let rows = observations.map { observation in
      guard let text = observation.string, !text.isEmpty else { return SourceRow.passed(piece) }
      return row("\(name): \(text)", "observation", of: name, kind: kind, piece, json)
    }
    return rows.isEmpty ? [.passed(piece)] : rows
  }

  private mutating func row(
    _ content: String, _ event: String, of name: String, kind: String?, _ piece: SourcePiece,
    _ json: JSON
  ) -> SourceRow {
    guard seen.insert("\(name)\u{0}\(content)").inserted else { return .known(piece) }
    let about =
      options.metadata(of: json) + [
        .init("source", "mcp-memory"), .init("entity", .string(name)),
        .init("entity_type", kind.map(JSON.string) ?? .null),
      ]
    return .row(
      [
        .init("agent_id", options.mapped("agent_id", in: json) ?? "mcp-memory"),
        .init("content", .string(content)), .init("memory_type", "entity"),
        .init("event_type", .string(event)),
        .init("session", .string("mcp-memory:\(name)")),
        .init("session_metadata", .object(about.filter { $0.value != .null })),
      ], piece, isUndated: true)
  }
}
