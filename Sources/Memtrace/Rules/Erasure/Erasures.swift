// What was erased: ids that count for nothing, whatever bytes stand under them and wherever those stand.

/// One erased record by its name. Of a record whose id was made from its content, only what says nothing of the content.
enum ErasedRecord: Hashable {
  case whole(RecordID)
  /// The time and the count of an imported row, in its session or outside any with its agent.
  case row(kind: RecordID.Kind, high: UInt64, place: ExactText)
  /// Every record that a merge made of another line under this id.
  case conflicts(of: RecordID)
}

/// The union of all erasures in force. They only grow, so the order in which they came does not matter.
struct Erasures: Hashable {
  /// Until when a session's lines are erased.
  enum Extent: Hashable {
    case forever
    /// Of a session whose id was made from an import's text: a later row begins it anew.
    case until(Int64)
  }

  var records: Set<ErasedRecord> = []
  var sessions: [SessionID: Extent] = [:]
  /// Hashes of what retries of erased records would have in common with them.
  var keys: Set<String> = []
  /// The lines that say so, by their ids.
  var lines: [RecordID: [UInt8]] = [:]
  /// Where the records stood that were erased by themselves: in a large repository they are looked for there.
  var places: Set<SessionID> = []
  /// Some line does not say where.
  var isScattered = false
  /// Rows of imports and conflicts are looked for only where some were erased.
  private var hasRows = false

  var isEmpty: Bool { records.isEmpty && sessions.isEmpty }

  /// The same for the same erasures.
  var print: String {
    var bytes: [UInt8] = []
    for id in lines.keys.sorted() { id.append(to: &bytes) }
    return SHA256.hex(bytes)
  }

  mutating func insert(_ record: ErasedRecord) {
    records.insert(record)
    if case .whole = record { return }
    hasRows = true
  }

  mutating func insert(_ session: SessionID, _ extent: Extent) {
    switch (sessions[session], extent) {
    case (.forever?, _): break
    case (.until(let known)?, .until(let new)): sessions[session] = .until(max(known, new))
    default: sessions[session] = extent
    }
  }

  mutating func formUnion(_ other: Erasures) {
    for (id, line) in other.lines where lines[id] == nil { lines[id] = line }
    for record in other.records { insert(record) }
    for (session, extent) in other.sessions { insert(session, extent) }
    keys.formUnion(other.keys)
    places.formUnion(other.places)
    isScattered = isScattered || other.isScattered
  }

  /// Whether all of these is said here, too.
  func contain(_ other: Erasures) -> Bool {
    records.isSuperset(of: other.records)
      && other.sessions.allSatisfy { id, extent in
        switch (sessions[id], extent) {
        case (.forever?, _): true
        case (.until(let known)?, .until(let end)): end <= known
        default: false
        }
      }
  }

  // MARK: What they cover

  func cover(_ session: SessionID, at ulid: ULID) -> Bool {
    switch sessions[session] {
    case nil: false
    case .forever: true
    case .until(let end): ulid.milliseconds <= end
    }
  }

  /// Whether a record of this name was erased by itself.
  func name(_ id: RecordID, session: SessionID?, agent: String?) -> Bool {
    if records.contains(.whole(id)) { return true }
    guard hasRows, let place = session?.description ?? agent else { return false }
    return records.contains(.row(kind: id.kind, high: id.ulid.high, place: ExactText(place)))
  }

  /// Whether a record or session was erased by itself, of which this is the id or its beginning.
  func name(_ text: String) -> Bool {
    func means(_ id: String) -> Bool { id == text || text.utf8.count >= 9 && id.hasPrefix(text) }
    if sessions.keys.contains(where: { means($0.description) }) { return true }
    let id = RecordID(text)
    return records.contains { record in
      switch record {
      case .whole(let id): means(id.description)
      case .row(let kind, let high, _): id?.kind == kind && id?.ulid.high == high
      case .conflicts: false
      }
    }
  }

  private func cover(
    _ id: RecordID, session: SessionID?, agent: String?, conflictOf parent: String?
  ) -> Bool {
    if let session, cover(session, at: id.ulid) { return true }
    if name(id, session: session, agent: agent) { return true }
    guard let parent = parent.flatMap({ RecordID($0) }) else { return false }
    return name(parent, session: session, agent: agent)
      || records.contains(.conflicts(of: parent))
  }

  func cover(_ memory: Memory) -> Bool {
    cover(
      memory.id, session: memory.session, agent: memory.agent,
      conflictOf: memory.eventType == "conflict" ? memory.parent : nil)
  }

  /// What is said of an erased record goes with it: it quotes it, and holds its fingerprint.
  func cover(_ review: Review) -> Bool {
    cover(review.id, session: review.session, agent: review.agent, conflictOf: nil)
      || name(review.record, session: review.session, agent: review.agent)
  }

  func cover(_ event: Event) -> Bool {
    switch event.subject {
    case .session(let id): cover(event.id, session: id, agent: event.agent, conflictOf: nil)
    case .agent(let id): cover(event.id, session: nil, agent: id, conflictOf: nil)
    }
  }

  func cover(_ record: Record) -> Bool {
    switch record {
    case .memory(let memory): cover(memory)
    case .event(let event): cover(event)
    case .review(let review): cover(review)
    case .unknown, .invalid: false
    }
  }

  /// A line of any kind, those that this version does not know among them.
  func cover(_ line: Line, keepsFragments: Bool = false) -> Bool {
    guard let fields = try? line.fields() else { return !keepsFragments && isFragment(line.bytes) }
    let session = fields.text(.session).flatMap { SessionID($0) }
    guard let text = fields.text(.id), let key = MergeKey(text: text) else {
      return session.map { sessions[$0] == .forever } ?? false
    }
    if key.prefix == "era_" || key.prefix == "acc_" { return false }
    if let session, cover(session, at: key.ulid) { return true }
    guard !records.isEmpty else { return false }
    guard let id = RecordID(text) else { return false }
    if id.kind == .review, case .review(let review) = line.record() { return cover(review) }
    let isConflict =
      fields.text(.event) == "conflict" || fields.text(.eventType) == "conflict"
    return cover(
      id, session: session, agent: fields.text(.agent),
      conflictOf: isConflict ? fields.text(.parent) : nil)
  }

  /// A line that is no JSON, torn or marked by a conflict, and names an erased record or session.
  private func isFragment(_ bytes: UnsafeRawBufferPointer) -> Bool {
    IDScan.any(in: bytes) { kind, ulid in
      switch kind {
      case .session: sessions[.own(ulid)].map { $0 == .forever } ?? false
      case .record(let kind): records.contains(.whole(RecordID(kind, ulid)))
      }
    }
  }

  // MARK: Retries

  /// - Parameter session: nil outside sessions.
  func isRetry(_ key: String, agent: String, session: SessionID?) -> Bool {
    guard !keys.isEmpty else { return false }
    return records.contains {
      keys.contains(Self.key($0, agent: agent, session: session, dedupKey: key))
    }
  }

  /// 32 hexadecimal digits that say nothing to whoever does not know all four.
  static func key(
    _ record: ErasedRecord, agent: String, session: SessionID?, dedupKey: String
  ) -> String {
    var bytes: [UInt8] = []
    for part in [record.text, agent, session?.description ?? "", dedupKey] {
      bytes += part.utf8
      bytes.append(0)
    }
    return String(SHA256.hex(bytes).prefix(32))
  }
}

extension ErasedRecord {
  /// As reports show it.
  var text: String {
    switch self {
    case .whole(let id): id.description
    case .row(let kind, let high, _):
      // The time's ten characters, and the count.
      "\(ULID(high: high, low: 0).description.prefix(10).prefixed(kind))/\(high & 0xFFFF)"
    case .conflicts(let id): "conflicts/\(id)"
    }
  }
}

extension Substring {
  fileprivate func prefixed(_ kind: RecordID.Kind) -> String { kind.prefix + self }
}
