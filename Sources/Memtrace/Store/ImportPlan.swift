// What an import adds: every row checked, every id drawn from the row itself, so that all clones agree.

/// Lines for new files, gathered from rows; nothing is written before every row is found good.
struct ImportPlan {
  var counts = Counts()
  var bad: [BadRow] = []
  let configuration: Configuration
  let erasures: Erasures
  let now: Timestamp
  /// Of times that name none.
  let zone: String?
  var knownIDs: Set<RecordID> = []
  /// Hashes of the lines that are there.
  var knownLines: Set<Int> = []
  /// Rows that have the id of what is there, and other bytes.
  var suspects: [(id: RecordID, line: [UInt8])] = []
  /// Of what this import itself restores, the last entry: a record may have stood in several files.
  private var restored: [RecordID: Int] = [:]
  /// Ids of record types that this version does not know, or their lines where they have none.
  private var knownOthers: Set<String> = []
  private var knownFiles: Set<String> = []
  var knownAgents: Set<String> = []
  var sessions: [SessionID: [JSON.Member]] = [:]
  var sessionOfSource: [ExactText: SessionID] = [:]
  /// What was said of a session and when, where that was more than once.
  var history: [SessionID: [(time: Timestamp, members: [JSON.Member])]] = [:]
  /// What imports said of sessions, whether they are closed: by time.
  var endings: [SessionID: [Ending]] = [:]
  /// How often a time of a place, or a whole row by its hash, was seen, for ids.
  private var seenTimes: [PlaceAndTime: UInt16] = [:]
  private var seenRows: [UInt64: Int32] = [:]

  /// All new lines, back to back; `entries` says which is which.
  private var arena: [UInt8] = []
  private var entries: [Entry] = []
  private var groups: [Group] = []
  private var groupOfKey: [String: Int] = [:]

  private struct PlaceAndTime: Hashable {
    let session: SessionID?
    /// Empty for a session's.
    let agent: String
    let milliseconds: Int64
  }

  struct Entry {
    let group: Int32
    let length: Int32
    let start: Int
    let order: ULID
  }

  private struct Group {
    let folder: String
    let kind: FileKind
    /// The exported file that the lines come from, kept where nothing stands in its way.
    let origin: FileName?
  }

  /// - Parameter zone: of times that name none: `Z`, `+01:00`.
  /// - Throws: `invalid` where nothing may be written.
  init(store: Store, now: Timestamp, zone: String? = nil) throws {
    configuration = store.configuration
    try configuration.mayWrite()
    self.now = now
    self.zone = zone
    let erasures = try store.erasures()
    self.erasures = erasures
    var events: [Event] = []
    try store.eachRecordFile { path, _, bytes in
      knownFiles.insert(path)
      erasures.filtered(bytes).withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          guard let id = line.id else {
            if case .unknown = line.record() { _ = noteNew(line.record(), line) }
            return
          }
          knownIDs.insert(id)
          knownLines.insert(Self.hash(of: line.bytes))
          if id.kind == .event, case .event(let event) = line.record() {
            events.append(event)
          }
        }
      }
    }
    // Files come in the order of their names.
    events.sort { $0.id < $1.id }
    for event in events { note(event) }
  }

  // MARK: Rows

  /// - Parameter skipsBad: rows that are none are put into `bad`, and the rest is taken.
  /// - Throws: `invalid` as `ImportFaults` says, where nothing is skipped.
  mutating func read(_ bytes: [UInt8], skipsBad: Bool = false, progress: (Int) -> Void) throws {
    // A line is about as long as its row: growing would hold it twice.
    arena.reserveCapacity(bytes.count + bytes.count / 4)
    var faults = ImportFaults()
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        counts.rows += 1
        if counts.rows % 1_000 == 0 { progress(line.offset) }
        faults.add(judge(take(line), line.number, Array(line.bytes), skipsBad))
      }
    }
    try faults.end()
  }

  /// - Returns: what is wrong with it; nothing of such a row is taken.
  private mutating func take(_ line: Line) -> [MemtraceError.Fault] {
    if let exported = ExportedLine(Array(line.bytes)), take(exported) { return [] }
    let json: JSON
    do {
      json = try JSON(parsing: line.bytes)
    } catch {
      return [.init("row", error.description)]
    }
    let row = ImportRow(json)
    if let exported = ExportedLine(respelled: row.json), take(exported) { return [] }
    var input = Input(row.json, now: now)
    takeRow(&input, row)
    return input.faults
  }

  /// A record as it stood in another repository, byte for byte.
  private mutating func take(_ exported: ExportedLine) -> Bool {
    var wasTaken = false
    exported.record.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        let record = line.record()
        if case .invalid = record { return }
        let own = Layout.place(of: record, line, exported.kind ?? .memories)
        guard let folder = exported.folder ?? own.folder, let kind = exported.kind ?? own.kind
        else { return }
        wasTaken = true
        if isErased(record, line) {
          counts.erased += 1
          return
        }
        let isNew = noteNew(record, line)
        guard isNew || isAnotherLine(exported.record, line.id) else {
          return noteKnown(line.id, line.bytes)
        }
        knownLines.insert(Self.hash(of: line.bytes))
        if isNew {
          if case .event(let event) = record {
            if case .session(let session) = event.subject, sessions[session] == nil {
              counts.newSessions.insert(session)
            }
            note(event)
          } else {
            counts.records += 1
          }
          let (gate, keys) = (configuration.gate, configuration.identityKeys)
          if record.holdsSomething(gate, identityKeys: keys) { counts.unmasked += 1 }
        }
        if let id = line.id { restored[id] = entries.count }
        add(
          exported.record, order: line.id?.ulid ?? ULID(high: 0, low: 0), to: (folder, kind),
          origin: FileName(kind, replica: exported.replica, number: exported.part))
      }
    }
    return wasTaken
  }

  /// Whether this import has restored the record itself, from a line of other bytes.
  private func isAnotherLine(_ bytes: [UInt8], _ id: RecordID?) -> Bool {
    guard let id, let place = restored[id] else { return false }
    let entry = entries[place]
    return !arena[entry.start..<entry.start + Int(entry.length)].elementsEqual(bytes)
  }

  /// Whether a record was not there yet; from now on it is.
  private mutating func noteNew(_ record: Record, _ line: Line) -> Bool {
    if let id = line.id { return knownIDs.insert(id).inserted }
    guard case .unknown(let id) = record else { return false }
    return knownOthers.insert(id ?? String(decoding: line.bytes, as: UTF8.self)).inserted
  }

  mutating func takeRow(_ input: inout Input, _ row: ImportRow) {
    let draft =
      row.isDecision ? MemoryDraft(decision: &input) : MemoryDraft(memory: &input)
    let rowID = input.text("id")
    let id = rowID.flatMap { RecordID($0) }
    if rowID != nil,
      id == nil || (id?.kind == .decision) != (draft.kind == .decision) || id?.kind == .event
    {
      input.fault("id", "is no id of such a record")
    }
    let source = input.text("session", bytes: 1...1_024)
    let about = SessionWord(&input, zone: zone)
    let said = input.value("time")
    let time =
      said.map { RowTime.read($0, zone: zone) }
      ?? id.map { .success(Timestamp(milliseconds: $0.ulid.milliseconds)) }
    switch time ?? (row.isUndated ? .success(firstImport(of: source)) : nil) {
    case nil: input.fault("time", "is required")
    case .failure(let problem)?: input.fault("time", problem.text)
    case .success(let time)?:
      guard time.milliseconds >= 0, time.milliseconds < ULID.endOfTime else {
        return input.fault("time", "must be from 1970 to 2199")
      }
      if configuration.requiresRegistration, !knownAgents.contains(draft.agent.id) {
        input.fault("agent_id", "is not registered")
      }
      if input.faults.isEmpty {
        record(draft, id: id, source: source, about, at: time, &input, row)
      }
    }
  }

  /// Takes a row that is found good, whole or not at all.
  private mutating func record(
    _ draft: MemoryDraft, id: RecordID?, source: String?, _ about: SessionWord,
    at time: Timestamp, _ input: inout Input, _ row: ImportRow
  ) {
    var passage = GatePassage()
    let draft = passed(draft, &passage)
    var about = about
    about.metadata = passed(about.metadata, &passage)
    if !passage.faults.isEmpty { return input.add(passage.faults) }
    let session = draft.session ?? source.map { self.session(of: $0, at: time) }
    let ulid = id?.ulid ?? draw(draft, session: session, time: time)
    let memory = draft.memory(
      id: RecordID(draft.kind == .decision ? .decision : .memory, ulid), time: time,
      session: session)
    // A later row of the same text belongs to the same session.
    if let session, let source { sessionOfSource[ExactText(source)] = session }
    if erasures.cover(memory) || isRetry(memory) {
      counts.erased += 1
      return
    }
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    if bytes.count > Limits.line {
      return input.fault("content", "makes a line of \(bytes.count) bytes")
    }
    meet(draft.agent, at: time)
    if let session {
      open(session, source: source, by: draft.agent, about, at: time)
      end(session, about, at: time)
    }
    for kind in passage.masked { counts.masked[kind, default: 0] += 1 }
    for field in row.kept { counts.kept[field, default: 0] += 1 }
    guard knownIDs.insert(memory.id).inserted else {
      return noteKnown(memory.id, bytes.dropLast())
    }
    knownLines.insert(Self.hash(of: bytes.dropLast()))
    counts.records += 1
    add(bytes, order: ulid, to: Layout.place(of: memory), origin: nil)
    askForReview(of: memory, bytes)
  }

  /// As for what is written, and the same in every clone that imports it.
  private mutating func askForReview(of memory: Memory, _ line: [UInt8]) {
    guard let rule = configuration.review.rule(for: memory, correcting: nil, by: nil) else {
      return
    }
    let review = Review(
      id: RecordID(.review, Self.ulid(memory.time, hash: ["review", memory.id.description])),
      time: memory.time, reviewer: "policy", word: .pending, record: memory.id,
      of: LineFingerprint.of(line.dropLast()), reason: rule.text, session: memory.session,
      agent: memory.session == nil ? memory.agent : nil)
    guard knownIDs.insert(review.id).inserted else { return }
    add(review.line, order: review.id.ulid, to: Layout.place(of: review), origin: nil)
  }

  /// What was erased does not come back by an old export, whatever its bytes.
  private func isErased(_ record: Record, _ line: Line) -> Bool {
    if erasures.isEmpty { return false }
    if case .memory(let memory) = record, isRetry(memory) { return true }
    return erasures.cover(line)
  }

  private func isRetry(_ memory: Memory) -> Bool {
    guard memory.corrects == nil, let key = memory.dedupKey else { return false }
    return erasures.isRetry(key, agent: memory.agent, session: memory.session)
  }

  // MARK: Ids out of rows

  private mutating func meet(_ agent: AgentReference, at time: Timestamp) {
    guard knownAgents.insert(agent.id).inserted else { return }
    add(
      Event(
        id: RecordID(.event, Self.ulid(time, hash: ["agent", agent.id])), time: time,
        subject: .agent(agent.id), agent: agent.id, change: .firstUsed(name: agent.name)))
  }

  /// The row's time, 16 bits that count equal times in file order, 64 bits of the row's own hash.
  private mutating func draw(_ draft: MemoryDraft, session: SessionID?, time: Timestamp) -> ULID {
    let place = session?.description ?? draft.agent.id
    let row = [
      place, String(time.milliseconds), draft.agent.id, draft.kind.rawValue, draft.content,
    ]
    let key = Self.hash(row)
    let repeated = seenRows[key, default: 0]
    seenRows[key] = repeated + 1
    let at = PlaceAndTime(
      session: session, agent: session == nil ? draft.agent.id : "",
      milliseconds: time.milliseconds)
    let ordinal = seenTimes[at, default: 0]
    seenTimes[at] = ordinal &+ 1
    let low = Self.hash(row + [String(repeated)])
    return ULID(milliseconds: time.milliseconds, random: (ordinal, low))
  }

  // MARK: Files

  mutating func add(_ event: Event) {
    guard knownIDs.insert(event.id).inserted else { return }
    var bytes: [UInt8] = []
    event.appendLine(to: &bytes)
    add(bytes, order: event.id.ulid, to: Layout.place(of: event), origin: nil)
  }

  private mutating func add(
    _ line: [UInt8], order: ULID, to place: (folder: String, kind: FileKind), origin: FileName?
  ) {
    // Another replica's file that is here already is not ours to append to.
    let origin = origin.flatMap { knownFiles.contains("\(place.folder)/\($0)") ? nil : $0 }
    let key = "\(place.folder)/\(origin?.description ?? place.kind.rawValue)"
    let group = groupOfKey[key] ?? groups.count
    if group == groups.count {
      groups.append(Group(folder: place.folder, kind: place.kind, origin: origin))
      groupOfKey[key] = group
    }
    entries.append(
      Entry(group: Int32(group), length: Int32(line.count), start: arena.count, order: order))
    arena += line
  }

  /// The new files, by path. Lines of rows stand in the order of their ids in files named by their content; lines
  /// of an export stand as they stood.
  mutating func takeFiles() -> ImportedFiles {
    (seenTimes, seenRows, groupOfKey, restored) = ([:], [:], [:], [:])
    (knownIDs, knownLines, knownOthers) = ([], [], [])
    entries.sort { [groups] a, b in
      if a.group != b.group { return a.group < b.group }
      if groups[Int(a.group)].origin == nil, a.order != b.order { return a.order < b.order }
      return a.start < b.start
    }
    var files = ImportedFiles(arena: arena, entries: entries)
    (arena, entries) = ([], [])
    var start = 0
    while start < files.entries.count {
      let group = groups[Int(files.entries[start].group)]
      var (end, bytes) = (start, 0)
      while end < files.entries.count, files.entries[end].group == files.entries[start].group {
        let length = Int(files.entries[end].length)
        let isFull = end - start == Limits.fileLines || bytes + length > Limits.fileBytes
        if group.origin == nil, end > start, isFull { break }
        bytes += length
        end += 1
      }
      let hash = { SHA256.hash(files.bytes(start..<end)) }
      let file =
        group.origin
        ?? FileName(group.kind, replica: "import-\(Base32.text(hash()).prefix(10))")
      files.places.append(("\(group.folder)/\(file)", start..<end))
      start = end
    }
    groups = []
    files.places.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return files
  }
}
