// What an agent remembered or decided.

/// One memory or decision. Immutable: a correction is a new record that names this one as its parent. A class, since
/// lists of a million share what they hold: a copy is a reference, and equality is that of the fields.
public final class Memory: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case episodic, session, decision, entity

    /// The type of event where a record names none.
    var eventType: String { self == .decision ? "decision" : "general" }
  }

  private let ulid: ULID
  /// When it happened, for people. Order goes by `id`.
  public let time: Timestamp
  public let agent: String
  public let session: SessionID?
  private let idKind: RecordID.Kind
  public let kind: Kind
  /// What happened, in the agent's own vocabulary: "general" unless it says otherwise; "decision" for a decision.
  public let eventType: String
  /// What was remembered; for a decision, what was decided.
  public let content: String
  public let tags: [String]
  /// Not a number for none: an optional would take as much again.
  private let weight: Double
  /// What most memories lack, apart, so that a million of them take less.
  private let rest: Rest?

  private final class Rest: Sendable {
    let reasoning: String?
    let metadata: RawJSON?
    let dedupKey: String?
    let parent: String?

    init(reasoning: String?, metadata: RawJSON?, dedupKey: String?, parent: String?) {
      self.reasoning = reasoning
      self.metadata = metadata
      self.dedupKey = dedupKey
      self.parent = parent
    }
  }

  public var id: RecordID { RecordID(idKind, ulid) }
  /// 0 (trifling) to 1 (vital).
  public var importance: Double? { weight.isNaN ? nil : weight }
  /// Why it was decided so. Only decisions have one.
  public var reasoning: String? { rest?.reasoning }
  /// An object.
  public var metadata: RawJSON? { rest?.metadata }
  /// A retry with the same key, agent and session is the same memory.
  public var dedupKey: String? { rest?.dedupKey }
  /// The record that this one answers, continues or corrects.
  public var parent: String? { rest?.parent }

  public init(
    id: RecordID, time: Timestamp, agent: String, session: SessionID? = nil, kind: Kind = .episodic,
    eventType: String = "general", content: String, reasoning: String? = nil, tags: [String] = [],
    importance: Double? = nil, metadata: RawJSON? = nil, dedupKey: String? = nil,
    parent: String? = nil
  ) {
    ulid = id.ulid
    idKind = id.kind
    self.time = time
    self.agent = agent
    self.session = session
    self.kind = kind
    self.eventType = eventType
    self.content = content
    self.tags = tags
    weight = importance ?? .nan
    rest =
      reasoning == nil && metadata == nil && dedupKey == nil && parent == nil
      ? nil
      : Rest(reasoning: reasoning, metadata: metadata, dedupKey: dedupKey, parent: parent)
  }

  public static func == (a: Memory, b: Memory) -> Bool {
    a === b
      || a.id == b.id && a.time == b.time && a.agent.isExactly(b.agent) && a.session == b.session
        && a.kind == b.kind && a.eventType.isExactly(b.eventType)
        && a.content.isExactly(b.content) && a.reasoning.isExactly(b.reasoning)
        && a.tags.elementsEqual(b.tags) { $0.isExactly($1) } && a.importance == b.importance
        && a.metadata == b.metadata && a.dedupKey.isExactly(b.dedupKey)
        && a.parent.isExactly(b.parent)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
