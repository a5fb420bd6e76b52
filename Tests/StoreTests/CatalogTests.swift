// The catalog answers as the files say, whatever lies in segments, in the overlay, or was changed a moment ago.
import Foundation
import Synchronization
import System
import Testing

@testable import Memtrace

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
