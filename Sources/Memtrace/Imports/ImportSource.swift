// The programs whose files an import understands.

enum ImportSource: String, CaseIterable, Sendable {
  case zendesk, intercom, chatwoot, freshdesk, csv, chat, mem0
  case mcpMemory = "mcp-memory"
  case openai
  case claudeCode = "claude-code"

  /// Every piece of the file, in its order.
  func rows(of bytes: [UInt8], _ options: ImportOptions) -> [SourceRow] {
    switch self {
    case .zendesk: Self.read(bytes, ZendeskReader(options))
    case .intercom: Self.read(bytes, IntercomReader(options))
    case .chatwoot: Self.read(bytes, ChatwootReader(options))
    case .freshdesk: Self.read(bytes, FreshdeskReader(options))
    case .csv: CSVReader(options).rows(of: bytes)
    case .chat: ChatReader(options).rows(of: bytes)
    case .mem0: Self.read(bytes, Mem0Reader(options))
    case .mcpMemory: Self.read(bytes, MCPMemoryReader(options))
    case .openai: Self.read(bytes, OpenAIReader(options))
    case .claudeCode: Self.read(bytes, ClaudeCodeReader(options))
    }
  }

  private static func read<Reader: SourceReader>(
    _ bytes: [UInt8], _ reader: Reader
  ) -> [SourceRow] {
    var reader = reader
    return SourcePiece.all(of: bytes, lists: Reader.lists).flatMap { rows(of: $0, &reader) }
  }

  private static func rows<Reader: SourceReader>(
    of piece: SourcePiece, _ reader: inout Reader
  ) -> [SourceRow] {
    let json: JSON
    do {
      json = try JSON(parsing: piece.bytes)
    } catch {
      return [.bad("row", error.description, piece)]
    }
    guard json.members != nil else { return [.bad("row", "must be an object", piece)] }
    // A line of the file that `--skip-bad` wrote.
    guard json["problem"] != nil, let row = json["row"] else { return reader.rows(of: piece, json) }
    let inner = SourcePiece(line: piece.line, bytes: row.bytes, page: [])
    guard let members = row.members else { return [.bad("row", "must be an object", inner)] }
    let isRead = row["agent_id"] != nil && row["content"] != nil
    return isRead ? [.row(members, inner)] : reader.rows(of: inner, row)
  }
}
