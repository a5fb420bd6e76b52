// The state of a session: its events in id order, the last writer of a key wins.

enum SessionFold {
  /// - Parameters:
  ///   - events: of this session, in any order; one id counts once.
  ///   - memories: in id order.
  ///   - reviews: of its records: they move its clock, and nothing else of it.
  /// - Returns: nil where there is neither an event nor a memory.
  static func fold(
    _ id: SessionID, events: [Event], memories: [Memory], reviews: [Review] = []
  ) -> SessionRecords? {
    let events = ordered(events)
    let facts = MemoryFacts(memories)
    let reviewed = reviews.lazy.map(\.id.ulid).max()
    return fold(id, events, facts, reviewed: reviewed).map { session, newest in
      SessionRecords(session: session, memories: memories, events: events, newest: newest)
    }
  }

  /// What memories add to the state of their session.
  struct MemoryFacts {
    /// The oldest one.
    var first: (id: RecordID, time: Timestamp, agent: String)
    var latest: Timestamp
    var newest: ULID

    init(_ memory: Memory) {
      first = (memory.id, memory.time, memory.agent)
      latest = memory.time
      newest = memory.id.ulid
    }

    init?(_ memories: [Memory]) {
      guard let oldest = memories.first else { return nil }
      self.init(oldest)
      for memory in memories { note(memory) }
    }

    mutating func note(_ memory: Memory) {
      if memory.id < first.id { first = (memory.id, memory.time, memory.agent) }
      latest = max(latest, memory.time)
      newest = max(newest, memory.id.ulid)
    }
  }

  /// - Parameters:
  ///   - events: in id order, one id once.
  ///   - reviewed: the greatest id of a review.
  static func fold(
    _ id: SessionID, _ events: [Event], _ memories: MemoryFacts?, reviewed: ULID? = nil
  ) -> (session: Session, newest: ULID)? {
    guard let first = first(events, memories),
      let newest = [events.last?.id.ulid, memories?.newest, reviewed].compactMap(\.self).max()
    else { return nil }
    var metadata: [JSON.Member] = []
    var agent: String?
    var source: String?
    var isOpened = false
    var createdAt: Timestamp?
    var closedAt: Timestamp?
    for event in events {
      switch event.change {
      case .opened(let members, let text):
        // Only the first one opens; a second one, imported elsewhere, adds its metadata.
        if !isOpened {
          isOpened = true
          agent = event.agent
          createdAt = event.time
          source = text
        }
        merge(members, into: &metadata)
      case .metadata(let members): merge(members, into: &metadata)
      case .closed: closedAt = closedAt ?? event.time
      case .reopened: closedAt = nil
      case .firstUsed, .registered, .removed, .unknown: break
      }
    }
    let times = [events.map(\.time).max(), memories?.latest].compactMap(\.self)
    let session = Session(
      id: id, agent: agent ?? first.agent,
      status: closedAt == nil ? .active : .closed, metadata: metadata,
      createdAt: createdAt ?? first.time,
      updatedAt: times.max() ?? Timestamp(milliseconds: newest.milliseconds), closedAt: closedAt,
      source: source)
    return (session, newest)
  }

  /// Merges by key: null removes, anything else replaces in place or is appended.
  static func merge(_ members: [JSON.Member], into metadata: inout [JSON.Member]) {
    // Keys are distinct, so that the first event's own array will do.
    if metadata.isEmpty, !members.contains(where: { $0.value == .null }) {
      metadata = members
      return
    }
    for member in members {
      let place = metadata.firstIndex { $0.isNamed(member.key) }
      switch (member.value, place) {
      case (.null, let place?): metadata.remove(at: place)
      case (.null, nil): break
      case (_, let place?): metadata[place].value = member.value
      case (_, nil): metadata.append(member)
      }
    }
  }

  /// In id order, one id once.
  static func ordered(_ events: [Event]) -> [Event] {
    var sorted = events.sorted { $0.id < $1.id }
    var last: RecordID?
    sorted.removeAll { event in
      defer { last = event.id }
      return event.id == last
    }
    return sorted
  }

  /// What opens a session whose `opened` is not there yet: the time of its first record, and the first agent that one
  /// names.
  private static func first(_ events: [Event], _ memories: MemoryFacts?) -> (
    time: Timestamp, agent: String
  )? {
    let event = events.first.map { ($0.id, $0.time) }
    let memory = memories.map { ($0.first.id, $0.first.time) }
    guard let first = [event, memory].compactMap(\.self).min(by: { $0.0 < $1.0 }) else {
      return nil
    }
    let named = [
      events.first { $0.agent != nil }.map { ($0.id, $0.agent ?? "") },
      memories.map { ($0.first.id, $0.first.agent) },
    ]
    return (first.1, named.compactMap(\.self).min { $0.0 < $1.0 }?.1 ?? "")
  }
}
