// Records held in memory, for a front that answers many calls: every read is a look at an index.

internal import Synchronization

/// Any thread reads; the lock is held for moments only, and whatever takes longer works on a copy that shares its
/// storage.
final class Resident: Records, Sendable {
  private struct Held {
    var state = ResidentState()
    /// What was added while somebody reads files in order to replace a part: nil while nobody does.
    var addedMeanwhile: [Record]?
    var erasures = Erasures()
  }

  private struct Search {
    var index: SearchableMemories?
    /// What the state counted when the index was built.
    var removals = 0
  }

  private let held = Mutex(Held())
  private let search = Mutex(Search())

  // MARK: Filling

  /// Adds what was just written. What is there already is left as it is.
  func add(_ records: [Record]) {
    held.withLock { held in
      let records = records.filter { !held.erasures.cover($0) }
      for record in records { self.add(record, to: &held.state) }
      held.state.settle()
      held.addedMeanwhile? += records
    }
  }

  /// What counts for nothing.
  var erasures: Erasures { held.withLock { $0.erasures } }

  /// Lets go at once of what is erased; what is added from here on is looked at for it.
  func know(_ erasures: Erasures) {
    let isNew = held.withLock { held in
      guard held.erasures != erasures else { return false }
      held.erasures = erasures
      held.addedMeanwhile?.removeAll(where: erasures.cover)
      held.state.erase(erasures)
      held.state.settle()
      return true
    }
    guard isNew else { return }
    // The search index holds texts of its own.
    search.withLock { $0.index = nil }
  }

  private func add(_ record: Record, to state: inout ResidentState) {
    switch record {
    case .memory(let memory): state.insert(memory)
    case .event(let event): state.insert(event)
    case .review(let review):
      // Whoever approves has just read the line; once its file is read, that says it.
      if review.word == .approved, state.lines[review.record] == nil {
        state.lines[review.record] = review.of
      }
      state.insert(review)
    case .unknown, .invalid: break
    }
  }

  /// Reads something from files and puts it in place of what is held of it. Records that are added meanwhile are
  /// kept. One caller at a time.
  func replace<Found>(
    reading: () throws -> Found, _ apply: (inout ResidentState, Found) -> Void
  ) rethrows {
    held.withLock { $0.addedMeanwhile = [] }
    defer { held.withLock { $0.addedMeanwhile = nil } }
    let found = try reading()
    held.withLock { held in
      apply(&held.state, found)
      for record in held.addedMeanwhile ?? [] where !held.erasures.cover(record) {
        self.add(record, to: &held.state)
      }
      // Read before somebody erased it.
      held.state.erase(held.erasures)
      held.state.settle()
    }
  }

  /// Everything anew.
  func load(reading: () throws -> ResidentState) rethrows {
    try replace(reading: reading) { state, fresh in
      let (version, arrivals) = (state.version, state.arrivals)
      state = fresh
      state.arrivals = arrivals
      state.arrivals.skip()
      state.arrivals.isOn = true
      state.unsettleAll()
      state.skip(version)
    }
    Allocator.giveBack()
  }

  // MARK: Reading

  private func look<Result: Sendable>(_ body: (ResidentState) -> Result) -> Result {
    held.withLock { body($0.state) }
  }

  func session(_ id: SessionID) -> SessionRecords? {
    guard let entry = look({ $0.session(id) }) else { return nil }
    return entry.records
  }

  func standing(of id: SessionID) -> (session: Session, newest: ULID)? {
    guard let entry = look({ $0.session(id) }) else { return nil }
    return (entry.session, entry.newest)
  }

  func sessions() -> [Session] {
    entries(of: look(\.sessionOrder)).map(\.session)
  }

  func sessions(where conditions: [JSON.Member]) -> [Session] {
    entries(where: conditions).map(\.session)
  }

  func sessions(matching conditions: [JSON.Member]) -> [SessionRecords] {
    entries(where: conditions).map(\.records)
  }

  func sessions(sharing keys: [String], with metadata: [JSON.Member]) -> [Session] {
    let wanted = metadata.filter { keys.contains($0.key) && $0.value.scalarText?.isEmpty == false }
    return look { state in
      Set(wanted.compactMap(ResidentState.key).flatMap { state.sessionsBy[$0] ?? [] }).sorted()
        .compactMap { state.session($0)?.session }
    }
  }

  private func entries(where conditions: [JSON.Member]) -> [ResidentState.SessionEntry] {
    let keys = conditions.compactMap(ResidentState.key)
    // By the rarest condition, then by the others.
    let ids = look { state in
      let lists = keys.map { state.sessionsBy[$0] ?? [] }
      return lists.min { $0.count < $1.count } ?? state.sessionOrder
    }
    let entries = entries(of: ids)
    // What the index says of a scalar needs no second look.
    if conditions.isEmpty || (conditions.count == 1 && keys.count == 1) { return entries }
    return entries.filter { MemoryFilter.matches(conditions, $0.base.metadata) }
  }

  /// A few at a time: whoever writes, or reads one thing, waits for a few only.
  private func entries(of ids: [SessionID]) -> [ResidentState.SessionEntry] {
    var entries: [ResidentState.SessionEntry] = []
    entries.reserveCapacity(ids.count)
    for start in stride(from: 0, to: ids.count, by: 256) {
      entries += look { state in
        ids[start..<min(start + 256, ids.count)].compactMap(state.session)
      }
    }
    return entries
  }

  func agent(_ id: String) -> Agent? {
    guard let entry = look({ $0.agents[id] }) else { return nil }
    return entry.agent(id)
  }

  func agents() -> [Agent] {
    look(\.agents).sorted { $0.key < $1.key }.compactMap { $1.agent($0) }
  }

  func isKnown(agent: String) -> Bool { self.agent(agent) != nil }

  func newest(ofAgent id: String, before limit: Timestamp) -> ULID? {
    look { $0.agents[id]?.newest(before: limit) }
  }

  func memory(_ id: RecordID) -> Memory? { look { $0.all.find(id) } }

  func memories(dedupKey: String, agent: String?, session: SessionID?) -> [Memory] {
    look { $0.keyed[ExactText(dedupKey)] ?? [] }.filter { memory in
      (agent == nil || memory.agent == agent) && (session == nil || memory.session == session)
    }
  }

  func kin(of memories: [Memory]) -> [Memory] {
    look { state in
      let isPlain = state.corrections.isEmpty && state.keyed.isEmpty
      return isPlain ? memories : state.kin(of: memories)
    }
  }

  func outcomes(of memories: [Memory]) -> [RecordID: ReviewOutcome] {
    look { state in
      if state.reviews.isEmpty { return [:] }
      return memories.reduce(into: [:]) { $0[$1.id] = state.outcome(of: $1.id) }
    }
  }

  func reviews() -> [Review] {
    look { $0.reviews.values.flatMap(\.self) }.sorted { $0.id < $1.id }
  }

  func standing(of memories: [Memory]) -> Standing { look(\.standing) }

  func memoriesOutsideSessions(about customer: CustomerIdentity) -> [Memory] {
    look { state in
      let found = Set(
        customer.members.compactMap(ResidentState.key).flatMap { state.outsideBy[$0] ?? [] })
      return found.sorted { $0.id < $1.id }
    }.filter(customer.isMeant)
  }

  func memories(_ filter: MemoryFilter) -> [Memory] {
    var found: [Memory] = []
    visit(filter, descending: false) {
      found.append($0)
      return true
    }
    return found
  }

  func page(_ filter: MemoryFilter, _ page: PageRequest) -> Page<Memory> {
    var found: [Memory] = []
    var skipped = 0
    visit(filter, descending: page.order == .descending) { memory in
      if skipped < page.offset {
        skipped += 1
      } else {
        found.append(memory)
      }
      return found.count <= page.limit
    }
    return Page(items: Array(found.prefix(page.limit)), hasMore: found.count > page.limit)
  }

  /// Calls `body` with every match, in order, until it returns false; on the calling thread and without the lock.
  private func visit(_ filter: MemoryFilter, descending: Bool, _ body: (Memory) -> Bool) {
    let list: OrderedMemories
    if filter.session != nil || !filter.sessionMetadata.isEmpty {
      list = sessionMemories(filter)
    } else if let agent = filter.agent {
      list = look { $0.agents[agent]?.memories ?? OrderedMemories() }
    } else {
      list = look(\.all)
    }
    let standing = filter.standsOnly ? look(\.standing) : Standing()
    list.visit(
      since: filter.since?.milliseconds, until: filter.until?.milliseconds, descending: descending
    ) { memory in
      guard filter.isWanted() else { return false }
      return standing.stands(memory.id) && filter.matches(memory) ? body(memory) : true
    }
  }

  private func sessionMemories(_ filter: MemoryFilter) -> OrderedMemories {
    var entries: [ResidentState.SessionEntry]
    if let id = filter.session {
      entries = look { $0.session(id) }.map { [$0] } ?? []
      entries.removeAll { !MemoryFilter.matches(filter.sessionMetadata, $0.base.metadata) }
    } else {
      entries = self.entries(where: filter.sessionMetadata)
    }
    if entries.count == 1 { return OrderedMemories(inOrder: entries[0].memories) }
    return OrderedMemories(inOrder: entries.flatMap(\.memories).sorted { $0.id < $1.id })
  }

  func ranked(_ query: RankedQuery) -> [RankedMemory] {
    let conditions = query.filter.sessionMetadata
    let sessions = conditions.isEmpty ? nil : entries(where: conditions).map(\.base.id)
    // One search at a time; writers only leave what they wrote in a list.
    return search.withLock { search in
      let (added, all) = held.withLock { held in
        held.state.takeUnindexed(since: search.index == nil ? nil : search.removals)
      }
      if let all {
        search.index = nil
        search.index = SearchableMemories(all.list.memories)
        search.removals = all.removals
        Allocator.giveBack()
      }
      for memory in added { search.index?.append(memory) }
      let standing = look(\.standing)
      return search.index?.search(query, sessions: sessions, standing: standing) ?? []
    }
  }

  func isContested(_ id: RecordID) -> Bool { look { $0.contested.contains(id) } }

  /// What came last.
  var arrivals: Arrivals { look(\.arrivals) }

  /// Grows with every change.
  var version: Int { look { $0.version } }

  var counts: (agents: Int, sessions: Int, memories: Int) {
    look { ($0.agents.count, $0.sessionOrder.count, $0.all.count) }
  }
}

extension ResidentState.SessionEntry {
  var records: SessionRecords {
    SessionRecords(
      session: session, memories: memories, events: events, newest: newest)
  }
}

extension ResidentState.AgentEntry {
  fileprivate func newest(before limit: Timestamp) -> ULID? {
    guard let newest, newest.milliseconds >= limit.milliseconds else { return newest }
    // Some clock was off by more than a day.
    var found = events.map(\.id.ulid).filter { $0.milliseconds < limit.milliseconds }.max()
    memories.visit(since: nil, until: limit.milliseconds, descending: true) { memory in
      guard memory.session == nil else { return true }
      found = max(found ?? memory.id.ulid, memory.id.ulid)
      return false
    }
    return found
  }

  func agent(_ id: String) -> Agent? {
    AgentFold.fold(
      id, events: events, lastActive: [lastEvent, lastMemory].compactMap(\.self).max())
  }
}
