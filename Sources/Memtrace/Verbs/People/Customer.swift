// customer: everything about one, as a story.

struct Customer: Verb {
  static let description = VerbDescription(
    name: "customer", group: "People",
    summary: "tell everything about one customer, oldest first",
    fields: [
      Field(
        "where", .object, required: true, positional: true, alias: "metadata",
        "a key of the sessions' metadata and its value"),
      .since, .until, .include,
    ],
    examples: ["memtrace customer customer_id=cust_31882"])

  private let conditions: [JSON.Member]
  private let since: Timestamp?
  private let until: Timestamp?
  private let includesAll: Bool

  init(_ input: inout Input) {
    conditions = input.conditions()
    since = input.moment("since")
    until = input.moment("until")
    includesAll = input.includesAll()
    if conditions.isEmpty, input.faults.isEmpty { input.fault("where", "is required") }
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let records = try call.records()
    let sessions = try records.sessions(matching: conditions)
    let outside = try records.memoriesOutsideSessions(
      about: CustomerIdentity(
        store.configuration.identityKeys, sessions.map(\.session.metadata) + [conditions]))
    guard !sessions.isEmpty || !outside.isEmpty else {
      throw MemtraceError(
        .notFound, "no session has this metadata", hint: "memtrace session search --where K=V")
    }
    var filter = MemoryFilter()
    (filter.since, filter.until) = (since, until)
    var memories = (sessions.flatMap(\.memories) + outside).filter(filter.matches)
    memories.sort { $0.id < $1.id }
    let standing = try records.standing(of: memories)
    let states = memories.map { standing[$0.id] }
    let waiting = states.count { $0.isPending }
    let rejected = states.count { if case .rejected = $0 { true } else { false } }
    if !includesAll { memories.removeAll { !standing.stands($0.id) } }
    return CustomerAnswer(
      linked: try LinkedIdentity.find(
        sessions.map(\.session.metadata) + memories.map(\.metadataMembers),
        apartFrom: Set(sessions.map(\.session.id)), in: records,
        store.configuration.identityKeys),
      sessions: sessions.map(\.session), memories: memories,
      names: try call.names(of: memories.lazy.map(\.agent)), standing: standing,
      waiting: waiting, rejected: includesAll ? 0 : rejected,
      open: try Open.items(in: records, call, where: conditions), now: call.world.now(),
      organisation: store.configuration.organisation)
  }
}

struct CustomerAnswer: Answer {
  let linked: [LinkedIdentity]
  let sessions: [Session]
  let memories: [Memory]
  let names: AgentNames
  let standing: Standing
  /// For a verdict.
  let waiting: Int
  /// And therefore not shown.
  let rejected: Int
  let open: [OpenItem]
  let now: Timestamp
  let organisation: String

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("sessions")
      object.array { list in
        for session in sessions {
          SessionAnswer(session: session, organisation: organisation, isNew: false)
            .write(to: &list)
        }
      }
      object.key("open")
      object.array { list in
        for item in open {
          OpenAnswer(items: [item], now: now, organisation: organisation)
            .writeItem(0, to: &list)
        }
      }
      object.key("memories")
      object.array { list in
        for memory in memories {
          memory.write(to: &list, organisation: organisation, standing[memory.id])
        }
      }
      object.key("count")
      object.integer(memories.count)
      object.key("linked")
      LinkedIdentity.write(linked, to: &object)
    }
  }

  var display: Display {
    var parts: [Display] = []
    var metadata: [JSON.Member] = []
    for session in sessions { SessionFold.merge(session.metadata, into: &metadata) }
    parts.append(
      .properties(
        metadata.map { .init($0.key, .text($0.value.scalarText ?? "…")) }
          + [.init("sessions", .number(sessions.count))]))
    for link in linked where !link.sessions.isEmpty {
      parts.append(.line(link.words(for: "memtrace customer")))
    }
    if !open.isEmpty {
      parts.append(
        OpenAnswer(items: open, now: now, organisation: organisation, isOfOneCustomer: true).display
      )
    }
    parts.append(
      .table(
        [
          .init("WHEN"), .init("AGENT"), .init("WHAT", flexible: true),
          .init("SESSION", droppable: true), .init("ID"),
        ],
        rows: memories.map { memory -> [Display.Cell] in
          [
            .time(memory.time), .text(names[memory.agent]), .text(memory.told(standing[memory.id])),
            memory.session.map { Display.Cell.record($0.description) } ?? .none,
            .record(memory.id.description),
          ]
        }, empty: "nothing was recorded"))
    if waiting > 0 {
      parts.append(
        .note(
          "\(amount(waiting, "record")) \(waiting == 1 ? "waits" : "wait") for a verdict: memtrace review list"
        ))
    }
    if rejected > 0 {
      parts.append(.note("\(amount(rejected, "record")) rejected: --all shows what does not count"))
    }
    return .list(parts)
  }
}
