// Several clones archive, apart and at once, beside others that go on writing: plain Git merges it, and sync does the rest.

import Foundation
import Testing

@testable import Memtrace

/// Clones of one hub that are driven through the program and plain Git, at times that the test sets.
private final class Crew {
  let world: SyncWorld
  private var random: SeededGenerator
  private let count: Int
  /// Minutes since 2026-01-01.
  private(set) var now = 0
  /// Sessions that each clone has, and records of them that were acknowledged.
  private var known: [Set<String>]
  private var onHub: Set<String> = []
  private var lastSync: [Int]
  private(set) var acknowledged: Set<String> = []
  private(set) var made = 0

  init(_ count: Int, seed: UInt64 = 1) throws {
    try SyncWorld.require("faketime")
    world = try SyncWorld()
    random = SeededGenerator(seed: seed)
    self.count = count
    known = Array(repeating: [], count: count)
    lastSync = Array(repeating: 0, count: count)
    try world.makeHub()
    try world.git("config", "--global", "user.name", "Ana")
    try world.git("config", "--global", "user.email", "ana@agents.invalid")
    try FileManager.default.createDirectory(atPath: path(0), withIntermediateDirectories: true)
    try memtrace(0, "init", ".")
    try memtrace(0, "remote", "add", "origin", "\(world.path)/hub.git")
    try memtrace(0, "agent", "register", "ana")
    try memtrace(0, "sync")
    for n in 1..<count { try world.git("clone", "-q", "hub.git", "c\(n)") }
  }

  func path(_ clone: Int) -> String { "\(world.path)/c\(clone)" }

  func wait(days: Int) { now += days * 1_440 }

  @discardableResult
  func memtrace(_ clone: Int, _ arguments: String..., status: Int32 = 0) throws -> String {
    now += 1
    let time = Date(timeIntervalSince1970: 1_767_225_600 + Double(now) * 60)
    let format = DateFormatter()
    format.dateFormat = "yyyy-MM-dd HH:mm:ss"
    format.timeZone = TimeZone(identifier: "UTC")
    let outcome = try world.run(
      ["faketime", "-f", "@\(format.string(from: time))", "\(SyncWorld.programs)/memtrace"]
        + arguments, in: path(clone),
      environment: ["PATH": SyncWorld.searchPath, "NO_FAKE_STAT": "1", "TZ": "UTC"])
    try #require(outcome.status == status, "\(clone) \(arguments): \(outcome.output)")
    return outcome.output
  }

  @discardableResult
  func git(_ clone: Int, _ arguments: String...) throws -> String {
    let outcome = try world.run(["git"] + arguments, in: path(clone))
    try #require(outcome.status == 0, "\(clone) git \(arguments): \(outcome.output)")
    return outcome.output.trimmed
  }

  /// Plain Git alone, and a driver that fails: no file may have two versions to merge.
  func exchange(_ clone: Int) throws {
    try git(
      clone, "-c", "merge.memtrace.driver=false", "pull", "-q", "--no-rebase", "--no-edit",
      "origin", "main")
    try git(clone, "push", "-q", "origin", "HEAD:main")
    noteSync(clone)
  }

  func pull(_ clone: Int) throws {
    try git(
      clone, "-c", "merge.memtrace.driver=false", "pull", "-q", "--no-rebase", "--no-edit",
      "origin", "main")
    known[clone].formUnion(onHub)
  }

  func sync(_ clone: Int) throws {
    try memtrace(clone, "sync")
    noteSync(clone)
  }

  private func noteSync(_ clone: Int) {
    onHub.formUnion(known[clone])
    known[clone] = onHub
    lastSync[clone] = now
  }

  /// Closed sessions of today, three files each, of a writer of their own.
  func burst(_ clone: Int, _ count: Int = 18, say: String = "said") throws {
    now += 60
    let replica = "b\(String(random.next() % 1_000_000))"
    var lines = ""
    let start = 1_767_225_600_000 + Int64(now) * 60_000
    for number in 0..<count {
      let time = start + Int64(number) * 1_000
      let session = "sess_\(ulid(time))"
      known[clone].insert(session)
      let stamp = "\"time\":\"\(Timestamp(milliseconds: time))\",\"agent_id\":\"ana\""
      let end = "\"session_id\":\"\(session)\""
      func add(_ words: String, _ prefix: String, _ step: Int64) {
        let id = "\(prefix)_\(ulid(time + step))"
        if prefix != "evt" { acknowledged.insert(id) }
        lines += "{\(stamp),\(words),\(end),\"id\":\"\(id)\",\"replica\":\"\(replica)\"}\n"
      }
      add("\"event\":\"opened\",\"metadata\":{\"customer_id\":\"c\(number % 5)\"}", "evt", 0)
      add("\"content\":\"Customer \(number) \(say) so\"", "mem", 1)
      add("\"content\":\"Customer \(number) \(say) more\"", "mem", 2)
      add("\"decision\":\"Refund \(number)\",\"reasoning\":\"Billed twice\"", "dec", 3)
      add("\"event\":\"closed\"", "evt", 4)
    }
    try lines.write(toFile: "\(world.path)/lines", atomically: true, encoding: .utf8)
    try memtrace(clone, "import", "\(world.path)/lines")
    now += 1
  }

  private func ulid(_ time: Int64) -> ULID {
    ULID(
      milliseconds: time,
      random: (UInt16(truncatingIfNeeded: random.next()), random.next()))
  }

  func session(_ clone: Int) -> String? { known[clone].sorted().randomElement(using: &random) }

  func remember(_ clone: Int, _ session: String) throws {
    note(
      try memtrace(
        clone, "remember", "Late \(random.next() % 1_000)", "--agent", "ana", "--session", session))
  }

  private func note(_ output: String) {
    let id = output.split(whereSeparator: { " \n".contains($0) }).first {
      RecordID(String($0)) != nil
    }
    if let id { acknowledged.insert(String(id)) } else { Issue.record("no id in \(output)") }
  }

  /// What two months ago brought: sessions of which every clone has written some.
  func begin() throws {
    try burst(0, 40)
    for clone in Array(0..<count) + [0] { try exchange(clone) }
    for clone in 0..<count { for _ in 0..<6 { try remember(clone, session(clone) ?? "") } }
    for clone in Array(0..<count) + [0, 1] { try exchange(clone) }
    for number in 0..<4 {
      wait(days: 15)
      if number < 3 { try burst(number % count) }
      for clone in 0..<count { try exchange(clone) }
    }
  }

  /// One step of a random history, in which every line reaches the hub within 27 days.
  func step() throws {
    wait(days: Int.random(in: 0...8, using: &random))
    for clone in 0..<count where now - lastSync[clone] > 17 * 1_440 { try exchange(clone) }
    let clone = Int.random(in: 0..<count, using: &random)
    switch Int.random(in: 0..<14, using: &random) {
    case 0..<4:
      if let session = session(clone) { try remember(clone, session) }
    case 12:
      try burst(clone)
      for _ in 0..<4 { try remember(clone, session(clone) ?? "") }
    case 4:
      if let session = session(clone) {
        let verb = ["close", "reopen"].randomElement(using: &random)!
        try memtrace(clone, "session", verb, session)
      }
    case 5:
      if let session = session(clone) {
        let read = try memtrace(clone, "recall", "--session", session, "--limit", "1", "--json")
        let record = try JSON(parsing: Array(read.utf8))["memories"]?.array?.first
        if let id = record?["id"]?.string {
          try memtrace(clone, "review", "reject", id, "--reason", "no")
        }
      }
    case 6..<10: try archive(clone)
    default: try exchange(clone)
    }
  }

  /// Whoever archives looks first at what others sent, and sends it when they like; others do the same meanwhile.
  private func archive(_ clone: Int) throws {
    let clones = Set([clone, Int.random(in: 0..<count, using: &random)]).sorted()
    for clone in clones { try pull(clone) }
    for clone in clones {
      let age = ["60d", "75d", "120d"].randomElement(using: &random)!
      let done = try memtrace(clone, "archive", "--older-than", age)
      if done.contains("archived ") { made += 1 }
      for _ in 0..<2 { try remember(clone, session(clone) ?? "") }
    }
    if Bool.random(using: &random) { try exchange(clone) }
  }

  func archives(_ clone: Int) throws -> [String] {
    try git(clone, "ls-files", "sessions/*/archive.*").split(separator: "\n").map(String.init)
  }

  func recalled(_ clone: Int) throws -> [String] {
    var ids: [String] = []
    while true {
      let read = try JSON(
        parsing: Array(
          memtrace(
            clone, "recall", "--all", "--limit", "1000", "--offset", String(ids.count), "--json"
          ).utf8))
      ids += (read["memories"]?.array ?? []).compactMap { $0["id"]?.string }
      if read["has_more"] != .bool(true) { return ids }
    }
  }

  /// How often each record stands in HEAD's files.
  func standing(_ clone: Int) throws -> [String: Int] {
    let found = try git(
      clone, "grep", "-h", "-o", "-E", "\"(mem|dec)_[0-9A-Z]{26}\"}$", "HEAD", "--", "sessions")
    return Dictionary(
      found.split(separator: "\n").map { (String($0.dropFirst().dropLast(2)), 1) },
      uniquingKeysWith: +)
  }

  func expectOneMemory(at place: SourceLocation = #_sourceLocation) throws {
    let trees = try (0..<count).map { try git($0, "rev-parse", "HEAD^{tree}") }
    #expect(Set(trees).count == 1, sourceLocation: place)
    for clone in 0..<count {
      let read = try recalled(clone)
      #expect(read.count == acknowledged.count, sourceLocation: place)
      #expect(Set(read) == acknowledged, sourceLocation: place)
      #expect(try git(clone, "status", "--porcelain") == "", sourceLocation: place)
      let problems = try memtrace(clone, "check", "--json")
      #expect(problems.contains("\"problems\":[]"), "\(problems)", sourceLocation: place)
    }
  }
}

@Suite struct ArchiveSyncTests {
  /// 10 histories of 20 steps; 500 with `MEMTRACE_LONG=1`.
  @Test(arguments: 1...UInt64(SyncWorld.isLong ? 500 : 10))
  func `plain Git merges whatever clones archived that meet often enough`(seed: UInt64) throws {
    let crew = try Crew(3, seed: seed)
    try crew.begin()
    for _ in 0..<20 { try crew.step() }
    // One in some two hundred has archived nothing by then.
    for _ in 0..<200 where crew.made == 0 { try crew.step() }
    for clone in [0, 1, 2, 0, 1] { try crew.exchange(clone) }
    #expect(crew.made > 0)
    try crew.expectOneMemory()
    for clone in [0, 1, 2] { try crew.sync(clone) }
    try crew.expectOneMemory()
  }

  @Test func `two clones that archive the same have one file and one tree`() throws {
    let crew = try Crew(2)
    try crew.burst(0, 40)
    for clone in 0..<2 { try crew.sync(clone) }
    crew.wait(days: 200)
    for clone in 0..<2 { try crew.memtrace(clone, "archive") }
    #expect(try crew.archives(0) == crew.archives(1))
    #expect(try crew.archives(0).count == 1)
    try crew.expectOneMemory()
    for clone in [0, 1, 0] { try crew.sync(clone) }
    try crew.expectOneMemory()
    #expect(try crew.standing(1).values.allSatisfy { $0 == 1 })
  }

  @Test func `two clones that archive differently converge, by sync and by plain Git`() throws {
    for isPlain in [false, true] {
      let crew = try Crew(2)
      try crew.burst(0, 40)
      crew.wait(days: 5)
      try crew.burst(0, 40)
      for clone in 0..<2 { try crew.sync(clone) }
      crew.wait(days: 100)
      try crew.memtrace(0, "archive", "--older-than", "102d")
      try crew.memtrace(1, "archive", "--older-than", "60d")
      #expect(try crew.archives(0) != crew.archives(1))
      for clone in [0, 1, 0] {
        if isPlain { try crew.exchange(clone) } else { try crew.sync(clone) }
      }
      #expect(try crew.archives(1).count == 2)
      #expect(try crew.git(1, "ls-files", "sessions").split(separator: "\n").count == 2)
      try crew.expectOneMemory()
    }
  }

  @Test func `what a clone that was away appended to an archived file stands once`() throws {
    let crew = try Crew(2)
    try crew.burst(1, 40)
    let session = try #require(crew.session(1))
    try crew.remember(1, session)
    for clone in [1, 0] { try crew.sync(clone) }
    crew.wait(days: 20)
    // The file is not full yet, and nobody hears of the line for half a year.
    try crew.remember(1, session)
    crew.wait(days: 200)
    try crew.memtrace(0, "archive")
    try crew.remember(0, session)
    try crew.sync(0)
    try crew.remember(1, session)
    for clone in [1, 0] { try crew.sync(clone) }
    try crew.expectOneMemory()
    #expect(try crew.standing(0).values.allSatisfy { $0 == 1 })
    #expect(try crew.archives(1).count == 1)
    // And goes into the next archive like anything else.
    try crew.burst(0, 20)
    crew.wait(days: 300)
    try crew.memtrace(0, "archive")
    for clone in [0, 1] { try crew.sync(clone) }
    try crew.expectOneMemory()
  }

  @Test func `a session that is part of a proposal stays`() throws {
    let crew = try Crew(2)
    try crew.burst(0, 40)
    for clone in 0..<2 { try crew.sync(clone) }
    crew.wait(days: 200)
    let session = try #require(crew.session(1))
    try crew.remember(1, session)
    try crew.memtrace(1, "sync", "--branch", "review/one")
    try crew.git(0, "fetch", "-q", "origin")
    let answer = try JSON(parsing: Array(crew.memtrace(0, "archive", "--json").utf8))
    #expect(answer["left"]?["unmerged"] == 3 && answer["files"] == 117, "\(answer)")
    try crew.sync(0)
    try crew.git(
      0, "-c", "merge.memtrace.driver=false", "merge", "-q", "--no-edit", "origin/review/one")
    for clone in [0, 1, 0] { try crew.sync(clone) }
    try crew.expectOneMemory()
  }

  @Test func `what one clone erases while another archives it is nowhere`() throws {
    let crew = try Crew(2)
    try crew.burst(0, 40, say: "CANARY")
    for clone in 0..<2 { try crew.sync(clone) }
    crew.wait(days: 200)
    try crew.memtrace(0, "archive")
    try crew.git(1, "remote", "set-url", "origin", "\(crew.world.path)/away.git")
    for number in 0..<5 {
      try crew.memtrace(1, "erase", "--where", "customer_id=c\(number)", "--yes")
    }
    try crew.git(1, "remote", "set-url", "origin", "\(crew.world.path)/hub.git")
    for clone in [0, 1, 0] { try crew.sync(clone) }
    for clone in 0..<2 {
      #expect(try crew.recalled(clone) == [])
      let left = try crew.world.run(
        ["grep", "-rlaF", "CANARY", ".", "--exclude-dir=objects"], in: crew.path(clone))
      #expect(left.output == "")
      let tip = try crew.world.run(["git", "grep", "-l", "CANARY", "HEAD"], in: crew.path(clone))
      #expect(tip.output == "")
    }
  }
}
