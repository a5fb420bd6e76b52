// Sessions for the tests of contexts, with a clock and ids of their own.

@testable import Memtrace

/// A customer's sessions, written one record after the other.
struct ContextWorld {
  static let start: Int64 = 1_795_340_000_000
  private(set) var clock = start
  private var count: UInt64 = 0
  private var memories: [SessionID?: [Memory]] = [:]
  private var sessions: [(id: SessionID, agent: String, metadata: [JSON.Member], at: Int64)] = []

  var now: Timestamp { Timestamp(milliseconds: clock) }

  private mutating func id(_ kind: RecordID.Kind) -> RecordID {
    count += 1
    return RecordID(kind, ULID(milliseconds: clock, random: (1, count)))
  }

  mutating func wait(days: Int64) { clock += days * 86_400_000 }

  mutating func open(_ agent: String, _ metadata: [JSON.Member] = []) -> SessionID {
    clock += 60_000
    let session = SessionID.own(id(.event).ulid)
    sessions.append((session, agent, metadata, clock))
    return session
  }

  @discardableResult
  mutating func remember(
    _ agent: String, _ content: String, in session: SessionID?, tags: [String] = [],
    importance: Double? = nil, kind: Memory.Kind = .episodic, eventType: String = "general",
    parent: RecordID? = nil
  ) -> RecordID {
    clock += 60_000
    let memory = Memory(
      id: id(.memory), time: now, agent: agent, session: session, kind: kind,
      eventType: eventType, content: content, tags: tags, importance: importance,
      parent: parent?.description)
    memories[session, default: []].append(memory)
    return memory.id
  }

  @discardableResult
  mutating func decide(
    _ agent: String, _ decision: String, _ reasoning: String, in session: SessionID,
    tags: [String] = [], parent: RecordID? = nil
  ) -> RecordID {
    clock += 60_000
    let memory = Memory(
      id: id(.decision), time: now, agent: agent, session: session, kind: .decision,
      eventType: "decision", content: decision, reasoning: reasoning, tags: tags,
      parent: parent?.description)
    memories[session, default: []].append(memory)
    return memory.id
  }

  func records(_ id: SessionID) -> SessionRecords {
    let opened = sessions.first { $0.id == id }!
    let time = Timestamp(milliseconds: opened.at)
    let session = Session(
      id: id, agent: opened.agent, status: .active, metadata: opened.metadata, createdAt: time,
      updatedAt: now, closedAt: nil, source: nil)
    return SessionRecords(
      session: session, memories: memories[id] ?? [], events: [],
      newest: ULID(milliseconds: clock, random: (0, 0)))
  }

  func request(_ id: SessionID) -> ContextRequest {
    ContextRequest(sessions: [records(id)], now: now)
  }

  /// Every session, and what was remembered outside of any.
  func everything() -> ContextRequest {
    var request = ContextRequest(sessions: sessions.map { records($0.id) }, now: now)
    request.isCustomerWide = true
    request.preferences = memories[nil] ?? []
    return request
  }
}
