// What an erasure covers: found out of the records, with everything that repeats it, and named without saying what it was.

internal import System

/// What somebody wants erased.
struct EraseWish {
  /// Ids of sessions, memories, decisions, events, or their beginnings.
  var names: [String] = []
  var conditions: [JSON.Member] = []
  /// Closed sessions, and records outside any that name a customer, whose newest word is older.
  var before: Timestamp?
  /// What was erased before may be named once more, as where it shall leave history too.
  var mayNameErased = false

  var isEmpty: Bool { names.isEmpty && conditions.isEmpty && before == nil }
}

/// What goes, and what is connected with it and stays.
struct ErasePlan: Sendable {
  fileprivate(set) var line = ErasureLine()
  fileprivate(set) var sessions: [Session] = []
  /// Erased by themselves.
  fileprivate(set) var memories: [Memory] = []
  fileprivate(set) var events: [RecordID] = []
  /// Memories and decisions that go, those of sessions among them.
  fileprivate(set) var count = 0
  /// Records that answer, continue or correct what goes, and stay.
  fileprivate(set) var related: [RecordID] = []
  /// Identity keys of what goes, with sessions that have them too and stay.
  fileprivate(set) var linked: [LinkedIdentity] = []

  var isEmpty: Bool { sessions.isEmpty && memories.isEmpty && events.isEmpty }

  /// - Throws: `notFound` for an id that nothing has.
  init(_ wish: EraseWish, in store: Store, _ records: Catalog, now: Timestamp) throws {
    var search = EraseSearch(store: store, records: records)
    try search.run(wish, now: now)
    self = search.plan
  }

  fileprivate init() {}
}

private struct EraseSearch {
  let store: Store
  let records: Catalog
  var plan = ErasePlan()
  private var places: Set<SessionID> = []
  /// What is in the plan.
  private var sessions: Set<SessionID> = []
  private var memories: Set<RecordID> = []

  init(store: Store, records: Catalog) {
    self.store = store
    self.records = records
  }

  mutating func run(_ wish: EraseWish, now: Timestamp) throws {
    for name in wish.names {
      if try add(name) { continue }
      guard try wish.mayNameErased && store.erasures().name(name) else {
        throw MemtraceError(
          .notFound, "nothing here has the id \(name.prefix(64))",
          hint: "memtrace recall --all, memtrace session list")
      }
    }
    if !wish.conditions.isEmpty { try addAll(where: wish.conditions) }
    if let before = wish.before { try addAll(before: before) }
    try addRepeats()
    try link()
    for session in plan.sessions {
      let newest = try records.standing(of: session.id)?.newest.milliseconds ?? 0
      // An id that was made of an import's text comes again with a later import of that text.
      let until =
        session.source == nil
        ? nil : Timestamp(milliseconds: max(now.milliseconds, newest))
      plan.line.sessions.append((session.id, until))
    }
    for memory in plan.memories {
      let name = try name(memory)
      plan.line.records.append(name)
      if let session = memory.session { places.insert(session) }
      if memory.corrects == nil, let key = memory.dedupKey {
        plan.line.keys.append(
          Erasures.key(name, agent: memory.agent, session: memory.session, dedupKey: key))
      }
    }
    plan.line.records += plan.events.map(ErasedRecord.whole)
    plan.line.places = places.sorted()
  }

  // MARK: Finding

  /// - Returns: false where nothing has it.
  private mutating func add(_ name: String) throws -> Bool {
    if let id = RecordID(name), id.kind == .event {
      guard let session = try session(ofEvent: id) else { return false }
      places.insert(session)
      plan.events.append(id)
      return true
    }
    let exactly = try RecordID(name).flatMap { try records.memory($0) }
    if let memory = try exactly ?? records.memory(beginning: name) {
      add(memory)
      return true
    }
    let exact = try SessionID(name).flatMap { try records.standing(of: $0)?.session }
    let found =
      try exact.map { [$0] }
      ?? (name.utf8.count >= 9
        ? records.sessions().filter { $0.id.description.hasPrefix(name) } : [])
    guard found.count <= 1 else {
      throw MemtraceError.invalid([
        .init("record_ids", "\(found.count) ids begin with \(name): write more of it")
      ])
    }
    guard let session = found.first else { return false }
    add(session)
    return true
  }

  private func session(ofEvent id: RecordID) throws -> SessionID? {
    try records.sessions().first { session in
      try records.session(session.id)?.events.contains { $0.id == id } == true
    }?.id
  }

  private mutating func add(_ session: Session) {
    if sessions.insert(session.id).inserted { plan.sessions.append(session) }
  }

  private mutating func add(_ memory: Memory) {
    if memories.insert(memory.id).inserted { plan.memories.append(memory) }
  }

  /// Every session of the customer, and every record that names it by its own metadata, in whatever session.
  private mutating func addAll(where conditions: [JSON.Member]) throws {
    for session in try records.sessions(where: conditions) { add(session) }
    for memory in try records.memories(withOwn: conditions) { add(memory) }
  }

  private mutating func addAll(before: Timestamp) throws {
    for session in try records.sessions()
    where session.status == .closed && session.updatedAt < before { add(session) }
    let keys = store.configuration.identityKeys
    for memory in try records.memoriesOutsideSessions()
    where memory.time < before && memory.metadata != nil {
      if memory.metadataMembers.contains(where: { keys.contains($0.key) }) { add(memory) }
    }
  }

  /// What has one agent, session and `dedup_key` is the same thing said again, but for a later value of the key, which
  /// corrects an earlier one.
  private mutating func addRepeats() throws {
    for memory in plan.memories {
      guard let key = memory.dedupKey else { continue }
      for other in try records.memories(
        dedupKey: key, agent: memory.agent, session: memory.session)
      where other.session == memory.session && other.repeats(memory) { add(other) }
    }
    let gone = Set(plan.sessions.map(\.id))
    plan.memories.removeAll { $0.session.map(gone.contains) == true }
  }

  private mutating func link() throws {
    plan.linked = try LinkedIdentity.find(
      plan.sessions.map(\.metadata) + plan.memories.map(\.metadataMembers),
      apartFrom: Set(plan.sessions.map(\.id)), in: records, store.configuration.identityKeys)
    let going =
      try plan.memories
      + plan.sessions.flatMap { try records.session($0.id)?.memories ?? [] }
    let ids = Set(going.map(\.id))
    plan.count = going.count
    let related = try records.followers(of: ids).union(records.kin(of: going).map(\.id))
    plan.related = related.subtracting(ids).sorted()
  }

  // MARK: Naming

  /// An id that was made from what the record says would let anybody try out what it said.
  private func name(_ memory: Memory) throws -> ErasedRecord {
    if memory.eventType == "conflict", let parent = memory.parent.flatMap({ RecordID($0) }) {
      return .conflicts(of: parent)
    }
    let place = memory.session?.description ?? memory.agent
    let row = ErasedRecord.row(
      kind: memory.id.kind, high: memory.id.ulid.high, place: ExactText(place))
    let milliseconds = String(memory.id.ulid.milliseconds)
    let parts = [place, milliseconds, memory.agent, memory.kind.rawValue, memory.content]
    if (0..<64).contains(where: { ImportPlan.hash(parts + [String($0)]) == memory.id.ulid.low }) {
      return row
    }
    return try isOfOurWriters(memory) ? .whole(memory.id) : row
  }

  /// Whether the line stands in a file that a replica appends to, where ids are random.
  private func isOfOurWriters(_ memory: Memory) throws -> Bool {
    let folder = Layout.place(of: memory).folder
    if try store.waiting().contains(where: { $0.id == memory.id && !$0.isImported }) { return true }
    for entry in try store.folder.list(folder) where !entry.isFolder {
      guard let file = FileName(entry.name), file.kind != .archive,
        !file.replica.hasPrefix("import-"),
        let bytes = try store.folder.read("\(folder)/\(entry.name)")
      else { continue }
      if WriteSession.ids(in: bytes).contains(memory.id) { return true }
    }
    return false
  }
}

extension Memory {
  /// Of records with one agent, session and `dedup_key`.
  fileprivate func repeats(_ other: Memory) -> Bool {
    corrects == nil && other.corrects == nil || content.isExactly(other.content)
  }
}
