// The catalog answers as the files say, whatever lies in segments, in the overlay, or was changed a moment ago.
import Foundation
import Synchronization
import System
import Testing

@testable import Memtrace

/// Random record files that agents, merges and people leave behind.
private final class RandomFiles {
  let root: URL
  private var random: SplitMix
  private var clock: Int64 = 1_780_000_000_000
  private var sessions: [SessionID] = []
  private(set) var records: [RecordID] = []
  private let agents = ["billing", "tv-support", "night-shift"]

  init(seed: UInt64) throws {
    random = SplitMix(state: seed)
    root = FileManager.default.temporaryDirectory.appending(path: "catalog-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: root.appending(path: ".git/memtrace"), withIntermediateDirectories: true)
    for _ in 0..<6 { sessions.append(.own(ulid())) }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  var place: Place {
    let git = root.appending(path: ".git").path
    return Place(root: root.path, gitFolder: git, commonFolder: git)
  }

  func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private func ulid() -> ULID {
    clock += Int64(below(90_000)) + 1
    return ULID(
      milliseconds: clock, random: (UInt16(truncatingIfNeeded: random.next()), random.next()))
  }

  private let words = ["router", "invoice", "refund", "signal", "late", "call", "credit", "E-401"]

  private func text() -> String {
    (0...below(6)).map { _ in words[below(words.count)] }.joined(separator: " ")
  }

  /// One more thing happens.
  func step() throws {
    switch below(20) {
    case 0:
      sessions.append(.own(ulid()))
      fallthrough
    case 1: try append(event())
    case 2..<12: try append(memory(in: sessions[below(sessions.count)]))
    case 12..<14: try append(memory(in: nil))
    case 14: if !records.isEmpty { try append(review()) }
    case 15: try editLine()
    case 16: try moveLine()
    case 17: try copyLine()
    case 18: try removeFile()
    default: try append(agentEvent())
    }
  }

  private func memory(in session: SessionID?) -> (Layout.Place, [UInt8]) {
    let isDecision = below(4) == 0
    let id = RecordID(isDecision ? .decision : .memory, ulid())
    let parent = below(6) == 0 && !records.isEmpty ? records[below(records.count)] : nil
    let memory = Memory(
      id: id, time: Timestamp(milliseconds: clock), agent: agents[below(agents.count)],
      session: session, kind: isDecision ? .decision : .episodic,
      eventType: isDecision ? "decision" : parent != nil ? "correction" : "general",
      content: "\(text()) \(id.ulid)", reasoning: isDecision ? text() : nil,
      tags: tags(),
      importance: below(3) == 0 ? Double(below(10)) / 10 : nil,
      metadata: session == nil
        ? RawJSON(.object([.init("customer_id", .string("c\(below(3))"))])) : nil,
      dedupKey: below(5) == 0 ? "key\(below(4))" : nil, parent: parent?.description)
    records.append(id)
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    return (Layout.place(of: memory), bytes)
  }

  private func tags() -> [String] {
    switch below(10) {
    case 0..<3: ["tag\(below(3))"]
    case 3: ["issue", "tag\(below(3))"]
    case 4: ["needs_\(agents[below(agents.count)])"]
    case 5: ["handoff", agents[below(agents.count)]]
    case 6: ["resolved", "tag\(below(3))"]
    case 7: ["resolved"]
    default: []
    }
  }

  private func event() -> (Layout.Place, [UInt8]) {
    let changes: [Event.Change] = [
      .opened(metadata: [.init("customer_id", .string("c\(below(3))"))], source: nil), .closed,
      .reopened,
      .metadata([.init("channel", below(2) == 0 ? "chat" : .null)]),
    ]
    return line(
      Event(
        id: RecordID(.event, ulid()), time: Timestamp(milliseconds: clock),
        subject: .session(sessions[below(sessions.count)]), agent: agents[below(agents.count)],
        change: changes[below(changes.count)]))
  }

  private func agentEvent() -> (Layout.Place, [UInt8]) {
    let agent = agents[below(agents.count)]
    return line(
      Event(
        id: RecordID(.event, ulid()), time: Timestamp(milliseconds: clock),
        subject: .agent(agent), agent: agent,
        change: below(4) == 0 ? .removed : .firstUsed(name: agent)))
  }

  private func line(_ event: Event) -> (Layout.Place, [UInt8]) {
    var bytes: [UInt8] = []
    event.appendLine(to: &bytes)
    return (Layout.place(of: event), bytes)
  }

  private func review() -> (Layout.Place, [UInt8]) {
    let record = records[below(records.count)]
    let word = Review.Word.allCases[below(Review.Word.allCases.count)]
    let session = sessions[below(sessions.count)]
    let line = """
      {"time":"\(Timestamp(milliseconds: clock))","reviewer":"Ana","review":"\(word.rawValue)",\
      "record_id":"\(record)","of":"abcdefghij","session_id":"\(session)","id":"\(RecordID(.review, ulid()))"}

      """
    return ((Layout.folder(of: session), .reviews), Array(line.utf8))
  }

  /// Acknowledged, and in no file yet.
  final class Journal: Sendable {
    let lines = Mutex<[PendingLine]>([])
  }

  let journal = Journal()
  var waiting: [PendingLine] { journal.lines.withLock(\.self) }

  private func append(_ line: (Layout.Place, [UInt8])) throws {
    let pending = PendingLine(
      folder: line.0.folder, file: FileName(line.0.kind, replica: "r\(below(2))"), bytes: line.1)
    if below(5) == 0 { return journal.lines.withLock { $0.append(pending) } }
    try append(pending)
  }

  private func append(_ line: PendingLine) throws {
    try write(line.path, (try read(line.path) ?? []) + line.bytes)
  }

  /// What waits comes into the files.
  func commit() throws {
    for line in waiting { try append(line) }
    journal.lines.withLock { $0 = [] }
  }

  var paths: [String] {
    var paths: [String] = []
    for root in Layout.recordRoots {
      try? Folder(self.root.path).walk(root, stamps: { path, _ in paths.append(path) })
    }
    return paths
  }

  private func read(_ path: String) throws -> [UInt8]? {
    try Folder(root.path).read(path)
  }

  private func write(_ path: String, _ bytes: [UInt8]) throws {
    let folder = try Folder(root.path)
    try bytes.isEmpty ? folder.remove(path) : folder.replace(path, with: bytes)
  }

  private func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: 0x0A).map { Array($0) + [0x0A] }
  }

  private func anyFile() throws -> (path: String, lines: [[UInt8]])? {
    let paths = paths
    guard !paths.isEmpty else { return nil }
    let path = paths[below(paths.count)]
    return (path, lines(try read(path) ?? []))
  }

  /// A person changes what is said.
  private func editLine() throws {
    guard let (path, found) = try anyFile(), !found.isEmpty else { return }
    var lines = found
    let place = below(lines.count)
    let text = String(decoding: lines[place], as: UTF8.self)
    lines[place] = Array(text.replacing(words[below(words.count)], with: "edited").utf8)
    try write(path, lines.flatMap(\.self))
  }

  /// A merge takes two files for one that was renamed.
  private func moveLine() throws {
    guard let (path, found) = try anyFile(), let (other, more) = try anyFile(), other != path,
      !found.isEmpty
    else { return }
    var lines = found
    let moved = lines.remove(at: below(lines.count))
    try write(path, lines.flatMap(\.self))
    try write(other, more.flatMap(\.self) + moved)
  }

  /// The same line stands twice, now and then with other bytes.
  private func copyLine() throws {
    guard let (path, lines) = try anyFile(), !lines.isEmpty else { return }
    let text = String(decoding: lines[below(lines.count)], as: UTF8.self)
    let copy = below(2) == 0 ? text : text.replacing("e", with: "a", maxReplacements: 1)
    try write(path, lines.flatMap(\.self) + Array(copy.utf8))
  }

  private func removeFile() throws {
    guard below(3) == 0, let (path, _) = try anyFile() else { return }
    try write(path, [])
  }

  private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
  }

  // MARK: Erasing

  /// A session now and then, else a record by itself, as `ErasePlan` names them. The files stay as they are.
  func erasure(in catalog: Catalog) throws -> Erasures {
    var erasures = Erasures()
    if below(3) == 0 {
      erasures.insert(sessions[below(sessions.count)], .forever)
    } else if let id = records.isEmpty ? nil : records[below(records.count)] {
      erasures.insert(.whole(id))
      if let session = try catalog.memory(id)?.session { erasures.places.insert(session) }
    }
    erasures.lines[RecordID(.erasure, ulid())] = []
    return erasures
  }

  func expectNoTrace(of erasures: Erasures, _ comment: Comment) throws {
    let folder = root.appending(path: ".git/memtrace/catalog")
    for url in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    {
      let bytes = try Data(contentsOf: url)
      for case .whole(let id) in erasures.records {
        // Each text ends with the id of its record.
        #expect(bytes.range(of: Data(id.ulid.description.utf8)) == nil, comment)
      }
    }
  }

  // MARK: Questions

  /// What a catalog says to every question, as text.
  func answers(_ catalog: Catalog) throws -> [String] {
    var answers: [String] = []
    for id in sessions {
      let found = try catalog.session(id)
      answers.append(
        "session \(id) \(String(describing: found?.session)) \(found?.memories.map { ($0.id, $0.content) } ?? []) \(found?.events.map(\.id) ?? []) \(String(describing: found?.newest))"
      )
      answers.append("standing \(id) \(String(describing: try catalog.standing(of: id)))")
    }
    answers.append("sessions \(try catalog.sessions())")
    for customer in 0..<3 {
      let condition = [JSON.Member("customer_id", .string("c\(customer)"))]
      answers.append("of \(customer) \(try catalog.sessions(where: condition).map(\.id))")
      answers.append(
        "about \(customer) \(try catalog.memoriesOutsideSessions(about: CustomerIdentity(["customer_id"], [condition])).map(\.id))"
      )
    }
    answers.append("agents \(try catalog.agents())")
    for agent in agents {
      let newest = try catalog.newest(ofAgent: agent, before: Timestamp(milliseconds: .max))
      answers.append("newest of \(agent) \(String(describing: newest))")
    }
    for standsOnly in [true, false] {
      for order in [Order.ascending, .descending] {
        var filters = [MemoryFilter()]
        for agent in agents { filters.append(MemoryFilter(agent: agent)) }
        filters.append(MemoryFilter(tags: ["tag1"]))
        filters.append(MemoryFilter(minImportance: 0.5))
        filters.append(MemoryFilter(contains: Needle("refund")))
        filters.append(MemoryFilter(kinds: [.decision]))
        filters.append(MemoryFilter(metadata: [.init("customer_id", "c1")]))
        for var filter in filters {
          filter.standsOnly = standsOnly
          let page = PageRequest(limit: 7, offset: 3, order: order)
          let found = try catalog.page(filter, page)
          answers.append("page \(found.items.map { ($0.id, $0.content) }) \(found.hasMore)")
        }
      }
    }
    let all = try catalog.memories(MemoryFilter.everything)
    answers.append("all \(all.map { ($0.id, $0.content, $0.session) })")
    let standing = try catalog.standing(of: all)
    answers.append("stand \(all.map { standing[$0.id] })")
    for id in records {
      answers.append("\(id) \(String(describing: try catalog.memory(id)?.content))")
      answers.append("contested \(id) \(try catalog.isContested(id))")
    }
    for query in ["refund credit", "E-401 router", "late call"] {
      for conditions in [[], [JSON.Member("customer_id", "c2")]] {
        var ranked = RankedQuery(query)
        ranked.filter.sessionMetadata = conditions
        let found = try catalog.ranked(ranked)
        answers.append("ranked \(query) \(found.map { ($0.memory.id, $0.score) })")
      }
    }
    for (since, until) in [(nil, nil), (Timestamp(milliseconds: clock - 1_000_000), nil)]
      as [(Timestamp?, Timestamp?)]
    {
      let totals = catalog.totals(since: since, until: until)
      answers.append(
        "totals \(totals.records) \(totals.sessions) \(totals.corrections) \(totals.agents.sorted { $0.key < $1.key })"
      )
    }
    answers.append("active \(catalog.activeSessions)")
    let report = OpenReport(
      keys: ["customer_id"], words: .builtIn, agents: catalog.writers(),
      now: Timestamp(milliseconds: clock),
      judge: { (try catalog.standing(of: $0), try catalog.outcomes(of: $0)) },
      find: { try catalog.memory($0) })
    let open = try catalog.openItems(report, before: nil, limit: .max) { _ in true }
    let slow = try report.items(
      catalog.sessions(matching: []),
      outside: catalog.memories(MemoryFilter()).filter { $0.session == nil })
    #expect(open.map(\.record.id) == slow.map(\.record.id))
    answers.append("open \(open.map { ($0.record.id, $0.customer, $0.waitsFor) })")
    let counts = catalog.counts
    answers.append("counts \(counts.sessions) \(counts.memories)")
    return answers
  }
}

extension Layout {
  fileprivate typealias Place = (folder: String, kind: FileKind)
}

extension MemoryFilter {
  fileprivate static var everything: MemoryFilter {
    var filter = MemoryFilter()
    filter.standsOnly = false
    return filter
  }

  fileprivate init(
    agent: String? = nil, tags: [String] = [], minImportance: Double? = nil,
    contains: Needle? = nil, kinds: [Memory.Kind] = [], metadata: [JSON.Member] = []
  ) {
    self.init()
    self.agent = agent
    self.tags = tags
    self.minImportance = minImportance
    self.contains = contains
    self.kinds = kinds
    sessionMetadata = metadata
  }
}

struct CatalogTests {
  private static let isLong = ProcessInfo.processInfo.environment["MEMTRACE_LONG"] != nil

  /// Reads everything into memory, with no segment at all.
  private func plain(
    _ files: RandomFiles, without erasures: Erasures = Erasures()
  ) throws -> Catalog {
    let catalog = Catalog(
      try Folder(files.root.path), files: nil, limits: CatalogLimits(few: .max, fewBytes: .max),
      waiting: { [journal = files.journal] in journal.lines.withLock(\.self) })
    catalog.look { $0.erasures = erasures }
    try catalog.open(at: nil, files.waiting) { _ in }
    return catalog
  }

  private func kept(
    _ files: RandomFiles, without erasures: Erasures = Erasures(), muchChanged: Int = .max
  ) throws -> Catalog {
    let catalog = Catalog(
      try Folder(files.root.path), files: CatalogFiles(files.place),
      limits: CatalogLimits(few: 2, many: 2, segments: 3, muchChanged: muchChanged, muchOpen: 2),
      waiting: { [journal = files.journal] in journal.lines.withLock(\.self) })
    catalog.look { $0.erasures = erasures }
    try catalog.open(at: nil, files.waiting) { _ in }
    return catalog
  }

  private func expectAlike(_ one: [String], _ other: [String], _ comment: Comment) {
    #expect(one.count == other.count, comment)
    for (a, b) in zip(one, other) where a != b {
      // A floor under new ids: that of a record that is gone does as well.
      if a.hasPrefix("newest "), a > b || b.hasSuffix("nil") { continue }
      Issue.record("\(comment): \(a.prefix(900))\n differs from\n\(b.prefix(900))")
      return
    }
  }

  @Test(arguments: 0..<(isLong ? 200 : 12))
  func `segments, their overlay and no segments at all answer alike`(seed: Int) throws {
    let files = try RandomFiles(seed: UInt64(seed))
    for _ in 0..<40 { try files.step() }
    for round in 0..<12 {
      for _ in 0...files.below(8) { try files.step() }
      let expected = try files.answers(plain(files))
      // Now and then more has changed than is worth reading one by one.
      let kept = try kept(files, muchChanged: round % 3 == 2 ? 2 : .max)
      expectAlike(try files.answers(kept), expected, "seed \(seed), round \(round)")
      try files.commit()
      expectAlike(
        try files.answers(plain(files)), expected, "seed \(seed), round \(round), committed")
    }
  }

  @Test(arguments: 0..<(isLong ? 100 : 8))
  func `what is erased is out of segments that were made before, and nothing else is`(
    seed: Int
  ) throws {
    let files = try RandomFiles(seed: UInt64(2_000 + seed))
    for _ in 0..<60 { try files.step() }
    var erasures = Erasures()
    for round in 0..<8 {
      let comment: Comment = "seed \(seed), round \(round)"
      _ = try kept(files, without: erasures)
      let open = try kept(files, without: erasures)
      erasures.formUnion(try files.erasure(in: plain(files, without: erasures)))
      let expected = try files.answers(plain(files, without: erasures))
      // Once by a catalog that is open, or else by the next one.
      if round % 2 == 0 {
        try open.know(erasures)
        expectAlike(
          withoutFloors(steady(try files.answers(open))), withoutFloors(steady(expected)), comment)
      }
      expectAlike(try files.answers(kept(files, without: erasures)), expected, comment)
      expectAlike(try files.answers(kept(files, without: erasures)), expected, comment)
      try files.expectNoTrace(of: erasures, comment)
      for _ in 0..<3 { try files.step() }
    }
  }

  /// Last activities only grow where it stays open.
  private func steady(_ answers: [String]) -> [String] {
    answers.filter { !$0.hasPrefix("agents ") && !$0.hasPrefix("newest ") }
  }

  /// The newest id of a session is a floor under new ones, which may be that of what is gone.
  private func withoutFloors(_ answers: [String]) -> [String] {
    answers.map { answer in
      guard answer.hasPrefix("session ") || answer.hasPrefix("standing "),
        let end = answer.range(of: " Optional(", options: .backwards)
      else { return answer }
      return answer.hasPrefix("session ") ? String(answer[..<end.lowerBound]) : ""
    }
  }

  @Test(arguments: 0..<(isLong ? 100 : 6))
  func `one that stays open follows its own writes and those of others`(seed: Int) throws {
    let files = try RandomFiles(seed: UInt64(1_000 + seed))
    for _ in 0..<40 { try files.step() }
    let open = try kept(files)
    for round in 0..<12 {
      let comment: Comment = "seed \(seed), round \(round)"
      for _ in 0...files.below(4) { try files.step() }
      try open.sweep()
      try open.add(files.waiting)
      let expected = steady(try files.answers(plain(files)))
      expectAlike(steady(try files.answers(open)), expected, comment)
      let lines = files.waiting
      let before = open.current(among: Set(lines.map(\.path)))
      try files.commit()
      open.grew(lines, before)
      expectAlike(steady(try files.answers(open)), expected, comment)
      if files.below(3) == 0 { try open.settleOpen(at: nil) }
      expectAlike(steady(try files.answers(open)), expected, comment)
    }
  }

  @Test(arguments: ["cut", "flip", "version", "gone", "empty", "other"])
  func `damaged segments are made anew`(damage: String) throws {
    let files = try RandomFiles(seed: 7)
    for _ in 0..<60 { try files.step() }
    let expected = try files.answers(plain(files))
    expectAlike(try files.answers(kept(files)), expected, "before")
    let folder = files.root.appending(path: ".git/memtrace/catalog")
    for url in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    where url.pathExtension == "segment" || damage == "other" {
      var bytes = try Data(contentsOf: url)
      switch damage {
      case "cut": bytes = bytes.prefix(bytes.count / 2)
      case "flip": bytes[bytes.count / 2] ^= 0x10
      case "version": bytes[8] ^= 0xFF
      case "empty": bytes = Data()
      case "other": bytes = Data("nothing of ours\n".utf8)
      default: bytes = Data()
      }
      try FileManager.default.removeItem(at: url)
      if damage != "gone" { try bytes.write(to: url) }
    }
    expectAlike(try files.answers(kept(files)), expected, "after")
  }

  @Test(arguments: ["correction", "review", "denial"], [0, 2, 64])
  func `what a session closes by itself is open again once somebody elsewhere says so`(
    word: String, many: Int
  ) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "catalog-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(
      at: root.appending(path: ".git/memtrace"), withIntermediateDirectories: true)
    let folder = try Folder(root.path)
    let git = root.appending(path: ".git").path
    let place = Place(root: root.path, gitFolder: git, commonFolder: git)
    var time: Int64 = 1_780_000_000_000
    func ulid() -> ULID {
      time += 1_000
      return ULID(milliseconds: time, random: (0, 0))
    }
    func append(_ place: (folder: String, kind: FileKind), _ line: [UInt8]) throws {
      let path = place.folder + "/" + FileName(place.kind, replica: "r").description
      try folder.replace(path, with: (folder.read(path) ?? []) + line)
    }
    func open(_ customer: String) throws -> SessionID {
      let id = SessionID.own(ulid())
      let event = Event(
        id: RecordID(.event, ulid()), time: Timestamp(milliseconds: time), subject: .session(id),
        agent: "tv-support",
        change: .opened(metadata: [.init("customer_id", .string(customer))], source: nil))
      var line: [UInt8] = []
      event.appendLine(to: &line)
      try append(Layout.place(of: event), line)
      return id
    }
    func write(_ session: SessionID, _ tags: [String], correcting: RecordID? = nil) throws
      -> RecordID
    {
      let memory = Memory(
        id: RecordID(.memory, ulid()), time: Timestamp(milliseconds: time), agent: "tv-support",
        session: session, kind: .episodic,
        eventType: correcting == nil ? "general" : Memory.correction, content: "\(tags)",
        reasoning: nil, tags: tags, importance: nil, metadata: nil, dedupKey: nil,
        parent: correcting?.description)
      var line: [UInt8] = []
      memory.appendLine(to: &line)
      try append(Layout.place(of: memory), line)
      return memory.id
    }
    func openItems() throws -> [RecordID] {
      let catalog = Catalog(
        folder, files: CatalogFiles(place),
        limits: CatalogLimits(few: 2, many: many, segments: 2, muchOpen: 2), waiting: { [] })
      try catalog.open(at: nil, []) { _ in }
      let report = OpenReport(
        keys: ["customer_id"], words: .builtIn, agents: catalog.writers(),
        now: Timestamp(milliseconds: time),
        judge: { (try catalog.standing(of: $0), try catalog.outcomes(of: $0)) },
        find: { try catalog.memory($0) })
      return try catalog.openItems(report, before: nil, limit: .max) { _ in true }.map(\.record.id)
    }
    let (ana, ben) = (try open("ana"), try open("ben"))
    func reject(_ record: RecordID, in session: SessionID) throws {
      let line = """
        {"time":"\(Timestamp(milliseconds: time))","reviewer":"Ana","review":"rejected",\
        "record_id":"\(record)","of":"abcdefghij","session_id":"\(session)","id":"\(RecordID(.review, ulid()))"}

        """
      try append((Layout.folder(of: session), .reviews), Array(line.utf8))
    }
    if word == "denial" {
      // What closes it below says this again.
      let other = try open("ana")
      try reject(write(other, ["resolved", "router"]), in: other)
    }
    let issue = try write(ana, ["issue", "router"])
    let closing = try write(ana, ["resolved", "router"])
    for _ in 0..<3 { _ = try write(open("cleo"), ["billing"]) }
    #expect(try openItems() == (word == "denial" ? [issue] : []))
    if word == "correction" { _ = try write(ben, ["router"], correcting: closing) }
    if word == "review" { try reject(closing, in: ben) }
    #expect(try openItems() == [issue])
    // A second time, from what is kept of it by now.
    #expect(try openItems() == [issue])
  }
}
