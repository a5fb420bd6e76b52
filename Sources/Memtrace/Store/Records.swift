// What is recorded, as verbs read it, from wherever it is held.

/// One repository's sessions, agents and memories at one moment.
public protocol Records: AnyObject {
  /// A session with all of its records; nil where it is unknown.
  func session(_ id: SessionID) throws -> SessionRecords?

  /// Every session, in id order.
  func sessions() throws -> [Session]

  func agent(_ id: String) throws -> Agent?

  /// Every agent, by id.
  func agents() throws -> [Agent]

  /// Whether an agent is known, without what it did.
  func isKnown(agent: String) throws -> Bool

  /// Every memory that matches, in id order.
  func memories(_ filter: MemoryFilter) throws -> [Memory]

  /// A piece of what matches.
  func page(_ filter: MemoryFilter, _ page: PageRequest) throws -> Page<Memory>

  /// The memories that answer a query best, best first.
  func ranked(_ query: RankedQuery) throws -> [RankedMemory]

  /// Sessions whose metadata meets every condition, with their records, in id order.
  func sessions(matching conditions: [JSON.Member]) throws -> [SessionRecords]

  /// Sessions that share a value of one of these keys with `metadata`, in id order.
  func sessions(sharing keys: [String], with metadata: [JSON.Member]) throws -> [Session]

  /// The newest id outside any session of this agent whose time is before `limit`; nil where there is none.
  func newest(ofAgent id: String, before limit: Timestamp) throws -> ULID?

  /// A session with its greatest id, without its records; nil where it is unknown.
  func standing(of id: SessionID) throws -> (session: Session, newest: ULID)?

  /// Every session whose metadata meets all conditions, in id order.
  func sessions(where conditions: [JSON.Member]) throws -> [Session]

  func memory(_ id: RecordID) throws -> Memory?

  /// Whether there are lines of different bytes with this id: the smallest are read as the record.
  func isContested(_ id: RecordID) throws -> Bool

  /// Every memory with this key, in id order. Nil for agent or session stands for any.
  func memories(dedupKey: String, agent: String?, session: SessionID?) throws -> [Memory]

  /// Records that have a say in whether these stand (`Standing.kin`), and these, in id order.
  func kin(of memories: [Memory]) throws -> [Memory]

  /// What reviews come to, of those of these records that have some. `kin` are asked for together with what they are
  /// kin of.
  func outcomes(of memories: [Memory]) throws -> [RecordID: ReviewOutcome]

  /// Every review, in id order.
  func reviews() throws -> [Review]

  /// Records outside any session that are about this customer, in id order.
  func memoriesOutsideSessions(about customer: CustomerIdentity) throws -> [Memory]
}

/// Where nothing better is at hand, out of what every conformer has.
extension Records {
  public func page(_ filter: MemoryFilter, _ page: PageRequest) throws -> Page<Memory> {
    Page(
      of: try memories(filter), order: page.order, limit: page.limit, offset: page.offset)
  }

  public func standing(of id: SessionID) throws -> (session: Session, newest: ULID)? {
    try session(id).map { ($0.session, $0.newest) }
  }

  public func sessions(where conditions: [JSON.Member]) throws -> [Session] {
    try sessions().filter { MemoryFilter.matches(conditions, $0.metadata) }
  }

  public func memory(_ id: RecordID) throws -> Memory? {
    try memories(MemoryFilter()).first { $0.id == id }
  }

  public func memories(dedupKey: String, agent: String?, session: SessionID?) throws -> [Memory] {
    var filter = MemoryFilter()
    filter.agent = agent
    filter.session = session
    return try memories(filter).filter { $0.dedupKey.isExactly(dedupKey) }
  }
}

extension Records {
  /// Whether each of these stands.
  public func standing(of memories: [Memory]) throws -> Standing {
    let kin = try kin(of: memories)
    return Standing(kin, try outcomes(of: kin))
  }

  public func ranked(_ query: RankedQuery) throws -> [RankedMemory] {
    let conditions = query.filter.sessionMetadata
    let sessions =
      conditions.isEmpty
      ? nil : try sessions().filter { MemoryFilter.matches(conditions, $0.metadata) }.map(\.id)
    // Even a narrow filter ranks by the rarity of words in the whole repository.
    let all = try memories(MemoryFilter())
    return SearchableMemories(all).search(
      query, sessions: sessions, standing: Standing(all, try outcomes(of: all)))
  }

  public func sessions(sharing keys: [String], with metadata: [JSON.Member]) throws -> [Session] {
    let wanted = metadata.filter { keys.contains($0.key) && $0.value.scalarText?.isEmpty == false }
    guard !wanted.isEmpty else { return [] }
    return try sessions().filter { session in
      wanted.contains { MemoryFilter.matches([$0], session.metadata) }
    }
  }
}
