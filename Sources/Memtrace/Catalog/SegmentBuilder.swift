// Makes a segment out of files: their lines are scattered over sessions, agents and records.

internal import System

/// What a line belongs to.
enum Subject: Hashable, Sendable {
  case session(SessionID)
  /// An event of this agent.
  case agent(String)
  /// A record outside any session.
  case outside
}

/// Takes files, in any order, and then makes the columns. Believes each line's own session and agent over its path.
struct SegmentBuilder {
  /// Which lines count; all where nothing is said.
  typealias Wanted = (Subject) -> Bool

  /// What the new segment takes the place of in one that stays under it.
  struct Mask {
    let segment: String
    var sessions: [Int]
    var files: [Int]
    var agents: [Int]
  }

  struct Found<Value> {
    let id: RecordID
    var value: Value
    let line: LinePlace
    var isContested = false
    /// Whether other lines have this id.
    var hasCopies = false
  }

  /// What of a memory becomes columns; the rest stays in its line.
  struct Row {
    let kind: Memory.Kind
    let time: Int64
    let agent: UInt32
    let session: UInt32
    let eventType: UInt32
    let tags: UInt32
    let importance: Double
    let mayBeOpen: Bool
    var isClosedWithin = false
    let key: UInt64?
    let parent: UInt64?
    /// In the file: content or decision, and reasoning.
    let texts: (TextSpan, TextSpan)
  }

  struct TextSpan {
    var offset: UInt32 = 0
    var count: UInt32 = 0
    var isEscaped = false
  }

  struct File {
    let path: String
    let stamp: FileStamp
    let bytes: [UInt8]
    let isOwned: Bool
  }

  var files: [File] = []
  /// Numbers of sessions, and of agents with the mark, by the number of the file that has lines of them; some twice.
  private(set) var subjects: [(file: UInt32, subject: UInt32)] = []
  var rows: [Found<Row>] = []
  var events: [Found<Event>] = []
  var reviews: [Found<Review>] = []
  /// Lines of sessions that are not read, for another one has the same id.
  var copies: [(session: UInt32, line: LinePlace)] = []
  /// Records with lines in several sessions, or in several files outside any.
  var scattered: Set<RecordID> = []
  var ownHashes: [(hash: UInt64, id: RecordID)] = []
  var sessions = Interned<SessionID>()
  var agents = Interned<ExactText>()
  var ownedAgents: Set<UInt32> = []
  var eventTypes = Interned<ExactText>()
  var tagLists = Interned<[ExactText]>()

  var masks: [Mask] = []

  /// Marks by the numbers of tags and event type.
  private var marks: [UInt64: ContextMarks] = [:]
  private var within = Within()

  init() {
    // Whoever opened a session of which nobody says it.
    _ = agents.number(ExactText(""))
  }

  /// Numbers in the order in which they were asked for.
  struct Interned<Value: Hashable> {
    private(set) var values: [Value] = []
    var numbers: [Value: UInt32] = [:]

    /// Of one that was asked for before.
    func known(_ value: Value) -> UInt32 { numbers[value]! }

    mutating func number(_ value: Value) -> UInt32 {
      if let last = values.last, last == value { return UInt32(values.count - 1) }
      if let known = numbers[value] { return known }
      let number = UInt32(values.count)
      values.append(value)
      numbers[value] = number
      return number
    }
  }

  // MARK: Taking

  /// A session or agent whose lines are all here, though there may be none.
  mutating func own(_ subject: Subject) {
    switch subject {
    case .session(let id): _ = sessions.number(id)
    case .agent(let id): ownedAgents.insert(agents.number(ExactText(id)))
    case .outside: break
    }
  }

  /// - Parameter isOwned: whether all that the file has outside sessions is here.
  mutating func add(
    _ path: String, _ stamp: FileStamp, _ bytes: [UInt8], isOwned: Bool = true,
    wanted: Wanted? = nil
  ) {
    let number = UInt32(files.count)
    files.append(File(path: path, stamp: stamp, bytes: bytes, isOwned: isOwned))
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        let fields: LineFields
        let record: Record
        do throws(JSONFault) {
          fields = try line.fields()
          record = try line.record(fields)
        } catch {
          return
        }
        let place = LinePlace(
          file: number, offset: UInt32(line.offset), count: UInt32(line.bytes.count))
        take(record, fields, place, wanted)
      }
    }
  }

  mutating func take(
    _ record: Record, _ fields: LineFields, _ place: LinePlace, _ wanted: Wanted?
  ) {
    func isWanted(_ subject: Subject) -> Bool { wanted?(subject) ?? true }
    switch record {
    case .memory(let memory):
      guard isWanted(memory.session.map { .session($0) } ?? .outside) else { return }
      add(memory, fields, place)
    case .event(let event):
      switch event.subject {
      case .session(let id):
        guard isWanted(.session(id)) else { return }
        note(sessions.number(id), in: place)
        if let agent = event.agent { _ = agents.number(ExactText(agent)) }
      case .agent(let id):
        guard isWanted(.agent(id)) else { return }
        note(agents.number(ExactText(id)) | Segment.agentMark, in: place)
        own(.agent(id))
      }
      events.append(Found(id: event.id, value: event, line: place))
    case .review(let review):
      guard isWanted(review.session.map { .session($0) } ?? .outside) else { return }
      if let session = review.session {
        note(sessions.number(session), in: place)
      }
      if let agent = review.agent { _ = agents.number(ExactText(agent)) }
      reviews.append(Found(id: review.id, value: review, line: place))
    case .unknown, .invalid: break
    }
  }

  private mutating func note(_ subject: UInt32, in place: LinePlace) {
    if let last = subjects.last, last == (place.file, subject) { return }
    subjects.append((place.file, subject))
  }

  mutating func add(_ memory: Memory, _ fields: LineFields, _ place: LinePlace) {
    var session = Segment.noSession
    if let id = memory.session {
      session = sessions.number(id)
      note(session, in: place)
    }
    for member in memory.metadataMembers {
      if let hash = CatalogHash.of(member) { ownHashes.append((hash, memory.id)) }
    }
    let eventType = eventTypes.number(ExactText(memory.eventType))
    let tags = tagLists.number(memory.tags.map(ExactText.init))
    let marks = marks(tags, eventType, of: memory)
    let mayBeOpen = OpenReport.mayBeOpen(memory, marks, .builtIn)
    if session != Segment.noSession {
      if within.session != session { endSession(followedBy: session) }
      within.add(memory, marks, row: rows.count, mayBeOpen: mayBeOpen)
    }
    let isDecision = memory.id.kind == .decision
    func span(_ span: JSONSpan) -> TextSpan {
      guard span.isString else { return TextSpan() }
      return TextSpan(
        offset: place.offset + span.start, count: UInt32(span.count),
        isEscaped: span.form == .escaped)
    }
    let row = Row(
      kind: memory.kind, time: memory.time.milliseconds,
      agent: agents.number(ExactText(memory.agent)), session: session,
      eventType: eventType, tags: tags,
      importance: memory.importance ?? .nan,
      mayBeOpen: mayBeOpen,
      key: memory.dedupKey.map(CatalogHash.of(key:)),
      parent: memory.corrects.map(CatalogHash.of),
      texts: (
        span(isDecision ? fields[.decision] : fields[.content]),
        isDecision ? span(fields[.reasoning]) : TextSpan()
      ))
    rows.append(Found(id: memory.id, value: row, line: place))
  }

  private mutating func marks(
    _ tags: UInt32, _ eventType: UInt32, of memory: Memory
  ) -> ContextMarks {
    let place = UInt64(tags) << 32 | UInt64(eventType)
    if let known = marks[place] { return known }
    let found = ContextMarks(tags: memory.tags, eventType: memory.eventType, .builtIn)
    marks[place] = found
    return found
  }

  // MARK: What is done

  /// A session's records, while its files come one behind the other.
  private struct Within {
    var session = Segment.noSession
    var memories: [(memory: Memory, marks: ContextMarks, row: Int)] = []
    var mayBeOpen = false
    /// By the session's number: whether a file of it came.
    var isSeen: [Bool] = []
    /// Those whose files did not come together.
    var apart: Set<UInt32> = []

    mutating func add(_ memory: Memory, _ marks: ContextMarks, row: Int, mayBeOpen: Bool) {
      memories.append((memory, marks, row))
      self.mayBeOpen = self.mayBeOpen || mayBeOpen
    }
  }

  /// Notes which of its items the session closes by itself: whatever others say may close more, and none less.
  mutating func endSession(followedBy next: UInt32) {
    if within.mayBeOpen {
      let found = within.memories.sorted { $0.memory.id < $1.memory.id }
      let closed = OpenItems.closed(among: found.map(\.memory), found.map(\.marks))
      for at in closed { rows[found[at].row].value.isClosedWithin = true }
    }
    within.memories.removeAll(keepingCapacity: true)
    (within.session, within.mayBeOpen) = (next, false)
    guard next != Segment.noSession else { return }
    // Numbers are given in any order: a segment of the overlay names its sessions first.
    while within.isSeen.count <= Int(next) { within.isSeen.append(false) }
    if within.isSeen[Int(next)] { within.apart.insert(next) }
    within.isSeen[Int(next)] = true
  }

  /// Sessions of which what they close by themselves is not the last word.
  func doubtfulSessions() -> Set<UInt32> {
    var reviewed: Set<RecordID> = []
    var doubtful = within.apart
    for review in reviews { reviewed.insert(review.value.record) }
    let parents = Set(rows.compactMap(\.value.parent))
    for copy in copies { doubtful.insert(copy.session) }
    for row in rows where row.value.session != Segment.noSession {
      if row.value.parent != nil || row.hasCopies
        || !reviewed.isEmpty && reviewed.contains(row.id)
        || !parents.isEmpty && parents.contains(CatalogHash.of(row.id))
      {
        doubtful.insert(row.value.session)
      }
    }
    return doubtful
  }
}
