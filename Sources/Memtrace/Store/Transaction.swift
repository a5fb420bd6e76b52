// The writes of one verb: what it reads includes what it has just staged.

/// Collects lines under the lock. Nothing is written until the store has journalled the whole of it: a verb that
/// throws leaves nothing behind.
public final class Transaction {
  let configuration: Configuration
  let records: Catalog
  /// What must not come again.
  let erasures: Erasures
  private let world: World
  /// A session that the records do not show and that nobody said is gone.
  private let hidden: (SessionID) throws -> SessionRecords?
  /// The replica whose files take the lines.
  private let replica: String
  private(set) var lines: [PendingLine] = []
  /// Kinds of text that the verb under way stored masked.
  var masked: Set<Gate.Kind> = []
  /// Who signs the verb under way; nil for anybody.
  var signer: Signer?
  /// The name of the key that calls, where one does.
  var reviewer: String?

  private var sessions: [SessionID: SessionState] = [:]
  private var agents: [String: AgentState] = [:]

  /// Where each key was staged.
  private var keys: [DedupKey: RecordID] = [:]
  /// What the three were before each change, oldest first: a copy of them for each verb would cost more.
  private var past: [Past] = []

  private struct SessionState {
    var session: Session
    var newest: ULID
    /// Staged here.
    var events: [Event] = []
  }

  private struct DedupKey: Hashable {
    let key: ExactText
    let agent: String
    let session: SessionID?
  }

  private struct AgentState {
    var isKnown: Bool
    /// Read only once something is recorded outside any session.
    var newest: ULID?
    var hasReadNewest = false
  }

  init(
    records: Catalog, hidden: @escaping (SessionID) throws -> SessionRecords?,
    configuration: Configuration, world: World, replica: String, erasures: Erasures
  ) {
    self.records = records
    self.hidden = hidden
    self.configuration = configuration
    self.world = world
    self.replica = replica
    self.erasures = erasures
  }

  private enum Past {
    case session(SessionID, SessionState?)
    case agent(String, AgentState?)
    case key(DedupKey, RecordID?)
  }

  /// A place to come back to when one of several verbs fails.
  struct Mark {
    fileprivate let lines: Int
    fileprivate let past: Int
  }

  var mark: Mark { Mark(lines: lines.count, past: past.count) }

  func rewind(to mark: Mark) {
    lines.removeSubrange(mark.lines...)
    while past.count > mark.past {
      switch past.removeLast() {
      case .session(let id, let state): sessions[id] = state
      case .agent(let id, let state): agents[id] = state
      case .key(let key, let id): keys[key] = id
      }
    }
  }

  private func note(_ id: SessionID, _ state: SessionState) {
    past.append(.session(id, sessions.updateValue(state, forKey: id)))
  }

  private func note(_ agent: String, _ state: AgentState) {
    past.append(.agent(agent, agents.updateValue(state, forKey: agent)))
  }

  // MARK: Reading

  /// - Throws: `notFound`.
  func session(_ id: SessionID) throws -> Session {
    try state(of: id).session
  }

  private func state(of id: SessionID) throws -> SessionState {
    if let state = sessions[id] { return state }
    if erasures.sessions[id] == .forever { throw MemtraceError.erasedSession }
    let state: SessionState
    if let found = try records.standing(of: id) {
      state = SessionState(session: found.session, newest: found.newest)
    } else if let found = try hidden(id) {
      state = SessionState(session: found.session, newest: found.newest)
    } else {
      throw MemtraceError.noSession
    }
    note(id, state)
    return state
  }

  private func state(of agent: String) throws -> AgentState {
    if let state = agents[agent] { return state }
    let state = AgentState(isKnown: try records.isKnown(agent: agent))
    note(agent, state)
    return state
  }

  // MARK: Writing

  /// Records a memory or decision.
  /// - Throws: `notFound` for an unknown session, `conflict` with the first one's id for a repeated `dedup_key`,
  ///   `invalid` for an agent that may not write.
  /// - Parameter mayRepeat: it corrects the one that has its `dedup_key`.
  func remember(_ draft: MemoryDraft, mayRepeat: Bool = false) throws -> Memory {
    let placed = try placed(draft)
    if let session = placed.session { _ = try state(of: session) }
    let draft = try passed { placed.passed($0, identityKeys: $1, &$2) }
    try signer?.check(draft, in: self)
    if !mayRepeat { try refuseDuplicate(of: draft) }
    try meet(draft.agent)
    let time = world.now()
    let ulid = try draw(for: draft, now: time)
    let memory = draft.memory(
      id: RecordID(draft.kind == .decision ? .decision : .memory, ulid), time: time)
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    guard bytes.count <= Limits.line else {
      throw MemtraceError.invalid([
        .init(
          "content", "the finished line is \(bytes.count) bytes; at most \(Limits.line) are allowed"
        )
      ])
    }
    stage(bytes, at: Layout.place(of: memory), .memory(memory))
    if let session = draft.session {
      var state = try state(of: session)
      state.newest = ulid
      note(session, state)
    } else {
      var state = try state(of: draft.agent.id)
      state.newest = ulid
      note(draft.agent.id, state)
    }
    try askForReview(of: memory, bytes)
    if let key = draft.dedupKey {
      let key = DedupKey(key: ExactText(key), agent: draft.agent.id, session: draft.session)
      past.append(.key(key, keys.updateValue(memory.id, forKey: key)))
    }
    return memory
  }

  /// A correction that names no session belongs to that of what it corrects, or a look at that session would show neither.
  func placed(_ draft: MemoryDraft) throws -> MemoryDraft {
    guard draft.session == nil, let corrected = try draft.corrects.flatMap(memory),
      let session = corrected.session
    else { return draft }
    return draft.placed(in: session)
  }

  /// A record, staged here or known.
  func memory(_ id: RecordID) throws -> Memory? {
    for line in lines.reversed() where line.id == id {
      if case .memory(let memory)? = line.record { return memory }
    }
    return try records.memory(id)
  }

  /// Opens a session. Its id starts from the wall clock.
  func openSession(agent: AgentReference, metadata: [JSON.Member]) throws -> Session {
    let opening = try passed(.opened(metadata: metadata, source: nil))
    try meet(agent)
    let time = world.now()
    let id = SessionID.own(world.ulid(at: time.milliseconds))
    let event = Event(
      id: RecordID(.event, world.ulid(at: time.milliseconds)), time: time, subject: .session(id),
      agent: agent.id, change: opening)
    let opened = SessionFold.fold(id, events: [event], memories: [])!
    stage(event)
    note(id, SessionState(session: opened.session, newest: opened.newest, events: [event]))
    return opened.session
  }

  /// Changes a session and returns its new state.
  func change(_ id: SessionID, _ change: Event.Change, by agent: AgentReference?) throws -> Session
  {
    let state = try state(of: id)
    let change = try passed(change)
    try signer?.check(change, of: state.session, configuration)
    if let agent { try meet(agent) }
    let time = world.now()
    let event = Event(
      id: RecordID(.event, try draw(after: state.newest, now: time)), time: time,
      subject: .session(id), agent: agent?.id, change: change)
    return try fold(id, adding: event, to: state)
  }

  private func fold(_ id: SessionID, adding event: Event, to state: SessionState) throws -> Session
  {
    var state = state
    stage(event)
    state.events.append(event)
    let before = try records.session(id) ?? hidden(id)
    let after = SessionFold.fold(
      id, events: (before?.events ?? []) + state.events, memories: before?.memories ?? [])!
    state.session = after.session
    state.newest = max(state.newest, event.id.ulid)
    note(id, state)
    return state.session
  }

  /// Records something about an agent: that it is registered, or removed.
  /// - Returns: when.
  @discardableResult
  func change(_ agent: AgentReference, _ change: Event.Change) throws -> Timestamp {
    var state = try state(of: agent.id)
    let time = world.now()
    let event = Event(
      id: RecordID(.event, try draw(after: try newest(of: agent.id), now: time)), time: time,
      subject: .agent(agent.id), agent: agent.id, change: change)
    stage(event)
    state.isKnown = change != .removed
    state.newest = event.id.ulid
    state.hasReadNewest = true
    note(agent.id, state)
    return time
  }

  /// Makes sure that an agent may write: one that was never seen is noted by its first use.
  func meet(_ agent: AgentReference) throws {
    if try state(of: agent.id).isKnown { return }
    if configuration.requiresRegistration {
      throw MemtraceError(
        .invalid,
        "agent '\(agent.name)' is not registered, and this repository takes registered agents only",
        hint: "memtrace agent register \(agent.name)",
        faults: [.init("agent_id", "is not registered")])
    }
    guard AgentName.isPlain(agent.name) else {
      throw MemtraceError(
        .invalid, "agent_id: '\(agent.name)' is no legal id and no registered agent's name",
        hint: "memtrace agent register '\(agent.name)'",
        faults: [.init("agent_id", "is no legal id and no registered agent's name")])
    }
    try change(agent, .firstUsed(name: agent.name))
  }

  /// Says that these removals were meant.
  /// - Returns: the ids of the lines: a line takes so many and no more.
  func accept(_ records: [String], commit: String?, reviewer: String) throws -> [RecordID] {
    let time = world.now()
    return stride(from: 0, to: records.count, by: Self.idsOfALine).map { start in
      let id = RecordID(.acceptance, world.ulid(at: time.milliseconds))
      var members: [JSON.Member] = [
        .init("time", .string(time.description)), .init("reviewer", .string(reviewer)),
      ]
      if let commit { members.append(.init("commit", .string(commit))) }
      let ids = records[start..<min(start + Self.idsOfALine, records.count)]
      members.append(.init("accepted", .array(ids.map(JSON.string))))
      members.append(.init("id", .string(id.description)))
      stage(
        JSON.object(members).bytes + [UInt8(ascii: "\n")], at: (Layout.own, .accepted),
        .unknown(id.description))
      return id
    }
  }

  private static let idsOfALine = 10_000

  /// Says what is erased: from the journal on it counts for nothing, and the next commit takes it out.
  func erase(_ line: ErasureLine, by reviewer: String, reason: String?) -> RecordID {
    let time = world.now()
    let id = RecordID(.erasure, world.ulid(at: time.milliseconds))
    stage(
      line.bytes(id, at: time, by: reviewer, reason: reason), at: (Layout.own, .erased),
      .unknown(id.description))
    return id
  }

  // MARK: Staging

  private func stage(_ event: Event) {
    var bytes: [UInt8] = []
    event.appendLine(to: &bytes)
    stage(bytes, at: Layout.place(of: event), .event(event))
  }

  private func stage(
    _ bytes: [UInt8], at place: (folder: String, kind: FileKind), _ record: Record
  ) {
    lines.append(
      PendingLine(
        folder: place.folder, file: FileName(place.kind, replica: replica), bytes: bytes,
        record: record))
  }

  /// The fingerprint of the line that is read as this record.
  func fingerprint(_ memory: Memory) throws -> String? {
    for line in lines where line.id == memory.id {
      return LineFingerprint.of(line.bytes.dropLast())
    }
    return try records.fingerprint(of: memory)
  }

  func stage(_ review: Review) {
    stage(review.line, at: Layout.place(of: review), .review(review))
  }

  /// An id for what stands beside a record: after all that its place holds, and after what was read.
  func draw(besides memory: Memory, after read: ULID?) throws -> ULID {
    let now = world.now()
    guard let id = memory.session else {
      var state = try state(of: memory.agent)
      let newest = [try newest(of: memory.agent), read].compactMap(\.self).max()
      let ulid = try draw(after: newest, now: now)
      (state.newest, state.hasReadNewest) = (ulid, true)
      note(memory.agent, state)
      return ulid
    }
    var state = try state(of: id)
    state.newest = try draw(after: max(state.newest, read ?? state.newest), now: now)
    note(id, state)
    return state.newest
  }

  private func draw(for draft: MemoryDraft, now: Timestamp) throws -> ULID {
    let newest =
      if let session = draft.session { try state(of: session).newest as ULID? } else {
        try newest(of: draft.agent.id)
      }
    return try draw(after: newest, now: now)
  }

  /// A hybrid logical clock: never behind the wall clock, always after what is there already (Kulkarni and others,
  /// "Logical Physical Clocks", 2014). Ids at the end of time are followed by nothing: there it is the wall clock again.
  private func draw(after newest: ULID?, now: Timestamp) throws -> ULID {
    let next = newest.map { $0.milliseconds + 1 } ?? 0
    return world.ulid(at: next < ULID.endOfTime ? max(now.milliseconds, next) : now.milliseconds)
  }

  /// Outside sessions ids are followed a day ahead of the wall clock and no further: one broken clock does not pull all
  /// that an agent will ever record into another century.
  static let longestLead: Int64 = 24 * 3_600_000

  private func newest(of agent: String) throws -> ULID? {
    var state = try state(of: agent)
    if !state.hasReadNewest {
      let limit = world.now().milliseconds + Self.longestLead
      state.newest = try records.newest(ofAgent: agent, before: Timestamp(milliseconds: limit))
      state.hasReadNewest = true
      note(agent, state)
    }
    return state.newest
  }

  private func refuseDuplicate(of draft: MemoryDraft) throws {
    guard let key = draft.dedupKey else { return }
    let staged = keys[DedupKey(key: ExactText(key), agent: draft.agent.id, session: draft.session)]
    if let known = try known(draft) {
      // A retry brings back nothing that was taken away, and who says something new hears how.
      let state = try records.standing(of: [known])[known.id]
      let hint: String? =
        switch state {
        case .retracted, .rejected:
          "it is \(state.text): memtrace put says what holds under this key now"
        default: nil
        }
      throw MemtraceError(
        .conflict, "duplicate memory", hint: hint, existing: known.id.description)
    }
    if let staged {
      throw MemtraceError(.conflict, "duplicate memory", existing: staged.description)
    }
    try refuseErased(draft)
  }
}
