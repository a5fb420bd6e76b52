// What an import adds: every row checked, every id drawn from the row itself, so that all clones agree.

/// Lines for new files, gathered from rows; nothing is written before every row is found good.
struct ImportPlan {
  struct Counts: Sendable {
    var rows = 0
    /// Memories and decisions that are new.
    var records = 0
    /// Sessions that are new.
    var sessions = 0
    /// Rows whose record was there already.
    var known = 0
  }

  private(set) var counts = Counts()
  private let configuration: Configuration
  private let now: Timestamp
  private var knownIDs: Set<RecordID> = []
  /// Ids of record types that this version does not know, or their lines where they have none.
  private var knownOthers: Set<String> = []
  private var knownFiles: Set<String> = []
  private var knownAgents: Set<String> = []
  private var sessions: [SessionID: [JSON.Member]] = [:]
  private var sessionOfSource: [String: SessionID] = [:]
  /// How often a time of a place, or a whole row by its hash, was seen, for ids.
  private var seenTimes: [PlaceAndTime: UInt16] = [:]
  private var seenRows: [UInt64: Int32] = [:]
  private var faults: [MemtraceError.Fault] = []

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

  fileprivate struct Entry {
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

  init(store: Store, now: Timestamp) throws {
    configuration = store.configuration
    self.now = now
    try store.eachRecordFile { path, _, bytes in
      knownFiles.insert(path)
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          guard let id = line.id else {
            if case .unknown = line.record() { _ = noteNew(line.record(), line) }
            return
          }
          knownIDs.insert(id)
          if id.kind == .event, case .event(let event) = line.record() { note(event) }
        }
      }
    }
  }

  private mutating func note(_ event: Event) {
    switch (event.subject, event.change) {
    case (.session(let id), .opened(let members, let source)):
      SessionFold.merge(members, into: &sessions[id, default: []])
      if let source { sessionOfSource[source] = min(sessionOfSource[source] ?? id, id) }
    case (.session(let id), .metadata(let members)):
      SessionFold.merge(members, into: &sessions[id, default: []])
    case (.agent(let id), _): knownAgents.insert(id)
    default: break
    }
  }

  // MARK: Rows

  /// - Throws: `invalid` with the first twenty faults, each with its line.
  mutating func read(_ bytes: [UInt8], progress: (Int) -> Void) throws {
    // A line is about as long as its row: growing would hold it twice.
    arena.reserveCapacity(bytes.count + bytes.count / 4)
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        counts.rows += 1
        if counts.rows % 1_000 == 0 { progress(line.offset) }
        guard faults.count < 20 else { return }
        take(line)
      }
    }
    if !faults.isEmpty { throw MemtraceError.invalid(faults) }
  }

  private mutating func take(_ line: Line) {
    if let exported = ExportedLine(Array(line.bytes)), take(exported) { return }
    let row: JSON
    do {
      row = try JSON(parsing: line.bytes)
    } catch {
      faults.append(.init("line \(line.number)", error.description))
      return
    }
    var input = Input(row, now: now, prefix: "line \(line.number): ")
    takeRow(&input)
    faults += input.faults
  }

  /// A record as it stood in another repository, byte for byte.
  private mutating func take(_ exported: ExportedLine) -> Bool {
    var wasTaken = false
    exported.record.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        let record = line.record()
        guard let place = place(of: record, line, exported.kind) else { return }
        wasTaken = true
        guard noteNew(record, line) else {
          counts.known += 1
          return
        }
        if case .event(let event) = record {
          if case .session(let session) = event.subject, sessions[session] == nil {
            counts.sessions += 1
          }
          note(event)
        } else {
          counts.records += 1
        }
        add(
          exported.record, order: line.id?.ulid ?? ULID(high: 0, low: 0), to: place,
          origin: FileName(place.kind, replica: exported.replica, number: exported.part))
      }
    }
    return wasTaken
  }

  private func place(of record: Record, _ line: Line, _ kind: FileKind?) -> (
    folder: String, kind: FileKind
  )? {
    switch record {
    case .memory(let memory): Layout.place(of: memory)
    case .event(let event): Layout.place(of: event)
    case .review, .unknown: kind.flatMap { kind in line.folder(kind).map { ($0, kind) } }
    case .invalid: nil
    }
  }

  /// Whether a record was not there yet; from now on it is.
  private mutating func noteNew(_ record: Record, _ line: Line) -> Bool {
    switch record {
    case .unknown(let id):
      knownOthers.insert(id ?? String(decoding: line.bytes, as: UTF8.self)).inserted
    default: line.id.map { knownIDs.insert($0).inserted } ?? false
    }
  }

  private mutating func takeRow(_ input: inout Input) {
    let draft = MemoryDraft(memory: &input)
    let rowID = input.text("id")
    let id = rowID.flatMap { RecordID($0) }
    if rowID != nil,
      id == nil || (id?.kind == .decision) != (draft.kind == .decision) || id?.kind == .event
    {
      input.fault("id", "is no id of such a record")
    }
    let source = input.text("session", bytes: 1...1_024)
    let metadata = input.metadata("session_metadata") ?? []
    let timeText = input.text("time")
    let time =
      timeText.flatMap { Timestamp(rfc3339: $0) }
      ?? id.map { Timestamp(milliseconds: $0.ulid.milliseconds) }
    guard let time, time.milliseconds >= 0, time.milliseconds < ULID.endOfTime else {
      input.fault("time", timeText == nil ? "is required" : "must be RFC 3339, from 1970 to 2199")
      return
    }
    guard input.faults.isEmpty else { return }
    if configuration.requiresRegistration, !knownAgents.contains(draft.agent.id) {
      input.fault("agent_id", "is not registered")
      return
    }
    meet(draft.agent, at: time)
    let session = draft.session ?? source.map { self.session(of: $0, at: time) }
    if let session { open(session, source: source, by: draft.agent, metadata, at: time) }
    let ulid = id?.ulid ?? draw(draft, session: session, time: time)
    let memory = draft.memory(
      id: RecordID(draft.kind == .decision ? .decision : .memory, ulid), time: time,
      session: session)
    guard knownIDs.insert(memory.id).inserted else {
      counts.known += 1
      return
    }
    counts.records += 1
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    if bytes.count > Limits.line { input.fault("content", "makes a line of \(bytes.count) bytes") }
    add(bytes, order: ulid, to: Layout.place(of: memory), origin: nil)
  }

  // MARK: Ids out of rows

  private func session(of source: String, at time: Timestamp) -> SessionID {
    sessionOfSource[source] ?? .own(Self.ulid(time, hash: ["session", source]))
  }

  private mutating func open(
    _ id: SessionID, source: String?, by agent: AgentReference, _ metadata: [JSON.Member],
    at time: Timestamp
  ) {
    if let source { sessionOfSource[source] = id }
    let change: Event.Change
    if let known = sessions[id] {
      let news = metadata.filter { member in
        known.first { $0.key == member.key }?.value != member.value
          && !(member.value == .null && !known.contains { $0.key == member.key })
      }
      if news.isEmpty { return }
      change = .metadata(news)
    } else {
      counts.sessions += 1
      change = .opened(metadata: metadata, source: source)
    }
    SessionFold.merge(metadata, into: &sessions[id, default: []])
    let text = String(decoding: JSON.object(metadata).bytes, as: UTF8.self)
    let event = Event(
      id: RecordID(.event, Self.ulid(time, hash: ["event", id.description, text])), time: time,
      subject: .session(id), agent: agent.id, change: change)
    add(event)
  }

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

  private static func ulid(_ time: Timestamp, hash parts: [String]) -> ULID {
    let bytes = SHA256.hash(joined(parts))
    let low = bytes[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return ULID(
      milliseconds: time.milliseconds, random: (UInt16(bytes[0]) << 8 | UInt16(bytes[1]), low))
  }

  /// The first 64 bits of SHA-256 over the parts, each followed by a NUL.
  private static func hash(_ parts: [String]) -> UInt64 {
    SHA256.hash(joined(parts)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func joined(_ parts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
      bytes += part.utf8
      bytes.append(0)
    }
    return bytes
  }

  // MARK: Files

  private mutating func add(_ event: Event) {
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
    (seenTimes, seenRows, groupOfKey, knownIDs, knownOthers) = ([:], [:], [:], [], [])
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

/// New files whose bytes are put together when they are asked for: an import of a million rows need not hold them twice.
struct ImportedFiles: RandomAccessCollection {
  fileprivate let arena: [UInt8]
  fileprivate let entries: [ImportPlan.Entry]
  fileprivate var places: [(path: String, entries: Range<Int>)] = []

  fileprivate init(arena: [UInt8], entries: [ImportPlan.Entry]) {
    self.arena = arena
    self.entries = entries
  }

  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(position: Int) -> (path: String, bytes: [UInt8]) {
    (places[position].path, bytes(places[position].entries))
  }

  fileprivate func bytes(_ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries[range].reduce(0) { $0 + Int($1.length) })
    for entry in entries[range] { bytes += arena[entry.start..<entry.start + Int(entry.length)] }
    return bytes
  }
}
