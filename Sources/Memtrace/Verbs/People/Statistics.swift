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
    let records = try call.store().records()
    var filter = MemoryFilter()
    (filter.since, filter.until) = (since, until)
    filter.isWanted = call.isWanted
    var agents: [String: StatisticsAnswer.Agent] = [:]
    var answer = StatisticsAnswer()
    var sessions: Set<SessionID> = []
    var written: [String: Set<SessionID>] = [:]
    for memory in try records.memories(filter) {
      var agent = agents[memory.agent] ?? .init(id: memory.agent, lastActive: memory.time)
      if memory.kind == .decision { agent.decisions += 1 } else { agent.memories += 1 }
      agent.lastActive = max(agent.lastActive, memory.time)
      agents[memory.agent] = agent
      answer.records += 1
      if memory.corrects != nil { answer.corrections += 1 }
      if let session = memory.session {
        sessions.insert(session)
        written[memory.agent, default: []].insert(session)
      }
    }
    for (id, found) in written { agents[id]?.sessions = found.count }
    answer.agents = agents.values.sorted {
      $0.memories + $0.decisions != $1.memories + $1.decisions
        ? $0.memories + $0.decisions > $1.memories + $1.decisions : $0.id < $1.id
    }
    answer.sessions = sessions.count
    answer.active = try records.sessions().count { $0.status == .active }
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
            .text(agent.id), .number(agent.memories), .number(agent.decisions),
            .number(agent.sessions), .time(agent.lastActive),
          ]
        }, empty: "nothing was recorded"),
      .line(
        "\(records) records, \(corrections) of them corrections, in \(sessions) sessions; \(active) sessions are active"
      ),
    ])
  }
}
