// Memories as the contract's JSON, and as a person sees them.

/// A memory that was just written.
struct MemoryAnswer: Answer {
  let memory: Memory
  let organisation: String

  func write(to json: inout JSONWriter) {
    memory.write(to: &json, organisation: organisation)
  }

  var display: Display { .line(memory.id.description) }
}

struct MemoryList: ListAnswer {
  let memories: [Memory]
  /// Those that repeat another one, with that one.
  var duplicateOf: [RecordID: RecordID] = [:]
  /// Nil where the answer is what was just written.
  let hasMore: Bool?
  let organisation: String

  var key: String { "memories" }
  var count: Int { memories.count }

  func writeItem(_ place: Int, to list: inout JSONWriter) {
    let memory = memories[place]
    memory.write(to: &list, organisation: organisation, duplicateOf: duplicateOf[memory.id])
  }

  func writeRest(to object: inout JSONWriter) {
    object.key("count")
    object.integer(count)
    guard let hasMore else { return }
    object.key("has_more")
    object.bool(hasMore)
  }

  var display: Display { .memories(memories) }
}

extension Display {
  static func memories(_ memories: [Memory]) -> Display {
    .table(
      [
        Column("WHEN"), Column("AGENT"), Column("TYPE"), Column("MEMORY", flexible: true),
        Column("ID"),
      ],
      rows: memories.map { memory in
        [
          .time(memory.time), .text(memory.agent), .text(memory.kind.rawValue),
          .text(memory.reasoning.map { "\(memory.content), because: \($0)" } ?? memory.content),
          .id(memory.id.description),
        ]
      }, empty: "no memories")
  }
}

extension Memory {
  /// The contract's memory.
  /// - Parameters:
  ///   - duplicateOf: the first one with its agent, session and `dedup_key`, where that is another.
  ///   - more: members that stand after the contract's own.
  func write(
    to json: inout JSONWriter, organisation: String, duplicateOf: RecordID? = nil,
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
      field("duplicate_of", duplicateOf?.description)
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
