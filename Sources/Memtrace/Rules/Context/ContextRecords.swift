// The records that a context is about, each with its section and its state.

/// One record, judged among all others of the request.
struct ContextRecord {
  let memory: Memory
  var section: ContextSection
  /// What happened to an open item since: "resolved", "taken up by billing-support"; nil for nothing.
  var state: String?
  /// The correction that stands.
  var correctedBy: RecordID?
  /// The first record with the same agent, session and `dedup_key`, where this is not that one.
  var duplicateOf: RecordID?
  /// Does not answer, as a resolution, to anything but its session: the one to keep of it.
  var isLastResolution = false
  var isLastSentiment = false
  var isCorrection = false
  /// The importance of the record or, if larger, of what it corrects.
  var importance: Double

  /// Judges every record within the bounds, and keeps those of the kinds that were asked for.
  /// - Returns: by id, oldest first.
  static func all(_ request: ContextRequest) -> [ContextRecord] {
    let memories = bounded(request)
    let correctedBy = Supersession.find(memories)
    let duplicateOf = Duplicates.find(
      [request.preferences, request.sessions.flatMap(\.memories)].joined())
    let corrected = corrections(memories, correctedBy)
    let marks = memories.map { memory in
      // A correction without tags is about what it corrects.
      let source = memory.tags.isEmpty ? corrected[memory.id]?.first ?? memory : memory
      return ContextMarks(tags: source.tags, eventType: source.eventType)
    }
    let states = OpenItems.judge(
      memories, marks, isStanding: { correctedBy[$0] == nil && duplicateOf[$0] == nil })
    var records: [ContextRecord] = []
    records.reserveCapacity(memories.count)
    for (at, memory) in memories.enumerated() {
      let origin = corrected[memory.id] ?? []
      var record = ContextRecord(
        memory: memory, section: section(memory, origin, marks[at]), state: nil,
        correctedBy: nil,
        importance: origin.map { $0.importance ?? 0.5 }.max().map {
          max($0, memory.importance ?? 0.5)
        } ?? memory.importance ?? 0.5)
      record.isCorrection = !origin.isEmpty
      if let standing = correctedBy[memory.id] {
        record.correctedBy = standing
        record.section = .superseded
      } else if let first = duplicateOf[memory.id] {
        record.duplicateOf = first
        record.section = .superseded
      } else if let state = states[at] {
        if case .open = state { record.section = .open }
        record.state = state.note
      }
      records.append(record)
    }
    if !request.kinds.isEmpty { records.removeAll { !request.kinds.contains($0.memory.kind) } }
    markNewest(&records)
    return records
  }

  /// In id order, one id once, within the bounds.
  private static func bounded(_ request: ContextRequest) -> [Memory] {
    var memories = request.preferences
    for session in request.sessions { memories += session.memories }
    memories.removeAll { memory in
      let time = memory.id.ulid.milliseconds
      return request.since.map { time < $0.milliseconds } ?? false
        || request.until.map { time >= $0.milliseconds } ?? false
    }
    memories.sort { $0.id < $1.id }
    var last: RecordID?
    memories.removeAll { memory in
      defer { last = memory.id }
      return memory.id == last
    }
    return memories
  }

  /// What each standing record corrects, oldest first.
  private static func corrections(
    _ memories: [Memory], _ correctedBy: [RecordID: RecordID]
  ) -> [RecordID: [Memory]] {
    guard !correctedBy.isEmpty else { return [:] }
    var corrected: [RecordID: [Memory]] = [:]
    for memory in memories {
      guard let standing = correctedBy[memory.id] else { continue }
      corrected[standing, default: []].append(memory)
    }
    return corrected
  }

  /// What is known of the customer, in whatever session it was said.
  static func isCustomerFact(_ memory: Memory) -> Bool {
    memory.kind == .entity
      || ContextMarks(tags: memory.tags, eventType: memory.eventType).isPreference
  }

  private static func section(
    _ memory: Memory, _ origin: [Memory], _ marks: ContextMarks
  ) -> ContextSection {
    if marks.isPreference || memory.kind == .entity
      || origin.contains(where: { $0.kind == .entity })
    {
      return .customer
    }
    if memory.kind == .decision { return .decisions }
    if marks.isClosing { return .resolved }
    return marks.isSentiment ? .sentiment : .timeline
  }

  /// The newest resolution of each session, and the newest word on sentiment.
  private static func markNewest(_ records: inout [ContextRecord]) {
    var sessions: Set<SessionID?> = []
    var isSentimentSeen = false
    for at in records.indices.reversed() {
      if records[at].section == .resolved {
        records[at].isLastResolution = sessions.insert(records[at].memory.session).inserted
      } else if records[at].section == .sentiment, !isSentimentSeen {
        records[at].isLastSentiment = true
        isSentimentSeen = true
      }
    }
  }
}
