// All records of a repository at once, grouped and folded on demand.

/// Believes each line's own session and agent over the path it was found at: Git's rename detection can move
/// lines between similar files in a clean merge.
struct Everything {
  /// In id order.
  let events: [Event]
  /// In id order.
  let memories: [Memory]
  /// In id order.
  let reviews: [Review]
  /// The fingerprints of those that were approved.
  let lines: [RecordID: String]
  /// What reviews come to, of the records that they are about.
  let outcomes: [RecordID: ReviewOutcome]
  /// Memories of whose id there are lines with different bytes.
  let contested: Set<RecordID>

  init(_ gathering: Gathering) {
    events = gathering.events()
    memories = gathering.memories()
    reviews = gathering.reviews()
    lines = gathering.approvable()
    outcomes = gathering.outcomes()
    contested = gathering.contested()
  }

  /// In id order.
  func sessions() -> [SessionRecords] {
    var eventsOf: [SessionID: [Event]] = [:]
    var memoriesOf: [SessionID: [Memory]] = [:]
    for event in events {
      if case .session(let id) = event.subject { eventsOf[id, default: []].append(event) }
    }
    for memory in memories {
      if let id = memory.session { memoriesOf[id, default: []].append(memory) }
    }
    let reviewsOf = Dictionary(grouping: reviews.lazy.filter { $0.session != nil }, by: \.session)
    return Set(eventsOf.keys).union(memoriesOf.keys).sorted().compactMap { id in
      SessionFold.fold(
        id, events: eventsOf[id] ?? [], memories: memoriesOf[id] ?? [],
        reviews: reviewsOf[id] ?? [])
    }
  }

  /// Nil where nothing is known of it.
  func session(_ id: SessionID) -> SessionRecords? {
    SessionFold.fold(
      id, events: events.filter { $0.subject == .session(id) },
      memories: memories.filter { $0.session == id }, reviews: reviews.filter { $0.session == id })
  }

  /// By id.
  func agents() -> [Agent] {
    var eventsOf: [String: [Event]] = [:]
    var lastActive: [String: Timestamp] = [:]
    for event in events {
      switch event.subject {
      case .agent(let id): eventsOf[id, default: []].append(event)
      case .session:
        if let agent = event.agent {
          lastActive[agent] = max(lastActive[agent] ?? event.time, event.time)
        }
      }
    }
    for memory in memories {
      lastActive[memory.agent] = max(lastActive[memory.agent] ?? memory.time, memory.time)
    }
    return eventsOf.keys.sorted().compactMap { id in
      AgentFold.fold(id, events: eventsOf[id] ?? [], lastActive: lastActive[id])
    }
  }
}
