// review list: what waits for a verdict, and what was decided about.

struct ReviewList: Verb {
  /// What a list can be of.
  enum State: String, CaseIterable {
    case pending, approved, rejected, retracted
  }

  static let description = VerbDescription(
    name: "review list", group: "Review", summary: "list what waits for a verdict, oldest first",
    fields: [
      Field(
        "state", .choice(State.allCases.map(\.rawValue)), default: "pending",
        "what became of them"),
      .sessionMetadata, .limit(100), .offset,
    ],
    examples: ["memtrace review list", "memtrace review list --state rejected"])

  private let state: State
  private let conditions: [JSON.Member]
  private let page: PageRequest

  init(_ input: inout Input) {
    state = input.choice("state", State.self) ?? .pending
    conditions = input.conditions()
    page = input.page(limit: 100)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let records = try call.records()
    var reviewed = Set(try records.reviews().map(\.record))
    if state == .pending { reviewed.formUnion(try records.saidAgain().map(\.id)) }
    let memories = try reviewed.sorted().compactMap(records.memory)
    let (standing, outcomes) = (
      try records.standing(of: memories), try records.outcomes(of: memories)
    )
    var sessions: [SessionID: [JSON.Member]] = [:]
    func metadata(of memory: Memory) throws -> [JSON.Member] {
      guard let id = memory.session else { return memory.metadataMembers }
      if let known = sessions[id] { return known }
      let found = try records.standing(of: id)?.session.metadata ?? []
      sessions[id] = found
      return found
    }
    var items: [ReviewItems.Item] = []
    for memory in memories {
      guard call.isWanted() else { break }
      let recordState = standing[memory.id]
      let verdict = outcomes[memory.id]?.verdict
      switch (state, recordState) {
      case (.pending, _) where recordState.isPending: break
      case (.rejected, .rejected), (.retracted, .retracted): break
      case (.approved, .stands) where verdict?.word == .approved: break
      default: continue
      }
      let about = try metadata(of: memory)
      guard conditions.isEmpty || MemoryFilter.matches(conditions, about) else { continue }
      items.append(
        ReviewItems.Item(
          memory: memory, state: recordState, review: recordState.review ?? verdict,
          customer: about.customer(store.configuration.identityKeys)))
    }
    return ReviewItems(
      items: Array(items.dropFirst(page.offset).prefix(page.limit)), word: state.rawValue,
      now: call.world.now(), organisation: store.configuration.organisation)
  }
}

struct ReviewItems: ListAnswer {
  struct Item {
    let memory: Memory
    let state: RecordState
    let review: Review?
    /// Who it is about, in words; nil where nothing says so.
    let customer: String?

    /// The rule, the reason, or else who said so.
    var why: String? {
      state.waitsFor ?? review.map { $0.reason ?? $0.speaker }
    }
  }

  let items: [Item]
  let word: String
  let now: Timestamp
  let organisation: String

  var key: String { "items" }
  var count: Int { items.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    let item = items[place]
    list.object { object in
      object.key("record")
      item.memory.write(to: &object, organisation: organisation, item.state)
      object.key("state")
      object.string(word)
      if let why = item.why {
        object.key("rule")
        object.string(why)
      }
      object.key("age_s")
      object.integer(item.memory.age(at: now))
    }
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
  }

  var display: Display {
    .table(
      [
        .init("AGE", right: true), .init("CUSTOMER"), .init("AGENT"), .init("WHAT", flexible: true),
        .init("WHY"), .init("ID"),
      ],
      rows: items.map { item in
        [
          .age(item.memory.time), item.customer.map { .text($0) } ?? .none,
          .text(item.memory.agent), .text(item.memory.said),
          .text(item.why ?? ""),
          .record(item.memory.id.description),
        ]
      }, empty: "nothing is \(word)")
  }
}
