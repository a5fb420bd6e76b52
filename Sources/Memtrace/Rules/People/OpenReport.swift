// What waits, for whom, since when, and who handed it over: over all customers.

/// One thing that is to be done.
struct OpenItem {
  let record: Memory
  /// What it corrects, where that was open itself: since then it waits.
  let origin: Memory
  /// Who it is about, by the first identity key that says so; nil where nothing does.
  let customer: String?
  /// A department, an agent, or nil for whoever is asked next.
  let waitsFor: String?
  /// Who handed it over, where it was; the record itself, where it is no more than that.
  let handOver: Memory?

  func isOlder(than time: Timestamp) -> Bool { origin.id.ulid.milliseconds < time.milliseconds }

  /// A correction may be open for those of whom it is, and for those of what it corrects.
  static func isOlder(_ a: OpenItem, _ b: OpenItem) -> Bool {
    (a.origin.id, a.customer ?? "") < (b.origin.id, b.customer ?? "")
  }
}

/// What tells a customer apart: the first identity key that is there, with its value by its form.
struct CustomerKey: Hashable {
  let key: ExactText
  let form: ExactText
}

/// Judges each customer's records as a context does (`OpenItems`), all customers one after the other.
struct OpenReport {
  let keys: [String]
  let words: ContextWords
  let now: Timestamp
  /// Words of the departments that there are.
  let departments: Set<String>
  /// What reviews, corrections and keys make of some records.
  let judge: ([Memory]) throws -> (standing: Standing, outcomes: [RecordID: ReviewOutcome])
  /// Corrections that lie elsewhere.
  let find: (RecordID) throws -> Memory?

  init(
    keys: [String], words: ContextWords, agents: some Sequence<String>, now: Timestamp,
    judge: @escaping ([Memory]) throws -> (Standing, [RecordID: ReviewOutcome]),
    find: @escaping (RecordID) throws -> Memory?
  ) {
    self.keys = keys
    self.words = words
    self.now = now
    departments = agents.reduce(into: []) { $0.formUnion(HandOff.words(in: $1)) }
    self.judge = judge
    self.find = find
  }

  /// Oldest first.
  /// - Parameter outside: records outside any session.
  func items(_ sessions: [SessionRecords], outside: [Memory]) throws -> [OpenItem] {
    struct Group {
      var sessions: [SessionRecords] = []
      var outside: [Memory] = []
    }
    var groups: [CustomerKey: Group] = [:]
    var alone: [Group] = []
    for session in sessions {
      if let customer = customer(session.session.metadata) {
        groups[customer, default: Group()].sessions.append(session)
      } else {
        alone.append(Group(sessions: [session]))
      }
    }
    for memory in outside {
      if let customer = customer(memory.metadataMembers) {
        groups[customer, default: Group()].outside.append(memory)
      }
    }
    return try (Array(groups.values) + alone).flatMap {
      try items(of: $0.sessions, $0.outside)
    }.sorted(by: OpenItem.isOlder)
  }

  func customer(_ metadata: [JSON.Member]) -> CustomerKey? {
    for key in keys {
      if let text = metadata.first(where: { $0.isNamed(key) })?.value.scalarText, !text.isEmpty {
        return CustomerKey(key: ExactText(key), form: IdentityForm.of(key, text))
      }
    }
    return nil
  }

  /// Of one customer, or of a session of nobody.
  func items(of sessions: [SessionRecords], _ outside: [Memory]) throws -> [OpenItem] {
    // Most have nothing that could be open.
    let memories = sessions.flatMap(\.memories) + outside
    guard memories.contains(where: { Self.mayBeOpen($0, words) || $0.corrects != nil }) else {
      return []
    }
    let (standing, outcomes) = try judge(memories)
    var request = ContextRequest(sessions: sessions, now: now)
    request.preferences = outside
    request.outcomes = outcomes
    request.words = words
    request.isCustomerWide = true
    request.kin = try memories.compactMap { memory in
      guard case .corrected(let correction) = standing[memory.id] else { return nil }
      return try find(correction)
    }
    let open = ContextRecord.all(request).filter { $0.section == .open }
    let customer =
      sessions.lazy.compactMap { $0.session.metadata.customer(keys) }.first
      ?? outside.lazy.compactMap { $0.metadataMembers.customer(keys) }.first
    // A decision to hand over is said with what it hands over, where that is there.
    var transfers: [SessionID?: Memory] = [:]
    for record in open where HandOff.isTransfer(record.memory, words) {
      transfers[record.session] = record.memory
    }
    let items = open.filter { !HandOff.isTransfer($0.memory, words) }
    let told = Dictionary(items.map { ($0.session, $0.memory.id) }, uniquingKeysWith: max)
    let alone = open.filter { HandOff.isTransfer($0.memory, words) && told[$0.session] == nil }
    return (items + alone).map { record in
      let memory = record.memory
      let isLast = told[record.session] == memory.id
      // Whoever mends the words of it takes nothing over, unless by tags of its own.
      let first = record.origin.flatMap { Self.mayBeOpen($0, words) ? $0 : nil }
      let source = OpenItems.Subject(memory, correcting: first).source
      let handOver = isHandOver(source) || !isLast ? nil : transfers[record.session]
      let transfer = isLast ? transfers[record.session] : nil
      return OpenItem(
        record: memory, origin: first ?? memory, customer: customer,
        waitsFor: (isHandOver(source) ? source : handOver).map(target) ?? source.agent,
        handOver: transfer ?? (isHandOver(source) ? memory : nil))
    }
  }

  /// Whether it is open unless something else says that it is not. A correction may be as what it corrects is.
  static func mayBeOpen(_ memory: Memory, _ words: ContextWords) -> Bool {
    mayBeOpen(
      memory, ContextMarks(tags: memory.tags, eventType: memory.eventType, words), words)
  }

  static func mayBeOpen(_ memory: Memory, _ marks: ContextMarks, _ words: ContextWords) -> Bool {
    marks.isIssue || marks.isHandOff || HandOff.isTransfer(memory, words)
  }

  private func isHandOver(_ memory: Memory) -> Bool {
    ContextMarks(tags: memory.tags, eventType: memory.eventType, words).isHandOff
      || HandOff.isTransfer(memory, words)
  }

  /// The departments among the words that say where it goes.
  private func target(of handOver: Memory) -> String? {
    let marks = ContextMarks(tags: handOver.tags, eventType: handOver.eventType, words)
    let targets = HandOff(handOver, by: handOver.agent, topics: marks.topics).targets
    let known = targets.intersection(departments).sorted()
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }
}
