// Beginnings of ids: which ids begin so, and how much of one tells it from all others.

extension Catalog {
  /// How many characters of each id no other one begins with, here or among the given: of ids of our own making. What counts
  /// no more is looked at too, for it can only make a beginning longer.
  func tellingLengths(of ids: Set<String>) -> [String: Int] {
    let sorted = ids.sorted()
    return look { held in
      var lengths: [String: Int] = [:]
      for (at, id) in sorted.enumerated() {
        guard let neighbours = held.neighbours(of: id) else { continue }
        let others = neighbours + sorted[max(0, at - 1)..<min(at + 2, sorted.count)]
        lengths[id] = others.reduce(0) { longest, other in
          other == id ? longest : max(longest, zip(other.utf8, id.utf8).prefix { $0 == $1 }.count)
        }
        lengths[id]! += 1
      }
      return lengths
    }
  }

  /// Every session whose id begins so, in id order.
  func sessions(beginning: String) -> [SessionID] {
    look { held in
      var found = Set(held.overlay.sessionOrder.filter { $0.description.hasPrefix(beginning) })
      for view in held.views {
        for range in view.segment.sessionRanges {
          var place = range.firstPlace { view.segment.sessionID($0).description >= beginning }
          while place < range.upperBound {
            let id = view.segment.sessionID(place)
            guard id.description.hasPrefix(beginning) else { break }
            if view.isThere(place) { found.insert(id) }
            place += 1
          }
        }
      }
      return found.sorted()
    }
  }

  /// Every memory and decision whose id begins so, in id order: of all, where that is no more than a kind.
  func records(beginning: String) throws -> [RecordID] {
    let kinds: [RecordID.Kind] = [.memory, .decision]
    guard beginning.utf8.count < RecordID.textLength,
      let kind = kinds.first(where: { beginning.hasPrefix($0.prefix) })
    else { return [] }
    // The characters that are missing are between the first and the last of the alphabet.
    func time(_ character: Character) -> Int64? {
      let rest = beginning.utf8.dropFirst(kind.prefix.utf8.count)
      let padding = String(repeating: character, count: ULID.textLength - rest.count)
      return ULID(text: Array(rest) + Array(padding.utf8))?.milliseconds
    }
    var filter = MemoryFilter()
    filter.standsOnly = false
    filter.since = time("0").map { Timestamp(milliseconds: $0) }
    filter.until = time("Z").map { Timestamp(milliseconds: $0 + 1) }
    var found: [RecordID] = []
    try visit(filter, descending: false) { place in
      if place.id.description.hasPrefix(beginning) { found.append(place.id) }
      return true
    }
    return found
  }
}

extension Catalog.Held {
  /// The ids before and after this one in each part, as of its own kind; nil for one that others made.
  fileprivate func neighbours(of id: String) -> [String]? {
    if let record = RecordID(id) {
      let ulids =
        views.flatMap { $0.segment.neighbours(of: record) } + overlay.all.neighbours(of: record)
      return ulids.map { RecordID(record.kind, $0.ulid).description }
    }
    guard let session = SessionID(id), case .own = session else { return nil }
    // A foreign id may begin as ours do.
    let order = overlay.sessionOrder
    let sessions =
      views.flatMap { view in
        view.segment.sessionRanges.flatMap { range in
          range.neighbours { view.segment.sessionID($0).description >= id }
            .map { view.segment.sessionID($0) }
        }
      }
      + [session, .foreign(id)].flatMap { id in
        order.indices.neighbours { order[$0] >= id }.map { order[$0] }
      }
    return sessions.map(\.description)
  }
}

extension Segment {
  fileprivate func neighbours(of record: RecordID) -> [RecordID] {
    (0..<recordCount).neighbours { id($0) >= record }.map { id($0) }
  }
}

extension Range<Int> {
  /// The place before the first one from which a condition holds, that one and the next, as far as there are any.
  func neighbours(_ holds: (Int) -> Bool) -> Range<Int> {
    let place = firstPlace(where: holds)
    return Swift.max(lowerBound, place - 1)..<Swift.min(place + 2, upperBound)
  }
}
