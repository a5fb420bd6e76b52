// Reviews, and what stands: found by the records that have a say, wherever they are.

extension Catalog {
  /// Records that have a say in whether these stand (`Standing.kin`), and these, in id order.
  func kin(of memories: [Memory]) throws -> [Memory] {
    let isPlain = look { held in
      held.overlay.corrections.isEmpty && held.overlay.keyed.isEmpty
        && !held.views.contains { $0.segment.hasCorrections || $0.segment.hasKeys }
    }
    if isPlain { return memories }
    return try fresh {
      var failure: (any Error)?
      func trying<Value>(_ other: Value, _ body: () throws -> Value) -> Value {
        do {
          return try body()
        } catch {
          failure = failure ?? error
          return other
        }
      }
      let kin = Standing.kin(
        of: memories,
        Standing.Relations(
          find: { id in
            trying(nil) { try self.look { $0.place(of: id) }.flatMap { try self.load([$0]).first } }
          },
          corrections: { id in trying([]) { try self.corrections(of: id) } },
          repeats: { group in
            trying([]) {
              try self.repeats(of: group)
            }
          }))
      if let failure { throw failure }
      return kin
    }
  }

  /// - Throws: `Stale`.
  private func repeats(of group: Standing.KeyGroup) throws -> [Memory] {
    let places = look { held in
      (held.overlay.keyed[group.key] ?? []).map { Place.memory($0) }
        + held.rows { $0.records(withKey: CatalogHash.of(key: group.key.text)) }
    }
    return try load(places).filter { Standing.KeyGroup($0) == group }
  }

  /// What reviews come to, of those of these records that have some, or say what was rejected or retracted.
  func outcomes(of memories: [Memory]) throws -> [RecordID: ReviewOutcome] {
    let hasNone = look { held in
      held.overlay.reviews.isEmpty && !held.views.contains { $0.segment.reviewCount > 0 }
    }
    if hasNone { return [:] }
    var outcomes = try ownOutcomes(of: memories)
    for (id, denial) in try saidAgain(among: memories) {
      outcomes[id] = (outcomes[id] ?? ReviewOutcome()).saying(again: denial)
    }
    return outcomes
  }

  /// What reviews of themselves come to.
  func ownOutcomes(of memories: [Memory]) throws -> [RecordID: ReviewOutcome] {
    try fresh {
      var outcomes: [RecordID: ReviewOutcome] = [:]
      for memory in memories {
        let reviews = try reviews(of: memory.id)
        guard !reviews.isEmpty else { continue }
        let isApproved = reviews.contains { $0.word == .approved }
        outcomes[memory.id] = ReviewOutcome(
          reviews, line: isApproved ? try currentFingerprint(of: memory) : nil)
      }
      return outcomes
    }
  }

  /// - Throws: `Stale`.
  private func reviews(of id: RecordID) throws -> [Review] {
    let hash = CatalogHash.of(id)
    let (inMemory, found) = look { held in
      (
        held.overlay.reviews[id] ?? [],
        held.views.map { view in
          (
            view.segment,
            view.segment.reviews(hash).filter { view.isLive(review: Int($0)) }
              .map { view.segment.reviewLine[Int($0)] }
          )
        }
      )
    }
    return inMemory + (try found.flatMap { try reviews($1, of: $0) }.filter { $0.record == id })
  }

  func reviews(_ lines: [LinePlace], of segment: Segment) throws -> [Review] {
    try read(lines, of: segment).compactMap { record in
      if case .review(let review) = record { review } else { nil }
    }
  }

  /// Every review, in id order.
  func reviews() throws -> [Review] {
    try fresh {
      let (inMemory, found) = look { held in
        (
          held.overlay.reviews.values.flatMap(\.self),
          held.views.map { view in
            (
              view.segment,
              (0..<view.segment.reviewCount).filter { view.isLive(review: $0) }
                .map { view.segment.reviewLine[$0] }
            )
          }
        )
      }
      return (inMemory + (try found.flatMap { try reviews($1, of: $0) })).sorted { $0.id < $1.id }
    }
  }

  /// The fingerprint of the line that is read as this record; nil where there is none.
  func fingerprint(of memory: Memory) throws -> String? {
    try fresh { try currentFingerprint(of: memory) }
  }

  private func currentFingerprint(of memory: Memory) throws -> String? {
    let (place, files) = look { held -> (Place?, Set<String>) in
      let files =
        memory.session.map { held.filesOf[.session($0)] ?? [] }
        ?? Set(held.outsideIn.filter { $1.memories.contains { $0.id == memory.id } }.keys)
      return (held.place(of: memory.id), files)
    }
    if case .row(let view, let row)? = place {
      let line = view.segment.recordLine[row]
      return LineFingerprint.of(try pieces([line.range], ofFile: Int(line.file), view.segment)[0])
    }
    var gathering = Gathering()
    for path in files.sorted() {
      if let bytes = try tree.readStamped(path)?.bytes { gathering.add(bytes) }
    }
    for line in try waiting() where line.id == memory.id { gathering.add(line.bytes) }
    return gathering.fingerprints(of: [memory.id])[memory.id]
  }

  // MARK: Standing

  /// Whether each of these stands.
  func standing(of memories: [Memory]) throws -> Standing {
    let kin = try kin(of: memories)
    return Standing(kin, try outcomes(of: kin))
  }

  /// Those of these that stand.
  func standing(_ memories: [Memory]) throws -> [Memory] {
    if memories.isEmpty { return [] }
    let standing = try standing(of: memories)
    return memories.filter { standing.stands($0.id) }
  }

  /// Those of these that may not stand: others have a say in it.
  func disputable(_ places: [Place]) throws -> [Place] {
    let near = try placesNearDenials(places)
    return look { held in
      let hasReviews =
        !held.overlay.reviews.isEmpty || held.views.contains { $0.segment.reviewCount > 0 }
      let hasCorrections =
        !held.overlay.corrections.isEmpty || held.views.contains { $0.segment.hasCorrections }
      return places.filter { place in
        switch place {
        case .memory(let memory):
          if memory.dedupKey != nil || memory.corrects != nil { return true }
        case .row(let view, let row): if view.segment.recordKinds[row].hasKin { return true }
        }
        guard hasReviews || hasCorrections else { return false }
        let id = place.id
        if near.contains(id) || held.overlay.corrections[id] != nil
          || held.overlay.reviews[id] != nil
        {
          return true
        }
        let hash = CatalogHash.of(id)
        return held.views.contains {
          !$0.segment.records(correcting: hash).isEmpty || !$0.segment.reviews(hash).isEmpty
        }
      }
    }
  }
}
