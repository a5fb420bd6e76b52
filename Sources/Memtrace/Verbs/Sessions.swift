// session create, list, search, show.

struct SessionCreate: Verb {
  static let description = VerbDescription(
    name: "session create", group: "Sessions", effect: .adds,
    summary: "open a session that agents share",
    fields: [.requiredAgent, .metadata],
    examples: [
      "memtrace session create --agent internet-support --meta customer_id=cust_12345 --meta channel=chat"
    ])

  private let agent: AgentReference
  private let metadata: [JSON.Member]

  init(_ input: inout Input) {
    agent = input.requiredAgent()
    metadata = input.metadata() ?? []
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let written = try store.write { try $0.openSession(agent: agent, metadata: metadata) }
    return SessionAnswer(
      session: written.value, organisation: store.configuration.organisation, isNew: true)
  }
}

struct SessionList: Verb {
  static let description = VerbDescription(
    name: "session list", group: "Sessions", summary: "list sessions, newest first",
    fields: [.agent, .status, .sessionMetadata, .limit(1_000), .offset, .order],
    examples: ["memtrace session list --status active"])

  private let query: SessionQuery

  init(_ input: inout Input) {
    query = SessionQuery(&input, limit: 1_000)
  }

  func run(in call: Call) throws -> any Answer { try query.run(in: call) }
}

struct SessionSearch: Verb {
  static let description = VerbDescription(
    name: "session search", group: "Sessions", summary: "find sessions by their metadata",
    fields: [
      .sessionMetadata, .status, .agent, .since, .until, .limit(50), .offset, .order,
    ],
    examples: ["memtrace session search --where phone=+1234567890 --order desc --limit 1"])

  private let query: SessionQuery

  init(_ input: inout Input) {
    query = SessionQuery(&input, limit: 50)
  }

  func run(in call: Call) throws -> any Answer { try query.run(in: call) }
}

struct SessionShow: Verb {
  static let description = VerbDescription(
    name: "session show", group: "Sessions", effect: .glances, summary: "show one session",
    fields: [.sessionPosition], examples: ["memtrace session show sess_01K…"])

  private let id: SessionID

  init(_ input: inout Input) {
    id = input.requiredSession()
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    guard let session = try call.records().folded(id) else { throw MemtraceError.noSession }
    return SessionAnswer(
      session: session, names: try call.names(of: [session.agent]),
      organisation: store.configuration.organisation)
  }
}

extension Field {
  static let status = Field(
    "status", .choice(Session.Status.allCases.map(\.rawValue)), "only sessions of this status")
}

/// Which sessions a list asks for.
struct SessionQuery {
  private var filter = SessionFilter()
  private let page: PageRequest

  init(_ input: inout Input, limit: Int) {
    filter.agent = input.agent()?.id
    filter.status = input.choice("status", Session.Status.self)
    filter.metadata = input.conditions()
    filter.since = input.moment("since")
    filter.until = input.moment("until")
    page = input.page(limit: limit)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let found = try call.records().sessions(filter, page)
    if found.items.isEmpty { try call.noteUnknown(agent: filter.agent, where: filter.metadata) }
    return SessionListAnswer(
      page: found, names: try call.names(of: found.items.lazy.map(\.agent)),
      organisation: store.configuration.organisation)
  }
}
