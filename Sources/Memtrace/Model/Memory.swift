// What an agent remembered or decided.

/// One memory or decision. Immutable: a correction is a new record that names this one as its parent.
public struct Memory: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case episodic, session, decision, entity
  }

  public let id: RecordID
  /// When it happened, for people. Order goes by `id`.
  public let time: Timestamp
  public let agent: String
  public let session: SessionID?
  public let kind: Kind
  /// What happened, in the agent's own vocabulary: "general" unless it says otherwise; "decision" for a decision.
  public let eventType: String
  /// What was remembered; for a decision, what was decided.
  public let content: String
  /// Why it was decided so. Only decisions have one.
  public let reasoning: String?
  public let tags: [String]
  /// 0 (trifling) to 1 (vital).
  public let importance: Double?
  /// An object.
  public let metadata: RawJSON?
  /// A retry with the same key, agent and session is the same memory.
  public let dedupKey: String?
  /// The record that this one answers, continues or corrects.
  public let parent: String?

  public init(
    id: RecordID, time: Timestamp, agent: String, session: SessionID? = nil, kind: Kind = .episodic,
    eventType: String = "general", content: String, reasoning: String? = nil, tags: [String] = [],
    importance: Double? = nil, metadata: RawJSON? = nil, dedupKey: String? = nil,
    parent: String? = nil
  ) {
    self.id = id
    self.time = time
    self.agent = agent
    self.session = session
    self.kind = kind
    self.eventType = eventType
    self.content = content
    self.reasoning = reasoning
    self.tags = tags
    self.importance = importance
    self.metadata = metadata
    self.dedupKey = dedupKey
    self.parent = parent
  }
}
