// Memories: by id, by key, by filters, in order.

extension Catalog {
  /// A memory where it is held: in the overlay, or a row of a segment.
  enum Place: Sendable {
    case memory(Memory)
    case row(SegmentView, Int)

    /// Whether it belongs to no session.
    var isOutside: Bool {
      switch self {
      case .memory(let memory): memory.session == nil
      case .row(let view, let row): view.segment.recordSession[row] == Segment.noSession
      }
    }

    var id: RecordID {
      switch self {
      case .memory(let memory): memory.id
      case .row(let view, let row): view.segment.id(row)
      }
    }
  }

  /// In the order of the places.
  /// - Throws: `Stale`.
  func load(_ places: [Place]) throws -> [Memory] {
    var memories = [Memory?](repeating: nil, count: places.count)
    var rows: [ObjectIdentifier: (segment: Segment, list: [(place: Int, row: Int)])] = [:]
    for (i, place) in places.enumerated() {
      switch place {
      case .memory(let memory): memories[i] = memory
      case .row(let view, let row):
        rows[ObjectIdentifier(view.segment), default: (view.segment, [])].list.append((i, row))
      }
    }
    for (segment, list) in rows.values {
      for (item, memory) in zip(list, try self.memories(list.map(\.row), of: segment)) {
        memories[item.place] = memory
      }
    }
    return memories.compactMap(\.self)
  }

  func memory(_ id: RecordID) throws -> Memory? {
    try fresh {
      let place = look { $0.place(of: id) }
      guard let memory = try place.map({ try load([$0]) })?.first else { return nil }
      if case .memory? = place {
        let subject = Record.memory(memory).subject
        try verify(look { held in subject.flatMap { held.filesOf[$0] } ?? [] })
      }
      return memory
    }
  }

  /// Of the memory or decision with the greatest id; nil where there is none.
  func newestID() throws -> RecordID? {
    var filter = MemoryFilter()
    filter.standsOnly = false
    var newest: RecordID?
    try visit(filter, descending: true) { place in
      newest = place.id
      return false
    }
    return newest
  }

  /// Whether there are lines of different bytes with this id: the smallest are read as the record.
  func isContested(_ id: RecordID) throws -> Bool {
    look { held in
      if held.overlay.contested.contains(id) { return true }
      guard case .row(let view, let row)? = held.place(of: id) else { return false }
      return view.segment.recordKinds[row].isContested
    }
  }

  /// Those of these records that have no line in any other file of memories, as far as segments know: of what is in the
  /// overlay, none.
  func standing(_ ids: [RecordID], onlyIn paths: Set<String>) -> Set<RecordID> {
    struct Home: Hashable {
      let segment: ObjectIdentifier
      let session: UInt32
    }
    return look { held in
      var whole: [Home: Bool] = [:]
      return Set(
        ids.filter { id in
          guard case .row(let view, let row)? = held.place(of: id) else { return false }
          let segment = view.segment
          guard !segment.recordKinds[row].isScattered,
            paths.contains(segment.path(Int(segment.recordLine[row].file)))
          else { return false }
          let session = segment.recordSession[row]
          if session == Segment.noSession { return true }
          let home = Home(segment: ObjectIdentifier(segment), session: session)
          if let isWhole = whole[home] { return isWhole }
          // Lines that another one counts for are among those that are no rows.
          let isWhole = Set(segment.lines(ofSession: Int(session)).map(\.file)).allSatisfy { file in
            let path = segment.path(Int(file))
            return paths.contains(path) || !FileName.mayHoldMemories(path)
          }
          whole[home] = isWhole
          return isWhole
        })
    }
  }

  /// Every memory with this key, in id order. Nil for agent or session stands for any.
  func memories(dedupKey: String, agent: String?, session: SessionID?) throws -> [Memory] {
    try memories(withKeys: [dedupKey]).filter { memory in
      (agent == nil || memory.agent.isExactly(agent!))
        && (session == nil || memory.session == session)
    }
  }

  private func memories(withKeys keys: Set<String>) throws -> [Memory] {
    try fresh {
      let places = look { held in
        keys.flatMap { key in
          (held.overlay.keyed[ExactText(key)] ?? []).map { Place.memory($0) }
            + held.rows { $0.records(withKey: CatalogHash.of(key: key)) }
        }
      }
      return try load(places).filter { memory in memory.dedupKey.map(keys.contains) == true }
        .sorted { $0.id < $1.id }
    }
  }

  /// Of one record, in id order.
  /// - Throws: `Stale`.
  func corrections(of id: RecordID) throws -> [Memory] {
    let places = look { held in
      (held.overlay.corrections[id] ?? []).map { Place.memory($0) }
        + held.rows { $0.records(correcting: CatalogHash.of(id)) }
    }
    if places.isEmpty { return [] }
    return try load(places).filter { $0.corrects == id }.sorted { $0.id < $1.id }
  }

  /// Records outside any session that are about this customer, in id order.
  func memoriesOutsideSessions(about customer: CustomerIdentity) throws -> [Memory] {
    let members = customer.members
    return try fresh {
      let places = look { held in
        members.flatMap { member -> [Place] in
          let inMemory = Overlay.key(member).flatMap { held.overlay.outsideBy[$0] } ?? []
          guard let hash = CatalogHash.of(member) else { return inMemory.map { .memory($0) } }
          let rows = held.rows { $0.records(withOwn: hash) }.filter(\.isOutside)
          return inMemory.map { .memory($0) } + rows
        }
      }
      let found = Dictionary(try load(places).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
      return found.values.filter { $0.session == nil && customer.isMeant(by: $0) }
        .sorted { $0.id < $1.id }
    }
  }

  /// Records in or outside sessions whose own metadata meets every condition, in id order.
  func memories(withOwn conditions: [JSON.Member]) throws -> [Memory] {
    let hashes = conditions.compactMap { CatalogHash.of($0) }
    return try fresh {
      var places: [Place] = []
      if let hash = hashes.first {
        places = look { held in
          var places = held.rows { $0.records(withOwn: hash) }
          held.overlay.all.visit(since: nil, until: nil, descending: false) { memory in
            if memory.metadata != nil { places.append(.memory(memory)) }
            return true
          }
          return places
        }
      } else {
        try visit(MemoryFilter(), descending: false) {
          places.append($0)
          return true
        }
      }
      return try load(places).filter { MemoryFilter.matches(conditions, $0.metadataMembers) }
        .sorted { $0.id < $1.id }
    }
  }

  /// Records outside any session, in id order.
  func memoriesOutsideSessions() throws -> [Memory] {
    try fresh {
      var places: [Place] = []
      try visit(MemoryFilter(), descending: false) { place in
        if place.isOutside { places.append(place) }
        return true
      }
      return try load(places)
    }
  }

  // MARK: Lists

  /// Every memory that matches, in id order.
  func memories(_ filter: MemoryFilter) throws -> [Memory] {
    try page(filter, PageRequest(limit: .max, offset: 0, order: .ascending)).items
  }

  /// A piece of what matches.
  func page(_ filter: MemoryFilter, _ page: PageRequest) throws -> Page<Memory> {
    try fresh {
      let end = page.limit == .max ? .max : page.offset + page.limit + 1
      var found: [Memory] = []
      var places: [Place] = []
      var hasMore = false
      /// Text is compared in pieces: whoever wants few reads few.
      func take() throws {
        let memories = try load(places)
        places = []
        let matching = memories.filter(filter.matches)
        found += filter.standsOnly ? try standing(matching) : matching
        hasMore = found.count < end && filter.isWanted()
      }
      let batch = filter.contains == nil ? max(1, end) : 256
      try visit(filter, descending: page.order == .descending) { place in
        places.append(place)
        if places.count < batch { return true }
        try take()
        return hasMore
      }
      try take()
      let items = found.dropFirst(page.offset).prefix(page.limit)
      return Page(items: Array(items), hasMore: end != .max && found.count >= end)
    }
  }

  /// Calls with the place of every memory that the filter's columns let through, in id order, until it says false.
  /// - Parameter rows: which kinds of rows are meant, of those of all sessions.
  func visit(
    _ filter: MemoryFilter, descending: Bool, rows: ((RecordKinds) -> Bool)? = nil,
    _ body: (Place) throws -> Bool
  ) throws {
    if filter.session != nil || !filter.sessionMetadata.isEmpty {
      var places = try sessionPlaces(filter)
      if descending { places.reverse() }
      for place in places where try !body(place) { return }
      return
    }
    let (views, overlay) = look { held in
      (
        held.views,
        filter.agent.map { held.overlay.agents[$0]?.memories ?? OrderedMemories() }
          ?? held.overlay.all
      )
    }
    let every: (RecordKinds) -> Bool = { _ in true }
    var runs = views.map { RowRun($0, filter, rows ?? every, isDescending: descending) }
    func isBefore(_ a: RecordID, _ b: RecordID) -> Bool { descending ? a > b : a < b }
    /// Rows that come before an id, or all that are left.
    func drain(before id: RecordID?) throws -> Bool {
      while true {
        var best: (run: Int, id: RecordID)?
        for (i, run) in runs.enumerated() {
          guard let next = run.next, id.map({ isBefore(next, $0) }) ?? true else { continue }
          if best.map({ isBefore(next, $0.id) }) ?? true { best = (i, next) }
        }
        guard let best else { return true }
        if try !body(runs[best.run].take()) || !filter.isWanted() { return false }
      }
    }
    var failure: (any Error)?
    var goesOn = true
    overlay.visit(
      since: filter.since?.milliseconds, until: filter.until?.milliseconds, descending: descending
    ) { memory in
      guard filter.matchesFacts(memory) else { return true }
      do {
        goesOn = try drain(before: memory.id) && body(.memory(memory)) && filter.isWanted()
      } catch {
        failure = error
        goesOn = false
      }
      return goesOn
    }
    if let failure { throw failure }
    if goesOn { _ = try drain(before: nil) }
  }

  /// Of one session, or of those whose metadata match; in id order.
  private func sessionPlaces(_ filter: MemoryFilter) throws -> [Place] {
    var ids: [SessionID]
    if let session = filter.session {
      ids = [session]
      if !filter.sessionMetadata.isEmpty {
        let metadata = try standing(of: session)?.session.metadata
        ids = metadata.map { MemoryFilter.matches(filter.sessionMetadata, $0) } == true ? ids : []
      }
    } else {
      ids = try self.ids(where: filter.sessionMetadata)
    }
    let (places, files) = look { held in
      var files: Set<String> = []
      let places = ids.flatMap { id -> [Place] in
        if let entry = held.overlay.session(id) {
          files.formUnion(held.filesOf[.session(id)] ?? [])
          return entry.memories.filter(filter.matchesFacts).map { .memory($0) }
        }
        for view in held.views.reversed() {
          guard let session = view.session(id) else { continue }
          let match = RowMatch(view, filter)
          return view.segment.records(ofSession: session)
            .filter { match?.matches(Int($0)) == true }.map { .row(view, Int($0)) }
        }
        return []
      }
      return (places, files)
    }
    try verify(files)
    return ids.count == 1 ? places : places.sorted { $0.id < $1.id }
  }
}

extension Catalog.Held {
  func place(of id: RecordID) -> Catalog.Place? {
    if let memory = overlay.all.find(id) { return .memory(memory) }
    for view in views.reversed() {
      if let row = view.record(id) { return .row(view, row) }
    }
    return nil
  }

  /// Rows that count, out of postings.
  func rows(_ find: (Segment) -> UnsafeBufferPointer<UInt32>) -> [Catalog.Place] {
    views.flatMap { view in
      find(view.segment).filter { view.isLive(Int($0)) }.map { Catalog.Place.row(view, Int($0)) }
    }
  }
}

extension MemoryFilter {
  /// All but what only the text tells.
  func matchesFacts(_ memory: Memory) -> Bool {
    var facts = self
    facts.contains = nil
    return facts.matches(memory)
  }
}
