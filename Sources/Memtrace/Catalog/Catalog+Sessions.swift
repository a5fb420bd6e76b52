// Sessions: by id, by what their metadata says, in order.

/// Which sessions a list asks for; every condition that is set must hold.
public struct SessionFilter: Sendable {
  var agent: String?
  var status: Session.Status?
  var metadata: [JSON.Member] = []
  /// Bounds on `createdAt`, the first inclusive, the second not.
  var since: Timestamp?
  var until: Timestamp?

  func matches(_ session: Session) -> Bool {
    if let agent, !session.agent.isExactly(agent) { return false }
    if let status, session.status != status { return false }
    if let since, session.createdAt < since { return false }
    if let until, session.createdAt >= until { return false }
    return MemoryFilter.matches(metadata, session.metadata)
  }
}

extension Catalog {
  /// A session with all of its records; nil where it is unknown.
  func session(_ id: SessionID) throws -> SessionRecords? {
    try found(id) { try current(id) }
  }

  /// A session of which each file is as it is known here, without its records; nil where it is unknown.
  func folded(_ id: SessionID) throws -> Session? {
    try found(id) { try verified(id) }
  }

  /// Looks into the session's folder where nothing is known of it.
  private func found<Result>(_ id: SessionID, _ body: () throws -> Result?) throws -> Result? {
    if let found = try fresh(body) { return found }
    return try discover(Layout.folder(of: id)) ? try fresh(body) : nil
  }

  /// Where a session is held.
  private enum Home: Sendable {
    case overlay(Overlay.SessionEntry, files: Set<String>)
    case segment(SegmentView, Int)
  }

  private func home(of id: SessionID) -> Home? {
    look { held in
      if let entry = held.overlay.session(id) {
        return .overlay(entry, files: held.filesOf[.session(id)] ?? [])
      }
      for view in held.views.reversed() {
        if let session = view.session(id) { return .segment(view, session) }
      }
      return nil
    }
  }

  private func current(_ id: SessionID) throws -> SessionRecords? {
    switch home(of: id) {
    case nil: return nil
    case .overlay(let entry, let files)?:
      try verify(files)
      return entry.records
    case .segment(let view, let session)?: return try read(session, of: view.segment)
    }
  }

  private func verified(_ id: SessionID) throws -> Session? {
    switch home(of: id) {
    case nil: return nil
    case .overlay(let entry, let files)?:
      try verify(files)
      return entry.session
    case .segment(let view, let session)?:
      let segment = view.segment
      var files: Set<UInt32> = []
      for row in segment.records(ofSession: session) {
        files.insert(segment.recordLine[Int(row)].file)
      }
      for line in segment.lines(ofSession: session) { files.insert(line.file) }
      try verify(Set(files.map { segment.path(Int($0)) }).subtracting([Segment.waitingPath]))
      return segment.folded(session)
    }
  }

  private func read(_ session: Int, of segment: Segment) throws -> SessionRecords {
    let rows = segment.records(ofSession: session).map { Int($0) }
    let lines = Array(segment.lines(ofSession: session))
    let records = try read(rows.map { segment.recordLine[$0] } + lines, of: segment)
    var memories: [Memory] = []
    var events: [Event] = []
    memories.reserveCapacity(rows.count)
    for (place, record) in records.enumerated() {
      switch record {
      // Behind the rows stand lines that count for nothing beside another one with their id.
      case .memory(let memory): if place < rows.count { memories.append(memory) }
      case .event(let event): events.append(event)
      case .review, .unknown, .invalid: break
      }
    }
    return SessionRecords(
      session: segment.folded(session), memories: memories, events: events,
      newest: segment.sessionNewest[session])
  }

  /// A session with its greatest id, without its records; nil where it is unknown.
  func standing(of id: SessionID) throws -> (session: Session, newest: ULID)? {
    if let known = known(id) { return known }
    return try discover(Layout.folder(of: id)) ? known(id) : nil
  }

  private func known(_ id: SessionID) -> (session: Session, newest: ULID)? {
    switch home(of: id) {
    case nil: nil
    case .overlay(let entry, _)?: (entry.session, entry.newest)
    case .segment(let view, let session)?:
      (view.segment.folded(session), view.segment.sessionNewest[session])
    }
  }

  /// Sessions whose metadata meets every condition, with their records, in id order.
  func sessions(matching conditions: [JSON.Member]) throws -> [SessionRecords] {
    try fresh { try ids(where: conditions).compactMap { try current($0) } }
  }

  /// Every session whose metadata meets all conditions, in id order.
  func sessions(where conditions: [JSON.Member]) throws -> [Session] {
    try ids(where: conditions).compactMap { known($0)?.session }
  }

  /// Every session, in id order.
  func sessions() throws -> [Session] {
    try sessions(SessionFilter(), PageRequest(limit: .max, offset: 0, order: .ascending)).items
  }

  /// Sessions that share a value of one of these keys with `metadata`, in id order.
  func sessions(sharing keys: [String], with metadata: [JSON.Member]) throws -> [Session] {
    let customer = CustomerIdentity(keys, [metadata])
    let found = Set(try customer.members.flatMap { try ids(where: [$0]) })
    return found.sorted().compactMap { known($0)?.session }
      .filter { customer.sharesAny(with: $0.metadata) }
  }

  /// In id order, each once.
  func ids(where conditions: [JSON.Member]) throws -> [SessionID] {
    guard !conditions.isEmpty else {
      return look { held in
        let ids = held.views.flatMap { view in
          (0..<view.segment.sessionCount).filter { view.isThere($0) }
            .map { view.segment.sessionID($0) }
        }
        return (ids + held.overlay.sessionOrder).sorted()
      }
    }
    let keys = conditions.compactMap { CatalogHash.of($0) }
    let overlayKeys = conditions.compactMap(Overlay.key)
    return look { held in
      var ids: [SessionID] = []
      for view in held.views {
        let segment = view.segment
        // By the rarest condition; an object as a condition is compared with every session.
        let lists = keys.map { segment.sessions($0) }
        let rarest = lists.min { $0.count < $1.count }
        let candidates = rarest.map { $0.map { Int($0) } } ?? Array(0..<segment.sessionCount)
        for session in candidates
        where view.isThere(session)
          && MemoryFilter.matches(conditions, segment.metadata(ofSession: session))
        {
          ids.append(segment.sessionID(session))
        }
      }
      let lists = overlayKeys.map { held.overlay.sessionsBy[$0] ?? [] }
      let overlay = lists.min { $0.count < $1.count } ?? held.overlay.sessionOrder
      ids += overlay.filter { id in
        held.overlay.session(id).map { MemoryFilter.matches(conditions, $0.base.metadata) } == true
      }
      return Set(ids).sorted()
    }
  }

  /// A piece of what matches.
  func sessions(_ filter: SessionFilter, _ page: PageRequest) throws -> Page<Session> {
    if !filter.metadata.isEmpty {
      let found = try sessions(where: filter.metadata).filter(filter.matches)
      return Page(of: found, order: page.order, limit: page.limit, offset: page.offset)
    }
    let (views, overlay) = look { held in
      (held.views, held.overlay.sessionOrder.compactMap { held.overlay.session($0)?.session })
    }
    var sources = views.map {
      SessionRun(view: $0, filter, isDescending: page.order == .descending)
    }
    var inMemory = overlay.filter(filter.matches)
    if page.order == .ascending { inMemory.reverse() }
    var found: [Session] = []
    var skipped = 0
    while found.count <= page.limit {
      // The next in order: each source says its own.
      var best: (source: Int?, id: SessionID)? = inMemory.last.map { (nil, $0.id) }
      for (i, source) in sources.enumerated() {
        guard let id = source.next else { continue }
        if best.map({ page.order == .descending ? id > $0.id : id < $0.id }) ?? true {
          best = (i, id)
        }
      }
      guard let best else { break }
      let session: Session
      if let source = best.source {
        session = sources[source].take()
      } else {
        session = inMemory.removeLast()
      }
      if skipped < page.offset { skipped += 1 } else { found.append(session) }
    }
    return Page(items: Array(found.prefix(page.limit)), hasMore: found.count > page.limit)
  }

  /// The sessions of one segment that match, one after another.
  private struct SessionRun {
    private let view: SegmentView
    private let filter: SessionFilter
    private let agent: Int?
    private let isDescending: Bool
    private var at: Int
    private(set) var next: SessionID?

    init(view: SegmentView, _ filter: SessionFilter, isDescending: Bool) {
      self.view = view
      self.filter = filter
      self.isDescending = isDescending
      agent = filter.agent.flatMap { view.segment.agent($0) }
      at = isDescending ? view.segment.sessionCount - 1 : 0
      if filter.agent != nil, agent == nil { at = -1 }
      find()
    }

    private mutating func find() {
      let segment = view.segment
      while at >= 0, at < segment.sessionCount {
        if view.isThere(at), matches(segment) {
          next = segment.sessionID(at)
          return
        }
        at += isDescending ? -1 : 1
      }
      next = nil
    }

    private func matches(_ segment: Segment) -> Bool {
      if let agent, Int(segment.sessionAgent[at]) != agent { return false }
      if let status = filter.status, (segment.sessionStatus[at] == 0) != (status == .active) {
        return false
      }
      let created = segment.sessionTimes[at].first
      if let since = filter.since, created < since.milliseconds { return false }
      if let until = filter.until, created >= until.milliseconds { return false }
      return true
    }

    mutating func take() -> Session {
      let session = view.segment.folded(at)
      at += isDescending ? -1 : 1
      find()
      return session
    }
  }
}
