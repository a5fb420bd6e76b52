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
      var judged: Set<Whose> = []
      var ahead: [RecordID: [OpenItem]] = [:]
      var items: [OpenItem] = []
      func take(_ item: OpenItem) {
        if isWanted(item) { items.append(item) }
      }
      try visit(filter, descending: false) { place in
        guard mayBeOpen(place, report.words) else { return true }
        if let whose = try whose(place, report), judged.insert(whose).inserted {
          for item in try self.items(of: whose, report) {
            // A correction may have an id before that of what it corrects.
            if item.record.id < place.id {
              take(item)
            } else {
              ahead[item.record.id, default: []].append(item)
            }
          }
        }
        ahead.removeValue(forKey: place.id)?.forEach(take)
        return items.count < limit
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
  private func mayBeOpen(_ place: Place, _ words: ContextWords) -> Bool {
    switch place {
    case .memory(let memory): memory.corrects != nil || OpenReport.mayBeOpen(memory, words)
    case .row(let view, let row):
      // The column knows the words that are built in only.
      !words.isBuiltIn || view.segment.recordKinds[row].mayBeOpen
        || view.segment.recordKinds[row].corrects
    }
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
