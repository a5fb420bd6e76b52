// A memory or decision that is about to be recorded: every rule is checked, only its id is missing.

/// Comes out of an `Input` only, so nothing later checks again.
struct MemoryDraft {
  let agent: AgentReference
  private(set) var session: SessionID?
  let kind: Memory.Kind
  private(set) var eventType: String
  var content: String
  var reasoning: String?
  let tags: [String]
  let importance: Double?
  var metadata: RawJSON?
  let dedupKey: String?
  private(set) var parent: String?

  /// A memory as the contract spells it. Of a decision, `metadata.reasoning` is the reasoning.
  init(memory input: inout Input) {
    let kind = input.choice("memory_type", Memory.Kind.self) ?? .episodic
    var metadata = input.metadata()
    var reasoning: String?
    if kind == .decision, let text = metadata?.first(where: { $0.key == "reasoning" })?.value.string
    {
      metadata?.removeAll { $0.key == "reasoning" }
      reasoning = text
    }
    self.init(
      &input, kind: kind,
      eventType: input.type("event_type") ?? kind.eventType,
      content: input.required("content", bytes: Limits.content), reasoning: reasoning,
      metadata: metadata)
  }

  /// A decision as the command line and the Python client spell it.
  init(decision input: inout Input) {
    let metadata = input.metadata()
    if metadata?.contains(where: { $0.isNamed("reasoning") }) == true {
      input.fault(
        "metadata", "must not hold \"reasoning\": a decision has it as a field of its own")
    }
    self.init(
      &input, kind: .decision, eventType: "decision",
      content: input.required("decision", bytes: Limits.content),
      reasoning: input.required("reasoning", bytes: Limits.content), metadata: metadata)
  }

  private init(
    _ input: inout Input, kind: Memory.Kind, eventType: String, content: String, reasoning: String?,
    metadata: [JSON.Member]?
  ) {
    self.kind = kind
    self.eventType = eventType
    self.content = content
    self.reasoning = reasoning
    self.metadata = metadata.flatMap { $0.isEmpty ? nil : RawJSON(.object($0)) }
    agent = input.requiredAgent()
    session = input.session()
    tags = input.tags()
    importance = input.number("importance", in: 0...1)
    dedupKey = input.text("dedup_key", characters: Limits.dedupKey)
    // No path can say it, and so nobody could ask for it.
    if dedupKey?.utf8.contains(0) == true { input.fault("dedup_key", "must not hold U+0000") }
    let parent = input.text("parent_id")
    if let parent, !Limits.isIdentifier(parent.utf8) {
      input.fault("parent_id", "'\(parent.prefix(64))' is no legal id")
    }
    self.parent = parent
  }

  /// The same, in place of an earlier record.
  func correcting(_ record: RecordID) -> MemoryDraft {
    var draft = self
    (draft.eventType, draft.parent) = (Memory.correction, record.description)
    return draft
  }

  /// What it corrects, where it says so.
  var corrects: RecordID? {
    eventType == Memory.correction ? parent.flatMap { RecordID($0) } : nil
  }

  /// The same, in this session.
  func placed(in session: SessionID) -> MemoryDraft {
    var draft = self
    draft.session = session
    return draft
  }

  /// - Parameter session: where it belongs, if not where the draft says.
  func memory(id: RecordID, time: Timestamp, session: SessionID? = nil) -> Memory {
    Memory(
      id: id, time: time, agent: agent.id, session: session ?? self.session, kind: kind,
      eventType: eventType,
      content: content, reasoning: reasoning, tags: tags, importance: importance,
      metadata: metadata,
      dedupKey: dedupKey, parent: parent)
  }
}
