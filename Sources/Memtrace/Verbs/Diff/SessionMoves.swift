// Sessions that were one customer's and are another's: every record in them is, and no record changed.

extension DiffEnds {
  /// - Parameters:
  ///   - events: that are new.
  ///   - keys: by which customers are known.
  ///   - agent: only what this one moved.
  ///   - conditions: only sessions that meet them, or did before.
  func moves(
    _ events: [Event], _ keys: [String], of agent: AgentReference?, where conditions: [JSON.Member]
  ) throws -> [DiffReport.Warning] {
    var last: [SessionID: Event] = [:]
    for event in events {
      guard case .session(let id) = event.subject, case .metadata(let changes) = event.change,
        changes.contains(where: { change in keys.contains(where: change.isNamed) })
      else { continue }
      last[id] = event
    }
    return try last.sorted { $0.value.id < $1.value.id }.compactMap { id, event in
      guard agent.map({ event.agent?.isExactly($0.id) == true }) != false,
        let records = try new.session(id),
        let before = try before(id)?.metadata ?? records.openedWith
      else { return nil }
      let now = records.session.metadata
      guard let was = before.movedFrom(to: now, keys),
        MemoryFilter.matches(conditions, before) || MemoryFilter.matches(conditions, now)
      else { return nil }
      let new = now.customer(keys).map { "\($0)'s" } ?? "nobody's"
      let by = event.agent.map { ", by \($0)" } ?? ""
      return DiffReport.Warning(
        kind: .changed, record: nil,
        text: "\(id) was \(was)'s, is \(new): \(amount(records.memories.count, "record"))\(by)",
        line: event.id)
    }
  }
}

extension SessionRecords {
  fileprivate var openedWith: [JSON.Member]? {
    for event in events.sorted(by: { $0.id < $1.id }) {
      if case .opened(let metadata, _) = event.change { return metadata }
    }
    return nil
  }
}

extension [JSON.Member] {
  /// Who it was about, where that is somebody else now. Who was known by a telephone and is known by a number of the
  /// house as well is still the same.
  fileprivate func movedFrom(to now: [JSON.Member], _ keys: [String]) -> String? {
    func value(_ metadata: [JSON.Member], _ key: String) -> String? {
      let text = metadata.first { $0.isNamed(key) }?.value.scalarText
      return text?.isEmpty == true ? nil : text
    }
    for key in keys {
      guard let was = value(self, key) else { continue }
      let isSame = value(now, key).map { IdentityForm.of(key, $0) } == IdentityForm.of(key, was)
      return isSame ? nil : was
    }
    return nil
  }
}
