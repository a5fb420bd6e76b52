// Erasure in one clone: nothing shows it, nothing of it stays in files, and nothing brings it back.

import Faults
import Glibc
import Testing

@testable import Memtrace

/// The text that must be nowhere.
private let canary = "CANARY-4711"

extension Clone {
  /// Files of work tree and Git folder that hold the canary, without Git's objects.
  func filesWithCanary() throws -> [String] {
    try world.run(
      ["grep", "-r", "-l", "-a", "-F", canary, path, "--exclude-dir=objects"], in: "/"
    ).lines.sorted()
  }

  /// Whether the tip, the index or a file holds it.
  func expectErased(at place: SourceLocation = #_sourceLocation) throws {
    #expect(try filesWithCanary() == [], sourceLocation: place)
    let tip = try world.run(["git", "grep", "-l", canary, "HEAD"], in: path)
    #expect(tip.out == "", sourceLocation: place)
    let index = try world.run(["git", "grep", "-l", "--cached", canary], in: path)
    #expect(index.out == "", sourceLocation: place)
  }
}

struct ErasureStoreTests {
  private let world: TestWorld
  private let clone: Clone
  private let session: String
  private let other: String
  private let kept: String

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession("ana", "customer_id=c1", "name=\(canary)")
    other = try clone.openSession("ana", "customer_id=c2")
    try clone.remember("My PIN is \(canary)", session, by: "ana")
    kept = try clone.remember("Stays", other, by: "ana")
  }

  /// Every verb that reads, as a person would ask for it.
  private func expectUnseen(at place: SourceLocation = #_sourceLocation) throws {
    for arguments in [
      ["recall", "--all"], ["search", canary], ["context", "--where", "customer_id=c1"],
      ["session", "list"], ["session", "show", session], ["context", session], ["export"],
      ["customer", "customer_id=c1"], ["open"], ["diff", "HEAD~4"], ["log"], ["stats"],
      ["agent", "list"], ["check"],
    ] {
      let outcome = try world.run([TestWorld.memtrace, "--json"] + arguments, in: clone.path)
      #expect(
        !(outcome.out + outcome.err).contains(canary), "\(arguments): \(outcome.out)",
        sourceLocation: place)
    }
  }

  @Test func `of a key one value is erased, and the others and the key stay`() throws {
    let session = try clone.openSession()
    func put(_ text: String) throws -> Outcome {
      try clone.memtrace("put", "router", text, "--agent", "desk", "--session", session)
    }
    let good = try put("firmware 2.1").line
    let wrong = try put("firmware 2.4, PIN 1234").line
    try clone.done("erase", wrong)
    #expect(try clone.recalled(session) == [good])
    let next = try put("firmware 2.4")
    #expect(next.status == 0, "\(next.err)")
    try clone.done("erase", good)
    #expect(try clone.recalled(session) == [next.line])
    #expect(try clone.json("check")["problems"] == .array([]))
    let text = try clone.memtrace("export").out
    #expect(text.contains(next.line), "\(text)")
    #expect(!text.contains("2.4, ") && !text.contains("firmware 2.1"), "\(text)")
  }

  @Test func `a customer is gone from all that reads, and from every file`() throws {
    let plan = try clone.json("erase", "--where", "customer_id=c1", "--dry-run")
    #expect(plan["sessions"] == [.string(session)] && plan["count"] == 1)
    #expect(try clone.filesWithCanary() != [], "a dry run changes nothing")
    let answer = try clone.json("erase", "--where", "customer_id=c1", "--reason", "Art. 17")
    #expect(answer["committed"] == true)
    try clone.expectErased()
    try expectUnseen()
    #expect(try clone.recalled() == [kept])
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
    let again = try clone.memtrace("remember", "x", "--agent", "ana", "--session", session)
    #expect(again.status == 3 && again.err.contains("was erased"), "\(again.err)")
    #expect(try clone.memtrace("erase", "--where", "customer_id=c1").out.contains("nothing"))
  }

  @Test func `customers who are erased one after the other leave no words in the catalog`() throws {
    var old = OldSessions()
    try clone.take(old.lines(60, say: canary))
    try clone.done("erase", "--where", "customer_id=c1")
    for number in [0, 2, 3, 4, 5, 6] {
      #expect(try clone.filesWithCanary() != [])
      try clone.done("erase", "--where", "customer_id=c\(number)")
      let catalog = try world.run(
        ["grep", "-raoE", "Customer [0-9]+ \(canary)", clone.path + "/.git/memtrace/catalog"],
        in: "/")
      let left = catalog.lines.compactMap { $0.split(separator: " ").dropFirst().first }
      #expect(try !left.contains { try #require(Int($0)) % 7 == number }, "\(number)")
    }
    try clone.expectErased()
  }

  @Test func `single records go with what repeats and reviews them, and their session stays`()
    throws
  {
    let retried = try clone.done(
      "remember", "Twice \(canary)", "--agent", "ana", "--session", other, "--dedup-key", "u1"
    ).line
    try clone.done("review", "reject", retried, "--reason", "quotes \(canary)")
    let text = try clone.done(
      "remember", "outside \(canary)", "--agent", "ana", "--meta", "customer_id=c2"
    ).line
    try clone.done("erase", "--where", "customer_id=c1")
    try clone.done("erase", retried, String(text.prefix(24)))
    try clone.expectErased()
    #expect(try clone.recalled() == [kept])
    let again = try clone.memtrace(
      "remember", "Twice \(canary)", "--agent", "ana", "--session", other, "--dedup-key", "u1")
    #expect(again.status == 4 && again.err.contains("erased"), "\(again.err)")
    try clone.done("remember", "New", "--agent", "ana", "--session", other, "--dedup-key", "u2")
    try clone.expectErased()
    try clone.expectHealthy()
  }

  @Test func `an export from before brings nothing back, nor does an edited one`() throws {
    let export = try clone.done("export").out
    try write(export, to: world.folder + "/old.jsonl")
    try write(export.replacing("My PIN is", with: "Their PIN:"), to: world.folder + "/edited.jsonl")
    try clone.done("erase", "--where", "customer_id=c1")
    for file in ["old.jsonl", "edited.jsonl"] {
      let taken = try clone.json("import", world.folder + "/" + file)
      #expect(taken["erased"] == 2, "\(taken)")
      #expect(taken["records"] == 0)
    }
    try clone.expectErased()
    // A fresh repository that knows of nothing takes it, and the words about it with it.
    let fresh = try world.clone("fresh")
    try write(try clone.done("export").out, to: world.folder + "/new.jsonl")
    try fresh.done("import", world.folder + "/new.jsonl")
    #expect(try fresh.json("import", world.folder + "/old.jsonl")["erased"] == 2)
    try fresh.expectErased()
  }

  @Test
  func `an imported chat is not guessed from its ids, stays out, and goes on with later rows`()
    throws
  {
    func row(_ text: String, _ time: String) -> String {
      "{\"agent_id\":\"ana\",\"content\":\"\(text)\",\"time\":\"\(time)\",\"session\":\"chat 7\",\"session_metadata\":{\"customer_id\":\"c7\"}}\n"
    }
    let rows = row("PIN \(canary)", "2026-10-30T19:31:58Z") + row("two", "2026-10-30T19:32:58Z")
    try write(rows, to: world.folder + "/chat.jsonl")
    try clone.done("import", world.folder + "/chat.jsonl")
    let id = try #require(
      try clone.json("recall", "--where", "customer_id=c7")["memories"]?.array?.last?["id"]?.string)
    try clone.done("erase", id)
    try clone.done("erase", "--where", "customer_id=c1")
    let said = try clone.git("grep", "-h", "era_", "HEAD", "--", ".memtrace")
    #expect(!said.contains(id.suffix(13)), "the bits of its content are not named")
    #expect(try clone.json("import", world.folder + "/chat.jsonl")["erased"] == 1)
    try clone.expectErased()
    try clone.done("erase", "--where", "customer_id=c7")
    let later = row("tomorrow", "2037-01-01T00:00:00Z")
    try write(rows + later, to: world.folder + "/chat.jsonl")
    let taken = try clone.json("import", world.folder + "/chat.jsonl")
    #expect(taken["erased"] == 2 && taken["records"] == 1, "\(taken)")
    #expect(try clone.json("recall", "--where", "customer_id=c7")["memories"]?.array?.count == 1)
    try clone.expectErased()
    try clone.expectHealthy()
  }

  @Test func `no checkout, reset, merge or rescue reference brings it back`() throws {
    try clone.git("branch", "old")
    try clone.git("tag", "before")
    try clone.done("erase", "--where", "customer_id=c1")
    // On the old branch it is in the files, and nothing shows it; a write there takes it out.
    try clone.git("switch", "-q", "old")
    try expectUnseen()
    try clone.remember("On the old branch", other, by: "ana")
    try clone.expectErased()
    try clone.git("switch", "-q", "main")
    try clone.git("merge", "-q", "--no-edit", "old")
    try clone.remember("Merged", other, by: "ana")
    try clone.expectErased()
    try clone.git("reset", "-q", "--hard", "before")
    try expectUnseen()
    try clone.remember("After a reset", other, by: "ana")
    try clone.expectErased()
    #expect(try clone.git("ls-files", ".memtrace/erased*") != "", "the erasure is said again")
    let kept = try clone.json("status")
    #expect(!"\(kept)".contains(canary))
    for reference in try clone.git("for-each-ref", "--format=%(refname)", "refs/memtrace/rescue")
      .split(separator: "\n")
    {
      let merge = try world.run(
        ["git", "merge", "-q", "--no-edit", String(reference)], in: clone.path)
      if merge.status != 0 { try clone.git("merge", "--abort") }
    }
    try clone.remember("Rescued", other, by: "ana")
    try clone.expectErased()
    try clone.expectHealthy()
  }

  @Test func `a person's edits in the same files stay, staged or not`() throws {
    let file = try #require(try clone.files(of: other).first { $0.contains("/memories.") })
    let text = try clone.done(
      "remember", "also \(canary)", "--agent", "ana", "--session", other
    ).line
    try append("{\"staged\":true}\n", to: file)
    try clone.git("add", file)
    try append("{\"working\":true}\n", to: file)
    try clone.done("erase", text)
    try clone.done("erase", "--where", "customer_id=c1")
    try clone.expectErased()
    #expect(try contents(file).hasSuffix("{\"staged\":true}\n{\"working\":true}\n"))
    #expect(
      try clone.git("show", ":" + String(file.dropFirst(clone.path.count + 1))).hasSuffix(
        "{\"staged\":true}"))
    #expect(
      try !clone.git("show", "HEAD:" + String(file.dropFirst(clone.path.count + 1))).contains(
        "staged"))
  }

  @Test func `lines that wait, and torn ones that were put aside, go too`() throws {
    try clone.git("switch", "-q", "--detach")
    try clone.remember("waits \(canary)", session, by: "ana")
    let waits = try clone.json("erase", "--where", "customer_id=c1")
    #expect(waits["committed"] == false)
    try expectUnseen()
    try clone.git("switch", "-q", "main")
    let state = clone.path + "/.git/memtrace/quarantine"
    _ = try world.run(["mkdir", "-p", state], in: "/")
    try write(
      "{\"time\":\"2026\",\"content\":\"\(canary)", to: state + "/\(session).memories.k.jsonl.17")
    try clone.remember("Next", other, by: "ana")
    try clone.expectErased()
    try clone.expectHealthy()
  }

  /// Every step is a call of the system: the erasure is killed at each, and what comes next completes it.
  @Test func `killed at any step, the next verb completes it, and never half a customer`() throws {
    let faults = try Faults(below: clone.path, buildingIn: world.folder)
    let list = world.folder + "/calls"
    try #require(
      try clone.memtrace("erase", "--where", "customer_id=c1", with: faults.listing(to: list))
        .status
        == 0)
    let count = try contents(list).split(separator: "\n").count
    #expect(count > 100)
    var kills = 0
    for number in stride(from: 1, through: count, by: isLong ? 1 : 61) {
      let customer = "k\(number)"
      let id = try clone.openSession("ana", "customer_id=\(customer)")
      try clone.remember("one \(canary)", id, by: "ana")
      try clone.remember("two \(canary)", id, by: "ana")
      let run = try clone.memtrace(
        "erase", "--where", "customer_id=\(customer)", with: faults.killing(at: number))
      if run.status == -SIGKILL { kills += 1 }
      let seen = try clone.recalled(id).count
      #expect(seen == 0 || seen == 2, "call \(number): never half a customer")
      let next = try clone.remember("next", other, by: "ana")
      if seen == 2 { try clone.done("erase", "--where", "customer_id=\(customer)") }
      #expect(try clone.recalled().contains(next))
      try clone.expectErased()
    }
    #expect(kills > count / (isLong ? 2 : 122))
    try clone.expectHealthy()
  }

  @Test func `on a full disk nothing is half done, and once there is room it is done`() throws {
    let faults = try Faults(below: clone.path, buildingIn: world.folder)
    for number in stride(from: 20, through: 260, by: isLong ? 4 : 40) {
      let customer = "f\(number)"
      let id = try clone.openSession("ana", "customer_id=\(customer)")
      try clone.remember("one \(canary)", id, by: "ana")
      let run = try clone.memtrace(
        "erase", "--where", "customer_id=\(customer)",
        with: faults.failing(number, ENOSPC, lasting: true))
      let seen = try clone.recalled(id).count
      #expect(run.status != 0 || seen == 0, "call \(number): \(run.out)\(run.err)")
      try clone.remember("next", other, by: "ana")
      if seen > 0 { try clone.done("erase", "--where", "customer_id=\(customer)") }
      try clone.done("erase", "--older-than", "2000-01-01")
    }
    try clone.done("erase", "--where", "customer_id=c1")
    try clone.expectErased()
    try clone.expectHealthy()
  }

  @Test func `a bridge that runs, and an agent that writes to it, are told clearly`() throws {
    let live = try clone.live()
    defer { live.stop() }
    _ = try live.remember("from the bridge \(canary)", session)
    try clone.done("erase", "--where", "customer_id=c1")
    do {
      _ = try live.remember("late \(canary)", session)
      Issue.record("an erased session takes nothing")
    } catch let error as MemtraceError {
      #expect(error.kind == .notFound && error.hint?.contains("erased") == true, "\(error)")
    }
    live.lookOutside()
    var json = JSONWriter()
    try VerbTable.perform("recall", ["include": "all"], in: live.reading()).write(to: &json)
    #expect(!String(decoding: json.bytes, as: UTF8.self).contains(canary))
    var found = JSONWriter()
    try VerbTable.perform("search", ["query": .string(canary)], in: live.reading()).write(
      to: &found)
    #expect(!String(decoding: found.bytes, as: UTF8.self).contains("PIN"))
    _ = try live.remember("goes on", other)
    live.stop()
    try clone.remember("after it", other, by: "ana")
    try clone.expectErased()
    try clone.expectHealthy()
  }

  @Test func `a link in place of a file of erasures is not followed, and named`() throws {
    try world.run(["ln", "-s", "/dev/zero", ".memtrace/erased.evil2345.jsonl"], in: clone.path)
    try clone.git("add", ".memtrace")
    try clone.git("commit", "-q", "-m", "evil: a link")
    let limited = "ulimit -v 4000000; exec timeout 60 \(TestWorld.memtrace) recall"
    let read = try world.run(["sh", "-c", limited], in: clone.path)
    #expect(read.status == 0, "\(read)")
    try clone.done("erase", other)
    let problems = try clone.memtrace("--json", "check").out
    #expect(problems.contains(".memtrace/erased.evil2345.jsonl"), "\(problems)")
  }

  @Test func `what is long over goes by its age, and what is open stays`() throws {
    try clone.done("session", "close", session)
    let answer = try clone.json("erase", "--older-than", "2037-01-01")
    #expect(answer["sessions"] == [.string(session)])
    try clone.expectErased()
    #expect(try clone.recalled() == [kept])
  }
}

private func contents(_ path: String) throws -> String { try text(of: path) }
