// show: one memory, by its id or by the key that its writer gave it.

struct MemoryShow: Verb {
  static let description = VerbDescription(
    name: "show", group: "Memory", effect: .glances, summary: "show one memory",
    fields: [
      Field(
        "memory_id", .text, required: true, positional: true,
        "its id or the beginning of it, or its dedup key: the newest with that key"),
      .agent, .session,
    ],
    examples: ["memtrace show mem_01K…"])

  private let key: String
  private let agent: AgentReference?
  private let session: SessionID?

  init(_ input: inout Input) {
    key = input.required("memory_id", characters: Limits.dedupKey)
    agent = input.agent()
    session = input.session()
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let records = try call.records()
    guard let memory = try find(in: records) else {
      let isSession = key.hasPrefix(SessionID.prefix)
      throw MemtraceError(
        .notFound, "memory not found",
        hint: isSession ? "memtrace session show \(key.prefix(64))" : "memtrace recall")
    }
    return MemoryDetail(
      memory: memory, state: try records.standing(of: [memory])[memory.id],
      verdict: try records.outcomes(of: [memory])[memory.id]?.verdict,
      isContested: try records.isContested(memory.id),
      organisation: store.configuration.organisation)
  }

  private func find(in records: Catalog) throws -> Memory? {
    if let id = RecordID(key), let memory = try records.memory(id) { return memory }
    // Of those that count the newest, else the newest of all.
    let found = try records.memories(dedupKey: key, agent: agent?.id, session: session)
    let standing = try records.standing(of: found)
    if let memory = found.last(where: { standing.stands($0.id) }) ?? found.last { return memory }
    return try records.memory(beginning: key)
  }
}

extension Catalog {
  /// The one whose id begins so, as contexts and tables show ids: `mem_01M70Z86`.
  /// - Parameter field: whose value it is, for the fault where several begin so.
  func memory(beginning: String, _ field: String = "memory_id") throws -> Memory? {
    let found = try records(beginning: beginning)
    guard found.count < 2 else {
      throw ShortIDs.several(found.map(\.description), field, in: self)
    }
    // A kind alone is no beginning of an id, be there a single one.
    guard let id = found.first, beginning != id.kind.prefix else { return nil }
    return try memory(id)
  }
}

struct MemoryDetail: Answer {
  let memory: Memory
  let state: RecordState
  /// What a person said of it last.
  let verdict: Review?
  /// There are lines of other bytes with this id.
  let isContested: Bool
  let organisation: String

  func write(to json: inout JSONWriter) {
    memory.write(to: &json, organisation: organisation, state) { object in
      if state.review == nil, let verdict {
        object.key("review")
        verdict.write(to: &object)
      }
      guard isContested else { return }
      object.key("contested")
      object.bool(true)
    }
  }

  var display: Display {
    var properties: [Display.Property] = [
      .init("memory", .id(memory.id.description)), .init("time", .time(memory.time)),
      .init("agent", .text(memory.agent)),
    ]
    if let session = memory.session {
      properties.append(.init("session", .id(session.description)))
    }
    properties += [
      .init("type", .text("\(memory.kind.rawValue), \(memory.eventType)")),
      .init("content", .text(memory.content)),
    ]
    if let reasoning = memory.reasoning { properties.append(.init("because", .text(reasoning))) }
    if !memory.tags.isEmpty {
      properties.append(.init("tags", .text(memory.tags.joined(separator: ", "))))
    }
    if let importance = memory.importance {
      properties.append(.init("importance", .text(importance.description)))
    }
    if let metadata = memory.metadata {
      properties.append(.init("metadata", .text(String(decoding: metadata.bytes, as: UTF8.self))))
    }
    if let key = memory.dedupKey { properties.append(.init("dedup key", .text(key))) }
    if state != .stands { properties.append(.init("state", .text(state.text))) }
    if state.review == nil, let verdict {
      properties.append(.init("review", .text(verdict.text)))
    }
    if isContested {
      properties.append(
        .init("contested", .text("another line has this id too: memtrace check names both")))
    }
    if let parent = memory.parent { properties.append(.init("parent", .id(parent))) }
    return .properties(properties)
  }
}
