// What waits over all customers: one is judged when the first of their records that may be open is met.

extension Catalog {
  /// Oldest first.
  /// - Parameter before: exclusive; by the time of the id.
  func openItems(
    _ report: OpenReport, before: Timestamp?, limit: Int, where isWanted: (OpenItem) -> Bool
  ) throws -> [OpenItem] {
    var filter = MemoryFilter()
    filter.until = before
    return try fresh {
      let reopened = report.words.isBuiltIn ? try reopened() : nil
      var judged: Set<Whose> = []
      var ahead: [RecordID: [OpenItem]] = [:]
      var items: [OpenItem] = []
      func take(_ item: OpenItem) {
        if isWanted(item) { items.append(item) }
      }
      try visit(
        filter, descending: false,
        rows: { reopened?.mayCount($0) ?? true }
      ) { place in
        guard try mayBeOpen(place, report.words, reopened) else { return true }
        if let whose = try whose(place, report), judged.insert(whose).inserted {
          for item in try self.items(of: whose, report) {
            // What it waits since may have been passed by, or be no row that is looked at.
            if item.origin.id < place.id {
              take(item)
            } else {
              ahead[item.origin.id, default: []].append(item)
            }
          }
        }
        ahead.removeValue(forKey: place.id)?.forEach(take)
        return items.count < limit
      }
      if items.count < limit {
        for item in ahead.values.joined() where before.map({ item.isOlder(than: $0) }) ?? true {
          take(item)
        }
      }
      return items.sorted(by: OpenItem.isOlder)
    }
  }

  private enum Whose: Hashable {
    case customer(CustomerKey)
    /// Of nobody.
    case session(SessionID)
  }

  /// Whether it is open unless something else says that it is not, as far as is known without its text.
  /// - Parameter reopened: nil where a repository has its own words, of which the columns know nothing.
  private func mayBeOpen(_ place: Place, _ words: ContextWords, _ reopened: Reopened?) throws
    -> Bool
  {
    guard case .row(let view, let row) = place, let reopened else {
      guard case .memory(let memory) = place else { return true }
      return memory.corrects != nil || OpenReport.mayBeOpen(memory, words)
    }
    let kinds = view.segment.recordKinds[row]
    if kinds.corrects { return true }
    guard kinds.mayBeOpen else { return false }
    guard kinds.isClosedWithin else { return true }
    let session = view.segment.recordSession[row]
    if view.segment === reopened.largest { return reopened.sessions.contains(session) }
    let rows = view.segment.records(ofSession: Int(session)).map { Place.row(view, Int($0)) }
    return try !disputable(rows).isEmpty
  }

  /// Sessions of the largest segment of which somebody elsewhere may have put in question what they close by themselves.
  private struct Reopened {
    let largest: Segment?
    var sessions: Set<UInt32> = []
    let isOnly: Bool

    /// Whether such a row needs a look.
    func mayCount(_ kinds: RecordKinds) -> Bool {
      kinds.corrects
        || kinds.mayBeOpen && !(kinds.isClosedWithin && isOnly && sessions.isEmpty)
    }
  }

  /// - Throws: `Stale`.
  private func reopened() throws -> Reopened {
    let (views, inMemory) = look { held in
      (held.views, Array(held.overlay.reviews.keys) + held.overlay.corrections.keys)
    }
    let largest = views.max { $0.segment.recordCount < $1.segment.recordCount }?.segment
    var found = Reopened(largest: largest, isOnly: views.count == 1)
    // What closes something may say again what was rejected.
    for id in try sessionsNearDenials() {
      if let session = largest?.session(id) { found.sessions.insert(UInt32(session)) }
    }
    var records = inMemory
    for view in views where view.segment !== largest {
      let segment = view.segment
      let lines = (0..<segment.reviewCount).filter { view.isLive(review: $0) }
        .map { segment.reviewLine[$0] }
      for case .review(let review) in try read(lines, of: segment) { records.append(review.record) }
      let rows = (0..<segment.recordCount).filter {
        segment.recordKinds[$0].corrects && view.isLive($0)
      }
      records += try memories(rows, of: segment).compactMap(\.corrects)
    }
    for id in records {
      if case .row(let view, let row)? = look({ $0.place(of: id) }), view.segment === largest {
        found.sessions.insert(view.segment.recordSession[row])
      }
    }
    return found
  }

  /// Nil for a record outside any session that names no customer.
  private func whose(_ place: Place, _ report: OpenReport) throws -> Whose? {
    let session: SessionID?
    let metadata: [JSON.Member]
    switch place {
    case .memory(let memory):
      session = memory.session
      metadata =
        try session.map { try standing(of: $0)?.session.metadata ?? [] } ?? memory.metadataMembers
    case .row(let view, let row):
      let number = view.segment.recordSession[row]
      if number == Segment.noSession {
        session = nil
        metadata = try load([place]).first?.metadataMembers ?? []
      } else {
        session = view.segment.sessionID(Int(number))
        metadata = view.segment.metadata(ofSession: Int(number))
      }
    }
    return report.customer(metadata).map(Whose.customer) ?? session.map(Whose.session)
  }

  private func items(of whose: Whose, _ report: OpenReport) throws -> [OpenItem] {
    switch whose {
    case .session(let id): return try report.items(of: session(id).map { [$0] } ?? [], [])
    case .customer(let customer):
      let member = JSON.Member(customer.key.text, .string(customer.form.text))
      let sessions = try sessions(matching: [member])
      let outside = try memoriesOutsideSessions(about: CustomerIdentity(report.keys, [[member]]))
      return try report.items(
        of: sessions.filter { report.customer($0.session.metadata) == customer },
        outside.filter { report.customer($0.metadataMembers) == customer })
    }
  }
}
