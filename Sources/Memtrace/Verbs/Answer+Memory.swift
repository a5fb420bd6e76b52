// Memories as the contract's JSON, and as a person sees them.

/// A memory that was just written.
struct MemoryAnswer: Answer {
  let memory: Memory
  var state = RecordState.stands
  var isUpdate = false
  /// What its writer should know of it.
  var hint: String?
  let organisation: String

  func write(to json: inout JSONWriter) {
    memory.write(to: &json, organisation: organisation, state) { object in
      guard let hint else { return }
      object.key("hint")
      object.string(hint)
    }
  }

  var display: Display { .line(memory.id.description) }
}

struct MemoryList: ListAnswer {
  let memories: [Memory]
  /// Of these, where others than standing ones were asked for or written.
  var standing = Standing()
  /// Who the records are about, for people.
  var customers: [SessionID: String] = [:]
  /// Whether the JSON says it too.
  var namesCustomers = false
  var names = AgentNames()
  /// Nil where the answer is what was just written.
  let hasMore: Bool?
  let organisation: String

  var key: String { "memories" }
  var count: Int { memories.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    let memory = memories[place]
    memory.write(to: &list, organisation: organisation, standing[memory.id]) { object in
      if namesCustomers { customers.write(of: memory, to: &object) }
    }
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
    guard let hasMore else { return }
    object.key("has_more")
    object.bool(hasMore)
  }

  var display: Display { .memories(memories, standing, customers, names) }
}

extension Display {
  static func memories(
    _ memories: [Memory], _ standing: Standing, _ customers: [SessionID: String],
    _ names: AgentNames
  ) -> Display {
    .table(
      [
        Column("WHEN"), Column("CUSTOMER"), Column("AGENT"), Column("WHAT", flexible: true),
        Column("ID"),
      ],
      rows: memories.map { memory in
        [
          .time(memory.time), customers.cell(of: memory), .text(names[memory.agent]),
          .text(memory.told(standing[memory.id])), .record(memory.id.description),
        ]
      }, empty: "no memories")
  }
}

extension Memory {
  /// The contract's memory.
  /// - Parameters:
  ///   - state: whether it stands, and if not, why.
  ///   - more: members that stand after the contract's own.
  func write(
    to json: inout JSONWriter, organisation: String, _ state: RecordState = .stands,
    more: (inout JSONWriter) -> Void = { _ in }
  ) {
    json.object { object in
      func field(_ key: String, _ value: String?) {
        guard let value else { return }
        object.key(key)
        object.string(value)
      }
      field("id", id.description)
      field("time", time.description)
      field("org_id", organisation)
      field("agent_id", agent)
      field("session_id", session?.description)
      field("memory_type", kind.rawValue)
      field("event_type", eventType)
      field("content", content)
      if let metadata = spokenMetadata {
        object.key("metadata")
        object.raw(metadata)
      }
      if !tags.isEmpty {
        object.key("tags")
        object.array { list in for tag in tags { list.string(tag) } }
      }
      field("dedup_key", dedupKey)
      if let importance {
        object.key("importance")
        object.double(importance)
      }
      field("parent_id", parent)
      if state != .stands { field("state", state.word) }
      switch state {
      case .duplicate(let first): field("duplicate_of", first.description)
      case .corrected(let correction): field("superseded_by", correction.description)
      case .pending(let review), .rejected(let review), .retracted(let review):
        object.key("review")
        review.write(to: &object)
      case .saidAgain(let denial, let asked):
        field("says_again", denial.record.description)
        field("rule", asked.map { $0.reason ?? $0.speaker })
        object.key("review")
        denial.review.write(to: &object)
      case .stands: break
      }
      more(&object)
    }
  }

  /// The metadata with a decision's reasoning in it, as the contract has it.
  private var spokenMetadata: RawJSON? {
    guard let reasoning else { return metadata }
    // A line of another writer may hold the key itself.
    let others = metadata?.json.members?.filter { !$0.isNamed("reasoning") } ?? []
    return RawJSON(.object([.init("reasoning", .string(reasoning))] + others))
  }
}
