// Agents as the contract's JSON, and as a person sees them.

struct AgentAnswer: Answer {
  let agent: Agent
  let organisation: String
  var isNew = false
  var isUpdate = false

  func write(to json: inout JSONWriter) {
    agent.write(to: &json, organisation: organisation)
  }

  var display: Display {
    if isNew { return .line(agent.id) }
    var properties = [Display.Property("agent", .id(agent.id))]
    if agent.name != agent.id { properties.append(.init("name", .text(agent.name))) }
    if let text = agent.description { properties.append(.init("description", .text(text))) }
    if let config = agent.config {
      properties.append(.init("config", .text(String(decoding: config.bytes, as: UTF8.self))))
    }
    properties.append(
      .init("registered", .text(agent.isRegistered ? "yes" : "no, known by its first use")))
    properties.append(.init("created", .time(agent.createdAt)))
    if let last = agent.lastActiveAt { properties.append(.init("last active", .time(last))) }
    return .properties(properties)
  }
}

struct AgentListAnswer: ListAnswer {
  let agents: [Agent]
  let organisation: String

  var key: String { "agents" }
  var count: Int { agents.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    agents[place].write(to: &list, organisation: organisation)
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
  }

  var display: Display {
    .table(
      [
        Display.Column("AGENT"), Display.Column("LAST ACTIVE"),
        Display.Column("DESCRIPTION", flexible: true), Display.Column("NAME", droppable: true),
      ],
      rows: agents.map { agent in
        [
          .id(agent.id), agent.lastActiveAt.map { .time($0) } ?? .none,
          .text(agent.description ?? ""), agent.name == agent.id ? .none : .text(agent.name),
        ]
      }, empty: "no agents")
  }
}

extension Agent {
  /// The contract's agent.
  func write(to json: inout JSONWriter, organisation: String) {
    json.object { object in
      func field(_ key: String, _ value: String?) {
        guard let value else { return }
        object.key(key)
        object.string(value)
      }
      field("id", id)
      field("org_id", organisation)
      field("name", name)
      field("description", description)
      if let config {
        object.key("config")
        object.raw(config)
      }
      field("created_at", createdAt.description)
      field("last_active_at", lastActiveAt?.description)
    }
  }
}
