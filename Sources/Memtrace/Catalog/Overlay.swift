// What no segment has yet, indexed in memory: sessions and agents by id, memories by agent, key and time.

struct Overlay: Sendable {
  struct SessionEntry: Sendable {
    /// As of its events; memories that came later moved the two below only.
    var base: Session
    var newest: ULID
    var newestTime: Timestamp
    var events: [Event]
    /// In id order.
    var memories: [Memory]
    var reviews: [Review] = []

    /// Whether an event says who opened it and when; else its first records do.
    var isOpened: Bool {
      let opened = events.first { if case .opened = $0.change { true } else { false } }
      return opened?.agent != nil
    }

    var records: SessionRecords {
      SessionRecords(session: session, memories: memories, events: events, newest: newest)
    }

    var session: Session {
      guard newestTime > base.updatedAt else { return base }
      return Session(
        id: base.id, agent: base.agent, status: base.status, metadata: base.metadata,
        createdAt: base.createdAt, updatedAt: newestTime, closedAt: base.closedAt,
        source: base.source)
    }
  }

  struct AgentEntry: Sendable {
    var events: [Event] = []
    /// Whether those are all of its events, and no segment's count any more.
    var isOwned = false
    /// Of what it recorded outside any session.
    var reviews: [Review] = []
    /// All that it wrote.
    var memories = OrderedMemories()
    /// The newest event or memory of its own folder, outside any session.
    var newest: ULID?
    /// Of what it did to sessions.
    var lastEvent: Timestamp?
    var lastMemory: Timestamp?
  }

  struct MetadataKey: Hashable, Sendable {
    let key: ExactText
    let text: ExactText
  }

  private var boxes: [SessionID: Boxed<SessionEntry>] = [:]
  private(set) var sessionOrder: [SessionID] = []
  private(set) var agents: [String: AgentEntry] = [:]
  private(set) var all = OrderedMemories()
  /// Sessions by a scalar of their metadata, in id order.
  private(set) var sessionsBy: [MetadataKey: [SessionID]] = [:]
  /// Memories of whose id there are lines with different bytes.
  var contested: Set<RecordID> = []
  private(set) var keyed: [ExactText: [Memory]] = [:]
  /// Corrections by what they correct.
  private(set) var corrections: [RecordID: [Memory]] = [:]
  private(set) var reviews: [RecordID: [Review]] = [:]
  /// Of those, what rejects or retracts, by its own id.
  private(set) var denials: [RecordID: Review] = [:]
  /// Of sessions of which nothing else is held.
  private var early: [SessionID: [Review]] = [:]
  /// Records outside any session by a scalar of their metadata.
  private(set) var outsideBy: [MetadataKey: [Memory]] = [:]
  /// Added since the search index was built; nil while there is none.
  private var unindexed: [Memory]?
  private var removals = 0
  /// Values that repeat are held once.
  private var texts: [ExactText: String] = [:]
  private var tags: [[ExactText]: [String]] = [:]

  init() {}

  func session(_ id: SessionID) -> SessionEntry? { boxes[id]?.value }

  // MARK: Adding

  /// What is there already is left as it is.
  mutating func insert(_ memory: Memory) {
    let memory = shared(memory)
    guard all.insert(memory) else { return }
    unindexed?.append(memory)
    agents[memory.agent, default: AgentEntry()].note(memory)
    if let key = memory.dedupKey { keyed[ExactText(key), default: []].insertInOrder(memory) }
    if let parent = memory.corrects { corrections[parent, default: []].insertInOrder(memory) }
    for key in Self.outsideKeys(memory) { outsideBy[key, default: []].insertInOrder(memory) }
    guard let id = memory.session else { return }
    if let entry = session(id), memory.id.ulid < entry.newest || entry.base.agent.isEmpty,
      !entry.isOpened
    {
      // It may be the first one, which then opens the session.
      var memories = entry.memories
      memories.insertInOrder(memory)
      return refold(id, events: entry.events, memories: memories)
    }
    let isKnown: Void? = boxes[id]?.change { entry in
      entry.memories.insertInOrder(memory)
      entry.newest = max(entry.newest, memory.id.ulid)
      entry.newestTime = max(entry.newestTime, memory.time)
    }
    if isKnown == nil { refold(id, events: [], memories: [memory]) }
  }

  mutating func insert(_ review: Review) {
    guard reviews[review.record]?.contains(where: { $0.id == review.id }) != true else { return }
    reviews[review.record, default: []].append(review)
    if review.denies { denials[review.id] = review }
    if let id = review.session {
      let isKnown: Void? = boxes[id]?.change { entry in
        entry.reviews.append(review)
        entry.newest = max(entry.newest, review.id.ulid)
      }
      if isKnown == nil { early[id, default: []].append(review) }
    } else if let agent = review.agent {
      var entry = agents[agent] ?? AgentEntry()
      entry.reviews.append(review)
      entry.newest = max(entry.newest ?? review.id.ulid, review.id.ulid)
      agents[agent] = entry
    }
  }

  mutating func insert(_ event: Event) {
    switch event.subject {
    case .agent(let id):
      var entry = agents[id] ?? AgentEntry()
      guard !entry.events.contains(where: { $0.id == event.id }) else { return }
      entry.events.append(event)
      entry.newest = max(entry.newest ?? event.id.ulid, event.id.ulid)
      agents[id] = entry
    case .session(let id):
      noteActivity(event)
      let events = session(id)?.events ?? []
      guard !events.contains(where: { $0.id == event.id }) else { return }
      refold(id, events: events + [event], memories: session(id)?.memories ?? [])
    }
  }

  /// What an agent does to a session counts as its activity.
  private mutating func noteActivity(_ event: Event) {
    guard let agent = event.agent else { return }
    let last = agents[agent]?.lastEvent
    agents[agent, default: AgentEntry()].lastEvent = max(last ?? event.time, event.time)
  }

  /// Folds a session anew, and keeps the index of metadata at it.
  private mutating func refold(_ id: SessionID, events: [Event], memories: [Memory]) {
    let reviews = session(id)?.reviews ?? early.removeValue(forKey: id) ?? []
    unlist(id)
    guard
      let folded = SessionFold.fold(id, events: events, memories: memories, reviews: reviews)
    else {
      if !reviews.isEmpty { early[id] = reviews }
      if boxes.removeValue(forKey: id) != nil { sessionOrder.removeInOrder(id) }
      return
    }
    if boxes[id] == nil { sessionOrder.insertInOrder(id) }
    boxes[id] = Boxed(
      SessionEntry(
        base: folded.session, newest: folded.newest, newestTime: folded.session.updatedAt,
        events: folded.events, memories: memories, reviews: reviews))
    for member in folded.session.metadata {
      guard let key = Self.key(member) else { continue }
      sessionsBy[key, default: []].insertInOrder(id)
    }
  }

  private mutating func unlist(_ id: SessionID) {
    for member in session(id)?.base.metadata ?? [] {
      guard let key = Self.key(member) else { continue }
      sessionsBy[key]?.removeInOrder(id)
      if sessionsBy[key]?.isEmpty == true { sessionsBy[key] = nil }
    }
  }

  static func key(_ member: JSON.Member) -> MetadataKey? {
    member.value.scalarText.map { text in
      MetadataKey(key: ExactText(member.key), text: IdentityForm.of(member.key, text))
    }
  }

  /// What a record outside any session is found by.
  private static func outsideKeys(_ memory: Memory) -> [MetadataKey] {
    memory.session == nil ? memory.metadataMembers.compactMap(key) : []
  }

  // MARK: Taking away

  /// Puts a session's records in place of those that are held.
  mutating func replace(
    session id: SessionID, events: [Event], memories: [Memory], reviews: [Review]
  ) {
    for review in session(id)?.reviews ?? early.removeValue(forKey: id) ?? [] { forget(review) }
    boxes[id]?.change { $0.reviews = [] }
    let kept = Set(memories.map(\.id))
    for held in session(id)?.memories ?? []
    where !kept.contains(held.id) || !isEqual(held, memories) {
      remove(held)
    }
    var rest = session(id)?.memories ?? []
    rest.reserveCapacity(memories.count)
    refold(id, events: events, memories: rest)
    for event in events { noteActivity(event) }
    for memory in memories { insert(memory) }
    for review in reviews { insert(review) }
  }

  /// Puts an agent's events in place of those that are held.
  mutating func replace(eventsOf id: String, with events: [Event]) {
    var entry = agents[id] ?? AgentEntry()
    entry.events = events
    entry.isOwned = true
    entry.newest = [entry.newest, events.last?.id.ulid].compactMap(\.self).max()
    agents[id] = entry
  }

  /// Takes out what a file had outside sessions and has no longer.
  mutating func remove(outside old: OutsideRecords, besides new: OutsideRecords) {
    let kept = Dictionary(new.memories.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for memory in old.memories where kept[memory.id] != memory {
      if let held = all.find(memory.id), held.session == nil { remove(held) }
    }
    for review in old.reviews where !new.reviews.contains(review) {
      forget(review)
      if let agent = review.agent { agents[agent]?.reviews.removeAll { $0.id == review.id } }
    }
  }

  mutating func insert(outside new: OutsideRecords) {
    for memory in new.memories { insert(memory) }
    for review in new.reviews { insert(review) }
  }

  /// Which of these have lines with different bytes.
  mutating func note(contested found: Set<RecordID>, among memories: [Memory]) {
    if !contested.isEmpty { contested.subtract(memories.map(\.id)) }
    contested.formUnion(found)
  }

  /// Takes out what is erased, wherever it is held.
  mutating func erase(_ erasures: Erasures) {
    if erasures.isEmpty { return }
    for id in erasures.sessions.keys {
      guard let entry = session(id) else { continue }
      replace(
        session: id, events: entry.events.filter { !erasures.cover($0) },
        memories: entry.memories.filter { !erasures.cover($0) },
        reviews: entry.reviews.filter { !erasures.cover($0) })
    }
    guard !erasures.records.isEmpty else { return }
    var gone: [Memory] = []
    all.visit(since: nil, until: nil, descending: false) { memory in
      if erasures.cover(memory) { gone.append(memory) }
      return true
    }
    for memory in gone { remove(memory) }
    for review in reviews.values.joined() where erasures.cover(review) {
      forget(review)
      if let id = review.session {
        boxes[id]?.change { $0.reviews.removeAll { $0.id == review.id } }
      }
      if let agent = review.agent { agents[agent]?.reviews.removeAll { $0.id == review.id } }
    }
    let changed = boxes.filter { $0.value.value.events.contains(where: erasures.cover) }.map(\.key)
    for id in Set(gone.compactMap(\.session)).union(changed) {
      guard let entry = session(id) else { continue }
      refold(
        id, events: entry.events.filter { !erasures.cover($0) }, memories: entry.memories)
    }
    for (agent, entry) in agents where entry.events.contains(where: erasures.cover) {
      agents[agent]?.events.removeAll(where: erasures.cover)
    }
  }

  private mutating func forget(_ review: Review) {
    denials[review.id] = nil
    reviews[review.record]?.removeAll { $0.id == review.id }
    if reviews[review.record]?.isEmpty == true { reviews[review.record] = nil }
  }

  private func isEqual(_ held: Memory, _ memories: [Memory]) -> Bool {
    let place = memories.firstPlace { $0.id >= held.id }
    return place < memories.count && memories[place] == held
  }

  private mutating func remove(_ memory: Memory) {
    removals += 1
    all.remove(memory.id)
    agents[memory.agent]?.forget(memory)
    if let key = memory.dedupKey { keyed.remove(memory, under: ExactText(key)) }
    if let parent = memory.corrects { corrections.remove(memory, under: parent) }
    for key in Self.outsideKeys(memory) { outsideBy.remove(memory, under: key) }
    if let id = memory.session {
      boxes[id]?.change { $0.memories.removeAll { $0.id == memory.id } }
    }
  }

  /// What a search index lacks: the memories added since, or all of them where it has to be made anew.
  /// - Parameter removals: what the index was built with; nil where there is none.
  mutating func takeUnindexed(
    since removals: Int?
  ) -> (added: [Memory], all: (list: OrderedMemories, removals: Int)?) {
    defer { unindexed = [] }
    guard let unindexed, removals == self.removals else { return ([], (all, self.removals)) }
    return (unindexed, nil)
  }

  // MARK: Sharing

  private mutating func shared(_ memory: Memory) -> Memory {
    Memory(
      id: memory.id, time: memory.time, agent: shared(memory.agent), session: memory.session,
      kind: memory.kind, eventType: shared(memory.eventType), content: memory.content,
      reasoning: memory.reasoning, tags: shared(memory.tags), importance: memory.importance,
      metadata: memory.metadata, dedupKey: memory.dedupKey, parent: memory.parent)
  }

  private mutating func shared(_ text: String) -> String {
    let key = ExactText(text)
    if let held = texts[key] { return held }
    if texts.count < 100_000 { texts[key] = text }
    return text
  }

  private mutating func shared(_ list: [String]) -> [String] {
    if list.isEmpty { return [] }
    let key = list.map(ExactText.init)
    if let held = tags[key] { return held }
    let shared = list.map { self.shared($0) }
    if tags.count < 100_000 { tags[key] = shared }
    return shared
  }
}

extension [Memory] {
  fileprivate mutating func insertInOrder(_ memory: Memory) {
    guard let last, last.id > memory.id else { return append(memory) }
    insert(memory, at: firstPlace { $0.id > memory.id })
  }
}

extension Dictionary where Value == [Memory] {
  fileprivate mutating func remove(_ memory: Memory, under key: Key) {
    self[key]?.removeAll { $0.id == memory.id }
    if self[key]?.isEmpty == true { self[key] = nil }
  }
}

extension [SessionID] {
  fileprivate mutating func insertInOrder(_ id: SessionID) {
    guard let last, last >= id else { return append(id) }
    let place = firstPlace { $0 >= id }
    if self[place] != id { insert(id, at: place) }
  }

  fileprivate mutating func removeInOrder(_ id: SessionID) {
    let place = firstPlace { $0 >= id }
    if place < count, self[place] == id { remove(at: place) }
  }
}

/// What a file has that belongs to no session.
struct OutsideRecords: Sendable {
  var memories: [Memory] = []
  var reviews: [Review] = []

  var isEmpty: Bool { memories.isEmpty && reviews.isEmpty }
}
