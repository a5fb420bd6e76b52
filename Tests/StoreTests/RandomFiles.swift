// Random record files, and every question that a catalog answers about them.

import Foundation
import Synchronization
import System
import Testing

@testable import Memtrace

/// Random record files that agents, merges and people leave behind.
final class RandomFiles {
  let root: URL
  private let isOurs: Bool
  private var random: SplitMix
  private var clock: Int64 = 1_780_000_000_000
  private var sessions: [SessionID] = []
  private(set) var records: [RecordID] = []
  private let agents = ["billing", "tv-support", "night-shift"]

  /// - Parameter folder: a repository that is there; without it a folder that is removed at the end.
  init(seed: UInt64, in folder: String? = nil) throws {
    random = SplitMix(state: seed)
    isOurs = folder == nil
    root =
      folder.map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.temporaryDirectory.appending(path: "catalog-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: root.appending(path: ".git/memtrace"), withIntermediateDirectories: true)
    for _ in 0..<6 { sessions.append(.own(ulid())) }
  }

  deinit { if isOurs { try? FileManager.default.removeItem(at: root) } }

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

func expectAlike(_ one: [String], _ other: [String], _ comment: Comment) {
  #expect(one.count == other.count, comment)
  for (a, b) in zip(one, other) where a != b {
    // A floor under new ids: that of a record that is gone does as well.
    if a.hasPrefix("newest "), a > b || b.hasSuffix("nil") { continue }
    Issue.record("\(comment): \(a.prefix(900))\n differs from\n\(b.prefix(900))")
    return
  }
}
