// What was rejected or retracted about somebody, and whatever says it again.

extension Catalog {
  /// About whom a record is, as its session or its own metadata says.
  func scope(of memory: Memory) throws -> RecordScope {
    let metadata =
      try memory.session.map { try standing(of: $0)?.session.metadata ?? [] }
      ?? memory.metadataMembers
    return RecordScope(memory, metadata, keys: identityKeys)
  }

  /// Those of these records that say what was rejected or retracted about the same customer, or in the same session.
  func saidAgain(among memories: [Memory]) throws -> [RecordID: Denial] {
    let denials = try denials(about: memories)
    if denials.isEmpty { return [:] }
    var found: [RecordID: Denial] = [:]
    for memory in memories {
      found[memory.id] = try denials.denial(of: memory) { try scope(of: memory) }
    }
    return found
  }

  /// Everything that waits because it says what was rejected or retracted, in id order.
  func saidAgain() throws -> [Memory] {
    let (count, _) = look { $0.denialCounts }
    if count == 0 { return [] }
    return try fresh {
      let denied = try denied(by: try denying(in: nil))
      var memories: [RecordID: Memory] = [:]
      var sessions: Set<SessionID> = []
      for memory in denied {
        let scope = try scope(of: memory)
        sessions.formUnion(try self.sessions(of: scope))
        for other in try outside(scope) { memories[other.id] = other }
      }
      for id in sessions {
        for memory in try session(id)?.memories ?? [] { memories[memory.id] = memory }
      }
      let all = memories.values.sorted { $0.id < $1.id }
      let states = try standing(of: all)
      return all.filter { if case .saidAgain = states[$0.id] { true } else { false } }
    }
  }

  /// What says the same about the same customer, besides this.
  func saying(theSameAs memory: Memory) throws -> [RecordID] {
    guard let form = SaidForm(memory.content) else { return [] }
    return try fresh {
      let scope = try scope(of: memory)
      var memories = try outside(scope)
      for id in try sessions(of: scope) { memories += try session(id)?.memories ?? [] }
      return try memories.filter { other in
        try other.id != memory.id && SaidForm(other.content)?.says(form) == true
          && self.scope(of: other).isTogether(with: scope)
      }.map(\.id).sorted()
    }
  }

  /// Of these places, those where something was rejected or retracted that a record there might say again.
  func placesNearDenials(_ places: [Place]) throws -> Set<RecordID> {
    let (count, outside) = look { $0.denialCounts }
    if count == 0 { return [] }
    var known: [SessionID: Bool] = [:]
    var near: Set<RecordID> = []
    for place in places {
      let session: SessionID? =
        switch place {
        case .memory(let memory): memory.session
        case .row(let view, let row):
          view.segment.recordSession[row] == Segment.noSession
            ? nil : view.segment.sessionID(Int(view.segment.recordSession[row]))
        }
      guard outside == 0, let session else {
        near.insert(place.id)
        continue
      }
      if known[session] == nil {
        let metadata = try standing(of: session)?.session.metadata ?? []
        let related = try sessions(session, metadata)
        known[session] = look { held in related.contains { held.hasDenials(in: $0) } }
      }
      if known[session] == true { near.insert(place.id) }
    }
    return near
  }

  /// Sessions of the customers about whom something was rejected or retracted.
  /// - Throws: `Stale`.
  func sessionsNearDenials() throws -> Set<SessionID> {
    let (count, _) = look { $0.denialCounts }
    if count == 0 { return [] }
    return try denied(by: denying(in: nil)).reduce(into: []) { sessions, memory in
      sessions.formUnion(try self.sessions(of: scope(of: memory)))
    }
  }

  // MARK: Finding them

  /// All that was rejected or retracted and that one of these might say again.
  private func denials(about memories: [Memory]) throws -> Denials {
    let (count, _) = look { $0.denialCounts }
    if count == 0 { return Denials() }
    return try fresh {
      var sessions: Set<SessionID>?
      let own = Set(memories.compactMap(\.session))
      // Whichever is less: the customers of these, or all that was ever denied.
      if own.count + memories.count(where: { $0.session == nil }) < count {
        var related: Set<SessionID> = []
        for id in own {
          related.formUnion(
            try self.sessions(id, try standing(of: id)?.session.metadata ?? []))
        }
        for memory in memories where memory.session == nil {
          related.formUnion(try self.sessions(of: try scope(of: memory)))
        }
        sessions = related
      }
      let denied = try denied(by: try denying(in: sessions))
      let outcomes = try ownOutcomes(of: denied)
      var denials = Denials()
      for memory in denied {
        if let outcome = outcomes[memory.id] {
          denials.add(memory, outcome, try scope(of: memory))
        }
      }
      return denials
    }
  }

  /// - Throws: `Stale`.
  private func denied(by reviews: [Review]) throws -> [Memory] {
    let ids = Set(reviews.map(\.record)).sorted()
    return try load(look { held in ids.compactMap { held.place(of: $0) } })
  }

  /// Reviews that reject or retract, in these sessions and outside any; all where no session is named.
  /// - Throws: `Stale`.
  private func denying(in sessions: Set<SessionID>?) throws -> [Review] {
    let (inMemory, found) = look { held in
      (
        held.overlay.denials.values.filter { review in
          sessions == nil || held.overlay.session(of: review).map { sessions!.contains($0) } ?? true
        },
        held.views.map { view in (view.segment, view.denials(in: sessions)) }
      )
    }
    return inMemory + (try found.flatMap { try reviews($1, of: $0) })
  }

  /// The sessions that a record of this scope may be about.
  private func sessions(of scope: RecordScope) throws -> Set<SessionID> {
    var found = Set([scope.session].compactMap(\.self))
    for (key, text) in scope.identity {
      found.formUnion(try ids(where: [JSON.Member(key, .string(text))]))
    }
    return found
  }

  private func sessions(_ id: SessionID, _ metadata: [JSON.Member]) throws -> Set<SessionID> {
    var found: Set = [id]
    for member in metadata where identityKeys.contains(where: member.isNamed) {
      guard let text = member.value.scalarText, !text.isEmpty else { continue }
      found.formUnion(try ids(where: [JSON.Member(member.key, .string(text))]))
    }
    return found
  }

  /// Records outside any session that may be of this scope.
  private func outside(_ scope: RecordScope) throws -> [Memory] {
    if let agent = scope.agent {
      var filter = MemoryFilter()
      filter.agent = agent.text
      filter.standsOnly = false
      var places: [Place] = []
      try visit(filter, descending: false) { place in
        if place.isOutside { places.append(place) }
        return true
      }
      return try load(places)
    }
    let members = scope.identity.map { JSON.Member($0.key, .string($0.text)) }
    return try memoriesOutsideSessions(about: CustomerIdentity(identityKeys, [members]))
  }
}

extension Catalog.Held {
  /// Reviews that reject or retract, and how many of them stand beside nothing in a session.
  var denialCounts: (all: Int, outside: Int) {
    var (all, outside) = (overlay.denials.count, 0)
    for review in overlay.denials.values where overlay.session(of: review) == nil { outside += 1 }
    for view in views where view.segment.denialCount > 0 {
      all += view.segment.denialCount
      outside += view.segment.denials(in: Segment.noSession).count
    }
    return (all, outside)
  }

  func hasDenials(in id: SessionID) -> Bool {
    overlay.denials.values.contains { overlay.session(of: $0) == id }
      || views.contains { view in
        view.lines(of: id).map { !view.segment.denials(in: UInt32($0)).isEmpty } ?? false
      }
  }
}

extension Overlay {
  /// In which both stand, the review and what it judges; nil where that is elsewhere.
  fileprivate func session(of review: Review) -> SessionID? {
    review.session.flatMap { all.find(review.record)?.session == $0 ? $0 : nil }
  }
}

extension SegmentView {
  /// Where the reviews stand that reject or retract, of these sessions and outside any; of all where none is named.
  func denials(in sessions: Set<SessionID>?) -> [LinePlace] {
    if segment.denialCount == 0 { return [] }
    var places: [UInt32] = []
    if let sessions {
      for id in sessions {
        if let session = lines(of: id) { places += segment.denials(in: UInt32(session)) }
      }
      places += segment.denials(in: Segment.noSession)
    } else {
      places = Array(segment.allDenials)
    }
    return places.filter { isLive(review: Int($0)) }.map { segment.reviewLine[Int($0)] }
  }
}
