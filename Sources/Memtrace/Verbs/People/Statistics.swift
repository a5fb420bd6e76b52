// stats: how much was recorded, and by whom.

struct Statistics: Verb {
  static let description = VerbDescription(
    name: "stats", group: "People", summary: "count what was recorded, by agent",
    fields: [.since, .until], examples: ["memtrace stats --since 7d"])

  private let since: Timestamp?
  private let until: Timestamp?

  init(_ input: inout Input) {
    since = input.moment("since")
    until = input.moment("until")
  }

  func run(in call: Call) throws -> any Answer {
    let records = try call.records()
    let totals = records.totals(since: since, until: until)
    // Up to now an agent was active when it did anything, as everywhere; up to a moment, when it recorded something.
    let active = until == nil ? try records.agents().map { ($0.id, $0.lastActiveAt) } : []
    let lastActive = Dictionary(active) { first, _ in first }.compactMapValues(\.self)
    var answer = StatisticsAnswer()
    answer.agents = totals.agents.map { id, agent in
      .init(
        id: id, memories: agent.memories, decisions: agent.decisions, sessions: agent.sessions,
        lastActive: lastActive[id] ?? agent.lastActive)
    }.sorted {
      $0.memories + $0.decisions != $1.memories + $1.decisions
        ? $0.memories + $0.decisions > $1.memories + $1.decisions : $0.id < $1.id
    }
    answer.records = totals.records
    answer.corrections = totals.corrections
    answer.sessions = totals.sessions
    answer.active = records.activeSessions
    answer.names = try call.names(of: answer.agents.lazy.map(\.id))
    return answer
  }
}

struct StatisticsAnswer: Answer {
  struct Agent {
    let id: String
    var memories = 0
    var decisions = 0
    /// In which it wrote.
    var sessions = 0
    var lastActive: Timestamp
  }

  var agents: [Agent] = []
  var names = AgentNames()
  var records = 0
  /// In which something was recorded.
  var sessions = 0
  /// Sessions that are active now.
  var active = 0
  var corrections = 0

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("agents")
      object.array { list in
        for agent in agents {
          list.object { entry in
            entry.key("id")
            entry.string(agent.id)
            for (key, count) in [
              ("memories", agent.memories), ("decisions", agent.decisions),
              ("sessions", agent.sessions),
            ] {
              entry.key(key)
              entry.integer(count)
            }
            entry.key("last_active_at")
            entry.string(agent.lastActive.description)
          }
        }
      }
      for (key, count) in [
        ("records", records), ("sessions", sessions), ("active", active),
        ("corrections", corrections),
      ] {
        object.key(key)
        object.integer(count)
      }
    }
  }

  var display: Display {
    .list([
      .table(
        [
          .init("AGENT"), .init("MEMORIES", right: true), .init("DECISIONS", right: true),
          .init("SESSIONS", right: true), .init("LAST ACTIVE"),
        ],
        rows: agents.map { agent in
          [
            .text(names[agent.id]), .number(agent.memories), .number(agent.decisions),
            .number(agent.sessions), .time(agent.lastActive),
          ]
        }, empty: "nothing was recorded"),
      .note(
        "\(amount(records, "record")), \(corrections) of them \(corrections == 1 ? "a correction" : "corrections"), in "
          + "\(amount(sessions, "session")); \(amount(active, "session")) \(active == 1 ? "is" : "are") active"
      ),
    ])
  }
}
