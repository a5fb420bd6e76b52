// What a filtered export is of: records that match, and what is needed to read them: their sessions and agents.

struct ExportChoice {
  /// In id order, with all of their records.
  private let sessions: [SessionRecords]
  private let memories: [Memory]
  private let reviews: [Review]
  private let standing: Standing
  private let agents: Set<String>
  private let names: AgentNames
  private let keys: [String]
  private let organisation: String
  private let ids: Set<RecordID>
  private let places: Set<SessionID>

  init(_ filter: MemoryFilter, in call: Call) throws {
    let (store, records) = (try call.store(), try call.records())
    keys = store.configuration.identityKeys
    organisation = store.configuration.organisation
    var memories = try records.memories(filter)
    var places = Set(memories.compactMap(\.session))
    if !filter.sessionMetadata.isEmpty {
      let matching = try records.sessions(matching: filter.sessionMetadata)
      // Whoever asks for a customer asks for all of them, what was recorded outside their sessions too.
      let identity = CustomerIdentity(
        keys, matching.map(\.session.metadata) + [filter.sessionMetadata])
      memories += try records.memoriesOutsideSessions(about: identity).filter(filter.matches)
      if filter.isOnlyOfSessions { places.formUnion(matching.map(\.session.id)) }
    }
    if let session = filter.session { places.insert(session) }
    if filter.isEmpty { places.formUnion(try records.sessions().map(\.id)) }
    self.memories = memories.sorted { $0.id < $1.id }
    self.places = places
    sessions = try places.compactMap { try records.session($0) }
      .sorted { $0.session.id < $1.session.id }
    let ids = Set(memories.map(\.id))
    self.ids = ids
    standing = try records.standing(of: memories)
    reviews = try records.reviews().filter { ids.contains($0.record) }
    agents = Set(memories.map(\.agent) + sessions.flatMap { $0.events.compactMap(\.agent) })
    names = try records.names(of: agents.union(sessions.map(\.session.agent)))
  }

  var isEmpty: Bool { memories.isEmpty && sessions.isEmpty }

  /// Whether a line belongs into it.
  func holds(_ record: Record) -> Bool {
    switch record {
    case .memory(let memory): ids.contains(memory.id)
    case .review(let review): ids.contains(review.record)
    case .event(let event):
      switch event.subject {
      case .session(let id): places.contains(id)
      case .agent(let id): agents.contains(id)
      }
    case .unknown, .invalid: false
    }
  }

  /// For a spreadsheet.
  var table: String {
    MemoryTable.text(
      memories, standing,
      customers: Dictionary(
        sessions.map { ($0.session.id, $0.session.metadata.customer(keys) ?? "") }
      ) { first, _ in first })
  }

  /// For a person.
  func document(now: Timestamp) -> String {
    MemoryDocument(
      organisation: organisation, now: now, sessions: sessions, memories: memories,
      reviews: reviews, standing: standing, names: names, keys: keys
    ).text
  }
}
