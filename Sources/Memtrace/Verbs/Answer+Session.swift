// Sessions as the contract's JSON, and as a person sees them.

struct SessionAnswer: Answer {
  let session: Session
  var names = AgentNames()
  let organisation: String
  /// A person sees the id alone of what was just made, and everything of what was asked for.
  var isNew = false

  func write(to json: inout JSONWriter) {
    session.write(to: &json, organisation: organisation)
  }

  var display: Display {
    if isNew { return .line(session.id.description) }
    var properties = [
      Display.Property("session", .id(session.id.description)),
      .init("status", .text(session.status.rawValue)),
      .init("agent", .text(names[session.agent])),
    ]
    properties += session.metadata.map { .init($0.key, .text($0.value.displayText)) }
    properties += [
      .init("created", .time(session.createdAt)), .init("updated", .time(session.updatedAt)),
    ]
    if let closed = session.closedAt { properties.append(.init("closed", .time(closed))) }
    return .properties(properties)
  }
}

struct SessionListAnswer: ListAnswer {
  let page: Page<Session>
  var names = AgentNames()
  let organisation: String

  var key: String { "sessions" }
  var count: Int { page.items.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    page.items[place].write(to: &list, organisation: organisation)
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
    object.key("has_more")
    object.bool(page.hasMore)
  }

  var display: Display {
    .table(
      [
        Display.Column("SESSION"), Display.Column("STATUS"), Display.Column("AGENT"),
        Display.Column("UPDATED"), Display.Column("METADATA", flexible: true),
      ],
      rows: page.items.map { session in
        [
          .record(session.id.description), .text(session.status.rawValue),
          .text(names[session.agent]),
          .time(session.updatedAt),
          .text(
            session.metadata.map { "\($0.key)=\($0.value.displayText)" }.joined(separator: " ")),
        ]
      }, empty: "no sessions")
  }
}

extension JSON {
  /// A scalar without quotes, anything else as JSON.
  var displayText: String { scalarText ?? String(decoding: bytes, as: UTF8.self) }
}

extension Session {
  /// The contract's session.
  func write(to json: inout JSONWriter, organisation: String) {
    json.object { object in
      func field(_ key: String, _ value: String?) {
        guard let value else { return }
        object.key(key)
        object.string(value)
      }
      field("id", id.description)
      field("org_id", organisation)
      field("agent_id", agent)
      field("status", status.rawValue)
      if !metadata.isEmpty {
        object.key("metadata")
        object.object { $0.members(metadata) }
      }
      field("created_at", createdAt.description)
      field("updated_at", updatedAt.description)
      field("closed_at", closedAt?.description)
    }
  }
}
