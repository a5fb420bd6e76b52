// archive: old lines of closed sessions stand in few files, and every verb says what it said before.

import Faults
import Glibc
import Testing

@testable import Memtrace

struct ArchiveTests {
  private let world: TestWorld
  private let clone: Clone
  private var old = OldSessions()

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  /// Answers of every verb that reads, without what is a measurement.
  private func readings(_ session: String, _ record: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for words in [
      ["recall", "--limit", "1000"], ["recall", "--session", session, "--all"], ["show", record],
      ["search", "error E-31"], ["search", "said", "--where", "customer_id=c3"],
      ["context", session], ["context", "--where", "customer_id=c3"],
      ["context", "--where", "customer_id=c3", "--query", "refund"], ["session", "list"],
      ["session", "show", session], ["session", "search", "--where", "customer_id=c3"],
      ["open"], ["stats"], ["customer", "customer_id=c3"], ["agent", "list"],
      ["agent", "stats", "ana"], ["review", "list"], ["blame", session],
      ["log", "--session", session], ["log", "--where", "customer_id=c3"],
      ["diff", "HEAD"], ["export", "--format", "csv"], ["export", "--format", "md"],
    ] {
      let outcome = try world.run([TestWorld.memtrace, "--json"] + words, in: clone.path)
      #expect(outcome.status == 0, "\(words): \(outcome.err)")
      // An export for people says in which minute it was made, an answer how long it took.
      var text = outcome.out.replacing(/Made on [0-9-]+ at [0-9:]+ UTC/, with: "")
      if let took = text.firstRange(of: "\"query_time_ms\":") {
        let end = text[took.upperBound...].firstIndex { !$0.isNumber } ?? text.endIndex
        text.removeSubrange(took.lowerBound..<end)
      }
      found[words.joined(separator: " ")] = text
    }
    return found
  }

  private func expectSame(
    _ after: [String: String], as before: [String: String],
    at place: SourceLocation = #_sourceLocation
  ) {
    for (words, text) in before {
      #expect(after[words] == text, "\(words)", sourceLocation: place)
    }
  }

  @Test mutating func `every verb says what it said before, and a second run adds nothing`() throws
  {
    try clone.done("agent", "register", "ana")
    try clone.take(old.lines(80) { $0 % 9 != 0 })
    let (session, record) = (old.sessions[31], old.records[31 * 4 + 3])
    try clone.done("review", "reject", old.records[31 * 4], "--reason", "no")
    try clone.done("retract", old.records[32 * 4], "--reason", "wrong")
    let before = try readings(session, record)
    let export = try clone.done("export").lines.map { $0.split(separator: ",\"replica\"")[0] }

    let plan = try clone.json("archive", "--dry-run")
    #expect(try clone.archives() == [])
    #expect(plan["dry_run"] == true && plan["commit"] == nil)
    let done = try clone.json("archive")
    for key in ["sessions", "files", "lines", "archives", "left"] {
      #expect(plan[key] == done[key])
    }
    // 71 of 80 are closed, each with three files and six lines.
    #expect(done["files"] == .number("\(71 * 3)") && done["lines"] == .number("\(71 * 6)"))
    #expect(done["archives"] == 1 && done["left"]?["open"] == 27)
    #expect(try clone.archives().count == 1)
    let made = try clone.git("rev-parse", "HEAD")
    #expect(done["commit"]?.string == made)

    expectSame(try readings(session, record), as: before)
    #expect(
      try clone.done("export").lines.map { $0.split(separator: ",\"replica\"")[0] }.sorted()
        == export.sorted())
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()

    let head = try clone.git("rev-parse", "HEAD")
    #expect(try clone.json("archive")["files"] == 0)
    #expect(try clone.git("rev-parse", "HEAD") == head)
    // Without a catalog, and with the bytes of a fresh clone.
    try world.run(["rm", "-rf", clone.path + "/.git/memtrace/catalog"], in: "/")
    expectSame(try readings(session, record), as: before)
    let log = try #require(clone.json("log")["commits"]?.array)
    #expect(log[0]["records"] == 0)
    #expect(log[0]["subject"]?.string == "archive: 426 lines of 71 sessions · 1 file for 213")
  }

  @Test mutating func `a removed archive is counted by the sessions in it`() throws {
    try clone.take(old.lines(60))
    try clone.done("archive")
    try clone.git("rm", "-q", try #require(clone.archives().first))
    try clone.git("commit", "-qm", "person: removed")
    let said = try clone.memtrace("check").out
    #expect(said.contains("removed 360 records in 60 sessions"), "\(said)")
    let next = try clone.done("remember", "Next", "--agent", "ana")
    #expect(next.err.contains("put back 360 records in 60 sessions"), "\(next.err)")
  }

  @Test mutating func `lines move byte for byte, and an export brings the archive back`() throws {
    try clone.take(old.lines(60))
    let lines = try clone.git("grep", "-h", "", "HEAD", "--", "sessions").split(separator: "\n")
    try clone.done("archive")
    let after = try clone.git("grep", "-h", "", "HEAD", "--", "sessions").split(separator: "\n")
    #expect(after.sorted() == lines.sorted())
    let path = try #require(clone.archives().first)
    let bytes = try bytes(of: clone.path + "/" + path)
    #expect(path == Layout.archive(in: "sessions/2026-01", of: bytes))
    let file = world.folder + "/export.jsonl"
    try write(try clone.done("export").out, to: file)
    let copy = try world.clone("copy")
    try copy.done("import", file)
    #expect(
      try copy.git("rev-parse", "HEAD:sessions") == clone.git("rev-parse", "HEAD:sessions"))
    // What is there already, archived or not, comes in once.
    #expect(try clone.json("import", file)["records"] == 0)
    #expect(try clone.loose() == [])
    try clone.expectHealthy()
  }

  @Test mutating func `what is young, open, changed, unmerged or alone stays`() throws {
    let recent = Timestamp(milliseconds: World.current.now().milliseconds - 100 * 86_400_000)
    try clone.take(old.lines(60) + old.lines(60, from: recent.description))
    let (edited, staged, side, stashed, there, open) = (
      old.sessions[1], old.sessions[2], old.sessions[3], old.sessions[4], old.sessions[5],
      old.sessions[6]
    )
    func memories(_ session: String) throws -> String {
      try #require(try clone.files(of: session).first { $0.contains("memories.") })
    }
    func change(_ session: String) throws {
      let path = try memories(session)
      try write(try text(of: path).replacing("said", with: "told"), to: path)
    }
    try clone.done("session", "reopen", open)
    try change(stashed)
    try clone.git("stash", "-q")
    try clone.git("switch", "-qc", "side")
    try clone.done("remember", "On a branch", "--agent", "ana", "--session", side)
    try clone.git("switch", "-q", "main")
    let other = Clone(world: world, path: world.folder + "/wt")
    try clone.git("worktree", "add", "-q", "--detach", other.path)
    try change(there)
    try write(
      try text(of: memories(there)), to: other.path + memories(there).dropFirst(clone.path.count))
    try clone.git("checkout", "-q", memories(there))
    try other.git("commit", "-qam", "people: there")
    try change(staged)
    try clone.git("add", memories(staged))
    try write(
      try text(of: memories(staged)).replacing("told", with: "said"), to: memories(staged))
    try change(edited)

    let done = try clone.json("archive")
    // Of 60: the whole sessions of the three references, one file each of two edits, three of the open one and its new
    // line's file.
    #expect(done["left"]?["unmerged"] == 9 && done["left"]?["changed"] == 2, "\(done)")
    #expect(done["left"]?["open"] == 4 && done["left"]?["young"] == 180, "\(done)")
    #expect(done["files"] == .number("\(180 - 9 - 2 - 3)"), "\(done)")
    for session in [side, stashed, there, open] {
      #expect(try clone.files(of: session).count >= 3)
    }
    try clone.git("checkout", "-q", "HEAD", "--", "sessions")
    try clone.git("stash", "pop", "-q")
    #expect(try text(of: memories(stashed)).contains("told"))
    try clone.git("commit", "-qam", "people: told")
    try clone.git("merge", "-q", "--no-edit", "side")
    #expect(try clone.recalled(side).count == 5)
    #expect(try clone.json("archive", "--older-than", "90d")["files"] == 180)
    for words in [["--older-than", "59d"], ["--older-than", "2999-01-01"]] {
      let refused = try world.run([TestWorld.memtrace, "archive"] + words, in: clone.path)
      #expect(refused.status == 2 && refused.err.contains("60 days"), "\(refused.err)")
    }
  }

  @Test mutating func `fewer than fifty files of a month are left alone`() throws {
    try clone.take(old.lines(16) + old.lines(17, from: "2026-02-03T10:00:00Z"))
    let done = try clone.json("archive")
    #expect(done["left"]?["few"] == 48 && done["files"] == 51)
    #expect(try clone.archives().map { $0.prefix(16) } == ["sessions/2026-02"])
  }

  @Test mutating func `an archived session goes on: records, reviews, retries, reopening`() throws {
    try clone.take(old.lines(60))
    let (session, memory) = (old.sessions[7], old.records[28])
    let key = try #require(clone.json("show", memory)["dedup_key"]?.string)
    try clone.done("archive")
    let retry = try clone.memtrace(
      "remember", "x", "--agent", "ana", "--session", session, "--dedup-key", key)
    #expect(retry.status == 4, "\(retry.err)")
    let late = try clone.remember("Late", session)
    try clone.done(
      "remember", "Corrected", "--agent", "ana", "--session", session, "--event", "correction",
      "--parent", memory)
    try clone.done("review", "reject", old.records[29])
    #expect(try clone.json("show", memory)["state"]?.string == "corrected")
    #expect(try clone.json("show", old.records[29])["state"]?.string == "rejected")
    #expect(try clone.json("session", "show", session)["status"]?.string == "closed")
    try clone.done("session", "reopen", session)
    #expect(try clone.json("session", "show", session)["status"]?.string == "active")
    #expect(try clone.recalled(session).contains(late))
    // No name that an archive has taken comes back.
    let gone = try clone.git("log", "--diff-filter=D", "--name-only", "--format=")
      .split(separator: "\n")
    #expect(try Set(clone.loose().map { Substring($0) }).isDisjoint(with: gone))
    #expect(try clone.json("archive")["files"] == 0)
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
  }

  @Test mutating func `a session whose archive is not in the work tree takes records`() throws {
    try clone.take(old.lines(60))
    try clone.done("archive")
    let path = try #require(clone.archives().first)
    unlink(clone.path + "/" + path)
    let late = try clone.remember("Late", old.sessions[3])
    #expect(try clone.committed().count == 60 * 4 + 1)
    try clone.git("checkout", "-q", path)
    #expect(try clone.recalled(old.sessions[3]).last == late)
    #expect(try clone.recalled().count == 60 * 4 + 1)
    let unknown = try clone.memtrace(
      "remember", "x", "--agent", "ana", "--session", "sess_01KDVHB3H0SFHY7GG89XFZ19AN")
    #expect(unknown.status == 3)
    try clone.expectHealthy()
  }

  @Test(arguments: [false, true])
  func `a customer who is erased after it is nowhere`(reachesHistory: Bool) throws {
    var old = OldSessions()
    try clone.take(old.lines(60, say: "CANARY-4711"))
    try clone.done("archive")
    #expect(try clone.recalled(old.sessions[1]).count == 4)
    try clone.done("erase", old.records[4])
    #expect(try clone.recalled(old.sessions[1]).count == 3)
    let more = reachesHistory ? ["--history"] : []
    for number in 0..<7 where number != 1 {
      let outcome = try world.run(
        [TestWorld.memtrace, "erase", "--where", "customer_id=c\(number)"] + more, in: clone.path)
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    let rest = try clone.committed()
    // c1 has the sessions 1, 8, …, 57.
    let recalled = try clone.recalled()
    #expect(rest.count == 9 * 4 - 1 && Set(rest) == Set(recalled))
    let outcome = try world.run(
      [TestWorld.memtrace, "erase", "--where", "customer_id=c1"] + more, in: clone.path)
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try clone.committed() == [])
    let left = try world.run(
      ["grep", "-rlaF", "CANARY-4711", clone.path, "--exclude-dir=objects"], in: "/")
    #expect(left.lines == [])
    if reachesHistory {
      let found = try world.run(
        [
          "sh", "-c",
          "git cat-file --batch-all-objects --batch --unordered | grep -ac CANARY-4711",
        ], in: clone.path)
      #expect(found.line == "0")
    }
    try clone.expectHealthy()
  }

  @Test mutating func `one that is killed is completed by the next command, or never was`() throws {
    try clone.take(old.lines(120))
    let expected = try clone.recalled().sorted()
    try world.run(["cp", "-r", clone.path, world.folder + "/whole"], in: "/")
    let whole = Clone(world: world, path: world.folder + "/whole")
    let began = microseconds()
    try whole.done("archive")
    let usual = microseconds() - began
    var random = SplitMix(seed: 11)
    var done = 0
    for round in 0..<(isLong ? 60 : 12) {
      let path = world.folder + "/cut-\(round)"
      try world.run(["cp", "-r", clone.path, path], in: "/")
      let cut = Clone(world: world, path: path)
      let child = try world.start([TestWorld.memtrace, "archive"], in: path)
      usleep(UInt32(random.next() % UInt64(usual)))
      child.kill()
      try child.end()
      // A reader puts nothing in order, and misses nothing.
      #expect(try cut.recalled().sorted() == expected)
      try cut.done("remember", "Next", "--agent", "ana", "--session", old.sessions[0])
      done += try cut.archives().count
      #expect(try cut.committed().count == expected.count + 1)
      try cut.expectHealthy()
      try cut.done("archive")
      #expect(try cut.archives() == whole.archives())
      #expect(try cut.committed().count == expected.count + 1)
      #expect(try cut.json("check")["problems"] == .array([]))
      try cut.expectHealthy()
      try world.run(["rm", "-rf", path], in: "/")
    }
  }

  private func copy(_ name: String) throws -> Clone {
    try world.run(["cp", "-r", clone.path, "\(world.folder)/\(name)"], in: "/")
    return Clone(world: world, path: "\(world.folder)/\(name)")
  }

  /// Every call is thousands of runs; by default 24 of them are cut and as many fail.
  @Test mutating func `killed at a system call or failing in one, it is repeated and right`()
    throws
  {
    try clone.take(old.lines(20))
    let expected = try clone.recalled().sorted()
    let faults = try Faults(below: world.folder, buildingIn: world.folder)
    let list = world.folder + "/calls"
    let whole = try copy("whole")
    let counted = try whole.memtrace("archive", with: faults.listing(to: list))
    try #require(counted.status == 0, "\(counted.err)")
    let calls = try text(of: list).split(separator: "\n").count
    #expect(calls > 100)
    var cut = 0
    for (turn, number) in stride(
      from: 1, through: calls, by: isLong ? 1 : max(1, calls / 48)
    ).enumerated() {
      let other = try copy("cut")
      let error = Faults.errors[turn % Faults.errors.count]
      let more = turn % 2 == 0 ? faults.killing(at: number) : faults.failing(number, error)
      let run = try other.memtrace("archive", with: more)
      if run.status < 0 { cut += 1 }
      #expect(try other.recalled().sorted() == expected, "\(number)")
      let next = try other.memtrace("archive")
      #expect(next.status == 0, "\(number) \(run) then: \(next.err)")
      #expect(try other.archives() == whole.archives(), "\(number) \(run)")
      #expect(try other.committed().sorted() == expected, "\(number)")
      #expect(try other.json("check")["problems"] == .array([]), "\(number)")
      try other.expectHealthy()
      try world.run(["rm", "-rf", other.path], in: "/")
    }
    #expect(cut > 10)
  }

  /// Whose index is the one that the cut archive had not brought along: the commit takes the archive back.
  @Test mutating func `a person may commit between an archive that was cut and what ends it`()
    throws
  {
    try clone.take(old.lines(60))
    let expected = try clone.recalled().sorted()
    let counted = try copy("counted")
    let faults = try Faults(below: world.folder, buildingIn: world.folder)
    let list = world.folder + "/calls"
    try #require(try counted.memtrace("archive", with: faults.listing(to: list)).status == 0)
    let calls = try text(of: list).split(separator: "\n")
    // From where HEAD's branch is written on.
    let from = try #require(calls.firstIndex { $0.contains("refs/heads/main.lock") })
    var kills = 0
    for number in stride(from: from, to: calls.count, by: max(1, (calls.count - from) / 24)) {
      let other = try copy("cut")
      let run = try other.memtrace("archive", with: faults.killing(at: number))
      if run.status == -SIGKILL { kills += 1 }
      try write("a note\n", to: other.path + "/notes.txt")
      _ = try world.run(
        ["sh", "-c", "git add notes.txt && git commit -q -m 'person: a note'"], in: other.path)
      let next = try other.memtrace("archive")
      #expect(next.status == 0, "\(number) \(run) then: \(next.err)")
      #expect(try other.recalled().sorted() == expected, "\(number)")
      #expect(try other.committed().sorted() == expected, "\(number)")
      #expect(try other.json("check")["problems"] == .array([]), "\(number)")
      let changed = try other.git("status", "--porcelain", "sessions", "agents", ".memtrace")
      #expect(changed == "", "\(number)")
      try world.run(["rm", "-rf", other.path], in: "/")
    }
    #expect(kills > 5)
  }

  @Test mutating func `a bridge goes on beside it`() throws {
    try clone.take(old.lines(60))
    let live = try clone.live()
    defer { live.stop() }
    let first = try live.remember("Before", old.sessions[2])
    try live.waitUntilCommitted()
    try clone.done("archive")
    let second = try live.remember("After", old.sessions[2])
    try live.waitUntilCommitted()
    let read = try live.perform("recall", [("session_id", old.sessions[2])])
    #expect(read["count"] == 6)
    #expect(try clone.recalled(old.sessions[2]).suffix(2) == [first, second])
    #expect(try clone.committed().count == 60 * 4 + 2)
    #expect(try clone.archives().count == 1)
  }
}
