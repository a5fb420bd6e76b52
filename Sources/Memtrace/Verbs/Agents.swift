// agent register, list, show, stats, remove.

struct AgentRegister: Verb {
  static let description = VerbDescription(
    name: "agent register", group: "Agents", effect: .adds, isAlone: true,
    summary: "introduce an agent by name",
    fields: [
      Field("name", .text, required: true, positional: true, "its name; the id is made of it"),
      Field("description", .text, "what it is for"),
      Field("config", .object, "a key and its value"),
      Field("exist_ok", .flag, "update it where it is registered already"),
    ],
    examples: ["memtrace agent register billing-support --description 'Charges, credits, disputes'"]
  )

  private let agent: AgentReference
  private let text: String?
  private let config: RawJSON?
  private let mayExist: Bool

  init(_ input: inout Input) {
    if input.value("name") == nil { input.fault("name", "is required") }
    agent = AgentReference(input.agentName("name") ?? "x")
    text = input.text("description", bytes: 0...Limits.metadata)
    config = input.metadata("config").map { RawJSON(.object($0)) }
    mayExist = input.flag("exist_ok")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let written = try store.write {
      try $0.register(agent, description: text, config: config, mayExist: mayExist)
    }
    var answer = AgentAnswer(
      agent: written.value.agent, organisation: store.configuration.organisation, isNew: true)
    answer.isUpdate = written.value.isUpdate
    return answer
  }
}

struct AgentList: Verb {
  static let description = VerbDescription(
    name: "agent list", group: "Agents", summary: "list agents",
    fields: [], examples: ["memtrace agent list"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    return AgentListAnswer(
      agents: try call.records().agents(), organisation: store.configuration.organisation)
  }
}

struct AgentShow: Verb {
  static let description = VerbDescription(
    name: "agent show", group: "Agents", effect: .glances, summary: "show one agent",
    fields: [.agentPosition], examples: ["memtrace agent show billing-support"])

  private let agent: AgentReference

  init(_ input: inout Input) {
    agent = input.requiredAgent()
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    return AgentAnswer(
      agent: try agent.found(in: call.records()), organisation: store.configuration.organisation)
  }
}

struct AgentRemove: Verb {
  static let description = VerbDescription(
    name: "agent remove", group: "Agents", effect: .administers, isAlone: true,
    summary: "remove an agent; its memories stay, attributed",
    fields: [.agentPosition], examples: ["memtrace agent remove support-agent-7"])

  private let agent: AgentReference

  init(_ input: inout Input) {
    agent = input.requiredAgent()
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let found = try agent.found(in: call.records())
    _ = try store.write { try $0.change(agent, .removed) }
    return AgentAnswer(
      agent: found, organisation: store.configuration.organisation, isNew: true)
  }
}

struct AgentStats: Verb {
  static let description = VerbDescription(
    name: "agent stats", group: "Agents", summary: "count what an agent recorded",
    fields: [.agentPosition], examples: ["memtrace agent stats billing-support"])

  private let agent: AgentReference

  init(_ input: inout Input) {
    agent = input.requiredAgent()
  }

  func run(in call: Call) throws -> any Answer {
    let records = try call.records()
    let found = try agent.found(in: records)
    let day = call.world.now().milliseconds - 86_400_000
    return AgentStatsAnswer(
      agent: found, try records.counts(ofAgent: found.id, since: day))
  }
}

struct AgentStatsAnswer: Answer {
  let agent: Agent
  private let counts: [(key: String, count: Int)]
  private let kinds: [(key: String, count: Int)]

  /// - Parameter found: sessions are those that it opened or wrote in.
  init(agent: Agent, _ found: AgentCounts) {
    self.agent = agent
    counts = [
      ("memory_count", found.memories), ("memories_24h", found.memoriesOfDay),
      ("errors_24h", found.errorsOfDay), ("session_count", found.sessions),
      ("active_sessions", found.activeSessions),
    ]
    kinds = Memory.Kind.allCases.compactMap { kind in
      found.kinds[kind].map { (kind.rawValue, $0) }
    }
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("agent_id")
      object.string(agent.id)
      for (key, count) in counts {
        object.key(key)
        object.integer(count)
      }
      if let last = agent.lastActiveAt {
        object.key("last_active_at")
        object.string(last.description)
      }
      object.key("memory_types")
      object.object { types in
        for (key, count) in kinds {
          types.key(key)
          types.integer(count)
        }
      }
    }
  }

  var display: Display {
    .properties(
      [.init("agent", .id(agent.id))]
        + counts.map {
          .init($0.key.split(separator: "_").joined(separator: " "), .number($0.count))
        }
        + kinds.map { .init($0.key, .number($0.count)) })
  }
}

extension Field {
  static let agentPosition = Field(
    "agent_id", .id("agent"), required: true, positional: true, "the agent, by id or name")
}

extension AgentReference {
  /// - Throws: `notFound`.
  func found(in records: Catalog) throws -> Agent {
    guard let agent = try records.agent(id) else {
      throw MemtraceError(.notFound, "agent not found", hint: "memtrace agent list")
    }
    return agent
  }
}
