// open: what waits, for whom, since when, and who handed it over.

struct Open: Verb {
  static let description = VerbDescription(
    name: "open", group: "People", summary: "list what still waits, oldest first",
    fields: [
      .sessionMetadata,
      Field("agent_id", .id("agent"), flag: "agent", "only what waits for this agent"),
      Field("older_than", .moment, "only what has waited longer than that: 24h, 7d"),
      .limit(100),
    ],
    examples: ["memtrace open --older-than 2d"])

  private let conditions: [JSON.Member]
  private let agent: AgentReference?
  private let before: Timestamp?
  private let limit: Int

  init(_ input: inout Input) {
    conditions = input.conditions()
    agent = input.agent()
    before = input.moment("older_than")
    limit = input.integer("limit", in: Limits.page) ?? 100
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let records = try call.records()
    let words = agent.map { HandOff.words(in: $0.id) }
    func isWanted(_ item: OpenItem) -> Bool {
      guard let agent, let words, let target = item.waitsFor else { return true }
      return target == agent.id || !HandOff.words(in: target).isDisjoint(with: words)
    }
    var items: [OpenItem]
    if conditions.isEmpty {
      items = try records.openItems(
        Self.report(on: records, call), before: before, limit: limit, where: isWanted)
    } else {
      items = try Self.items(in: records, call, where: conditions).filter(isWanted)
      if let before { items.removeAll { !$0.isOlder(than: before) } }
    }
    if items.isEmpty { try call.noteUnknown(agent: agent?.id, where: conditions) }
    return OpenAnswer(
      items: Array(items.prefix(limit)), now: call.world.now(),
      organisation: store.configuration.organisation)
  }

  /// Of those whose sessions meet the conditions.
  static func items(
    in records: Catalog, _ call: Call, where conditions: [JSON.Member]
  ) throws -> [OpenItem] {
    let report = try report(on: records, call)
    let sessions = try records.sessions(matching: conditions)
    let outside = try records.memoriesOutsideSessions(
      about: CustomerIdentity(report.keys, sessions.map(\.session.metadata) + [conditions]))
    return try report.items(sessions, outside: outside)
  }

  private static func report(on records: Catalog, _ call: Call) throws -> OpenReport {
    let store = try call.store()
    return OpenReport(
      keys: store.configuration.identityKeys, words: try store.contextWords(),
      agents: records.writers(), now: call.world.now(),
      judge: { (try records.standing(of: $0), try records.outcomes(of: $0)) },
      find: { try records.memory($0) })
  }
}

struct OpenAnswer: ListAnswer {
  let items: [OpenItem]
  let now: Timestamp
  let organisation: String
  var isOfOneCustomer = false

  var key: String { "items" }
  var count: Int { items.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    let item = items[place]
    list.object { object in
      object.key("age_s")
      object.integer(item.origin.age(at: now))
      for (key, text) in [
        ("customer", item.customer), ("waits_for", item.waitsFor),
        ("handed_over_by", item.handOver?.agent),
        ("hand_over_id", item.handOver?.id.description),
      ] {
        guard let text else { continue }
        object.key(key)
        object.string(text)
      }
      object.key("record")
      item.record.write(to: &object, organisation: organisation)
    }
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
  }

  var display: Display {
    var rows: [[Display.Cell]] = []
    for item in items {
      rows.append([
        .age(item.origin.time), item.customer.map { .text($0) } ?? .none,
        .text(item.waitsFor ?? "anybody"), .text(item.record.said),
        .record(item.record.id.description),
      ])
      if let handOver = item.handOver, handOver.id != item.record.id {
        rows.append([
          .text(""), .text(""), .text("└ \(handOver.agent)"),
          .text(handOver.reasoning ?? handOver.content),
          .record(handOver.id.description),
        ])
      }
    }
    return .table(
      [
        .init("AGE", right: true), .init("CUSTOMER", droppable: isOfOneCustomer),
        .init("WAITS FOR"),
        .init("WHAT", flexible: true), .init("ID"),
      ],
      rows: rows, empty: "nothing is open")
  }
}
