// Memories of mem0, as its export and `get_all` give them (docs.mem0.ai).

struct Mem0Reader: SourceReader {
  static let lists = ["results", "memories"]
  private let options: ImportOptions
  private var seen: Set<String> = []

  init(_ options: ImportOptions) { self.options = options }

  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow] {
    var object = SourceObject(json)
    guard let memory = object.text("memory") else {
      return [
        .bad("memory", "is missing; a memory of mem0 has id, memory, user_id and created_at", piece)
      ]
    }
    let id = object.scalar("id")
    if let id, !seen.insert(id).inserted { return [.known(piece)] }
    let user = object.scalar("user_id")
    let run = object.scalar("run_id")
    let agent = object.scalar("agent_id") ?? object.scalar("app_id")
    let about: [JSON.Member] =
      options.metadata(of: json) + [.init("source", "mem0")]
      + [("user_id", user), ("run_id", run)].compactMap { key, value in
        value.map { .init(key, Ticket.number($0)) }
      }
    object.leave(
      "hash", "updated_at", "score", "agent_id", "app_id", "structured_attributes",
      "expiration_date")
    let kept = (object.take("metadata")?.members ?? []).filter { $0.value != .null }
    let categories = object.list("categories")
    let time = object.take("created_at")
    let place = [user.map { "user:\($0)" }, run.map { "run:\($0)" }].compactMap(\.self)
    return [
      .row(
        [
          .init("agent_id", options.mapped("agent_id", in: json) ?? .string(agent ?? "mem0")),
          .init("content", .string(memory)),
          .init("time", time ?? .null),
          .init("session", place.isEmpty ? .null : .string("mem0:" + place.joined(separator: " "))),
          .init("session_metadata", place.isEmpty ? .null : .object(about)),
          .init(
            "tags",
            categories.isEmpty
              ? .null : .array(categories.compactMap { $0.string.flatMap(Ticket.tag) })),
          .init(
            "metadata",
            .object((id.map { [.init("mem0_id", .string($0))] } ?? []) + kept + object.rest)),
        ], piece, kept: object.rest.map(\.key))
    ]
  }
}
