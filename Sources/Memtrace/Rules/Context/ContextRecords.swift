// The records that a context is about, each with its section and its state.

/// One record, judged among all others of the request.
struct ContextRecord {
  let memory: Memory
  /// The name of its agent.
  var agent: String
  var section: ContextSection
  /// What happened to it since: "resolved", "taken up by billing-support", "answered by decision dec_…"; nil for
  /// nothing.
  var state: String?
  /// The correction that stands.
  var correctedBy: RecordID?
  /// The first record with the same agent, session and `dedup_key`, where this is not that one.
  var duplicateOf: RecordID?
  /// Does not answer, as a resolution, to anything but its session: the one to keep of it.
  var isLastResolution = false
  var isLastSentiment = false
  /// The oldest record that it corrects.
  var origin: Memory?
  /// A correction from a session that was not asked for.
  var isElsewhere = false
  /// Its own. A correction of a decision that gives none mends its words: the reason of that one holds.
  var reasoning: String?
  /// Of what it corrects, or its own.
  var session: SessionID?
  /// The importance of the record or, if larger, of what it corrects.
  var importance: Double

  /// Judges every record within the bounds, and keeps those of the kinds that were asked for.
  /// - Returns: by id, oldest first.
  static func all(_ request: ContextRequest) -> [ContextRecord] {
    var memories = known(request)
    let standing = Standing(memories, request.outcomes)
    var (correctedBy, duplicateOf): ([RecordID: RecordID], [RecordID: RecordID]) = ([:], [:])
    var (unseen, hidden): (Set<RecordID>, Set<RecordID>) = ([], [])
    for (id, state) in standing.others {
      // What nobody approved is nowhere, whatever was said in its place.
      if let outcome = request.outcomes[id], outcome.state != .stands { hidden.insert(id) }
      switch state {
      case .corrected(let correction): correctedBy[id] = correction
      case .duplicate(let first): duplicateOf[id] = first
      default: unseen.insert(id)
      }
    }
    let since = request.since?.milliseconds ?? 0
    memories.removeAll { $0.id.ulid.milliseconds < since || unseen.contains($0.id) }
    let elsewhere = elsewhere(request)
    if !elsewhere.isEmpty {
      let corrections = Set(correctedBy.filter { !elsewhere.contains($0.key) }.values)
      memories.removeAll { elsewhere.contains($0.id) && !corrections.contains($0.id) }
    }
    let corrected = corrections(memories, correctedBy)
    if !hidden.isEmpty { memories.removeAll { hidden.contains($0.id) } }
    let subjects = memories.map {
      OpenItems.Subject($0, correcting: corrected.isEmpty ? nil : corrected[$0.id]?.first)
    }
    let marks = subjects.map {
      ContextMarks(
        tags: $0.source.tags, eventType: $0.source.eventType, request.words)
    }
    // With most sessions nothing is, and even an empty dictionary hashes what it is asked for.
    let allStand = correctedBy.isEmpty && duplicateOf.isEmpty
    let isStanding = { (id: RecordID) in
      allStand || correctedBy[id] == nil && duplicateOf[id] == nil
    }
    var states = OpenItems.judge(
      memories, subjects, marks, correctedBy, request.words, isStanding: isStanding)
    OpenItems.end(&states, memories, subjects, request.sessions)
    states = states.mapValues {
      if case .takenUp(let agent) = $0 { .takenUp(request.names[agent]) } else { $0 }
    }
    let answers = DecisionAnswers.find(
      memories, subjects, marks, correctedBy, isStanding: isStanding, request.words,
      isAnswer: { states[$0] == nil && !marks[$0].isClosing })
    var records: [ContextRecord] = []
    records.reserveCapacity(memories.count)
    for (at, memory) in memories.enumerated() {
      let origin = corrected.isEmpty ? [] : corrected[memory.id] ?? []
      var record = ContextRecord(
        memory: memory, agent: request.names[memory.agent],
        section: section(memory, origin, marks[at]), state: nil,
        correctedBy: nil,
        importance: origin.map { $0.importance ?? 0.5 }.max().map {
          max($0, memory.importance ?? 0.5)
        } ?? memory.importance ?? 0.5)
      record.origin = origin.first
      record.reasoning =
        memory.reasoning
        ?? origin.last { $0.kind == .decision && !hidden.contains($0.id) }?.reasoning
      record.isElsewhere = elsewhere.contains(memory.id)
      record.session = subjects[at].session
      if allStand {
        note(states[at], answers[at], in: &record)
      } else if let standing = correctedBy[memory.id] {
        record.correctedBy = standing
        record.section = .superseded
      } else if let first = duplicateOf[memory.id] {
        record.duplicateOf = first
        record.section = .superseded
      } else {
        note(states[at], answers[at], in: &record)
      }
      records.append(record)
    }
    if !request.kinds.isEmpty { records.removeAll { !request.kinds.contains($0.memory.kind) } }
    markNewest(&records)
    return records
  }

  private static func note(
    _ state: OpenItems.State?, _ answer: RecordID?, in record: inout ContextRecord
  ) {
    if state?.isOpen == true { record.section = .open }
    record.state = state?.note ?? answer.map { "answered by decision \($0)" }
  }

  /// In id order, one id once, before the end of what was asked for: what is older than its beginning has a say too.
  private static func known(_ request: ContextRequest) -> [Memory] {
    var memories = request.preferences + request.kin
    for session in request.sessions { memories += session.memories }
    if let until = request.until {
      memories.removeAll { $0.id.ulid.milliseconds >= until.milliseconds }
    }
    memories.sort { $0.id < $1.id }
    var last: RecordID?
    memories.removeAll { memory in
      defer { last = memory.id }
      return memory.id == last
    }
    return memories
  }

  /// Kin that are in nothing that was asked for.
  private static func elsewhere(_ request: ContextRequest) -> Set<RecordID> {
    if request.kin.isEmpty { return [] }
    var elsewhere = Set(request.kin.map(\.id))
    elsewhere.subtract(request.preferences.lazy.map(\.id))
    for session in request.sessions { elsewhere.subtract(session.memories.lazy.map(\.id)) }
    return elsewhere
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
  static func isCustomerFact(_ memory: Memory, _ words: ContextWords) -> Bool {
    memory.kind == .entity
      || ContextMarks(tags: memory.tags, eventType: memory.eventType, words).isPreference
  }

  private static func section(
    _ memory: Memory, _ origin: [Memory], _ marks: ContextMarks
  ) -> ContextSection {
    if marks.isPreference || memory.kind == .entity
      || origin.contains(where: { $0.kind == .entity })
    {
      return .customer
    }
    if (origin.first ?? memory).kind == .decision { return .decisions }
    if marks.isClosing { return .resolved }
    return marks.isSentiment ? .sentiment : .timeline
  }

  /// The newest resolution of each session, and the newest word on sentiment.
  private static func markNewest(_ records: inout [ContextRecord]) {
    var sessions: Set<SessionID?> = []
    var isSentimentSeen = false
    for at in records.indices.reversed() {
      if records[at].section == .resolved {
        records[at].isLastResolution = sessions.insert(records[at].session).inserted
      } else if records[at].section == .sentiment, !isSentimentSeen {
        records[at].isLastSentiment = true
        isSentimentSeen = true
      }
    }
  }
}
