// Reviews through the program, as people and agents give them.

import Glibc
import Testing

@testable import Memtrace

@Suite struct ReviewTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    try clone.git("config", "user.name", "Ana")
    try clone.git("config", "user.email", "ana@example.org")
  }

  private func decide(_ text: String, _ importance: String = "0.9", _ more: String...) throws
    -> String
  {
    let outcome = try world.run(
      [
        TestWorld.memtrace, "decide", text, "--reasoning", "Customer was angry", "--agent",
        "desk", "--importance", importance,
      ] + more, in: clone.path)
    try #require(outcome.status == 0, "\(outcome.err)")
    return outcome.line
  }

  private func waiting(_ state: String = "pending") throws -> [String] {
    try clone.json("review", "list", "--state", state)["items"]?.array?
      .compactMap { $0["record"]?["id"]?.string } ?? []
  }

  @Test func `a policy that cannot be committed now is not in force`() throws {
    try write(try clone.git("rev-parse", "HEAD") + "\n", to: clone.path + "/.git/MERGE_HEAD")
    let refused = try clone.memtrace("review", "policy", "--before", "decision")
    #expect(refused.status != 0 && refused.err.contains("merge"), "\(refused)")
    unlink(clone.path + "/.git/MERGE_HEAD")
    #expect(try clone.git("status", "--porcelain") == "")
    #expect(try !text(of: clone.path + "/.memtrace/config.json").contains("review"))
  }

  @Test func `what the policy names waits until somebody approves it`() throws {
    let before = try decide("Waive everything")
    try clone.done("review", "policy", "--before", "decision:0.8")
    let policy = try JSON(parsing: Array(clone.git("show", "HEAD:.memtrace/config.json").utf8))
    #expect(policy["review"]?["before"] == [["type": "decision", "importance": .number("0.8")]])
    #expect(policy["identity_keys"]?.array?.count == 4)
    let fee = try decide("Waive the fee")
    let letter = try decide("Send a letter", "0.2")
    #expect(try clone.recalled() == [before, letter])
    #expect(try waiting() == [fee])
    #expect(try clone.json("show", fee)["state"] == "pending")
    #expect(try clone.json("show", fee)["review"]?["reason"] == "decision from importance 0.8")
    #expect(try clone.json("recall", "--all")["count"] == .number("3"))
    try clone.done("review", "approve", String(fee.prefix(20)), "--reason", "Once")
    #expect(try clone.recalled() == [before, fee, letter])
    #expect(try clone.json("show", fee)["review"]?["reviewer"] == "Ana")
    #expect(try clone.git("log", "-1", "--format=%s").hasPrefix("review: approved"))
    try clone.expectHealthy()
  }

  @Test func `who sets a rule with an importance is told what passes by it`() throws {
    let half = try clone.done("review", "policy", "--before", "decision:0.8")
    #expect(half.err.contains("no importance does not wait under 'decision from importance 0.8'"))
    let passing = try clone.done("decide", "Waive", "--reasoning", "Angry", "--agent", "billing")
    #expect(!passing.err.contains("verdict"))
    try clone.done("review", "policy", "--before", "decision")
    let whole = try clone.done(
      "review", "policy", "--before", "decision:0.8", "--before", "decision")
    #expect(!whole.err.contains("no importance"), "\(whole)")
    let caught = try clone.done("decide", "Waive", "--reasoning", "Angry", "--agent", "billing")
    #expect(caught.err.contains("it waits for a verdict"))
    #expect(try !clone.done("review", "policy").err.contains("no importance"))
  }

  @Test func `an agent does not approve its own decision, and whoever is not listed approves none`()
    throws
  {
    try clone.done("review", "policy", "--before", "decision:0.8", "--reviewer", "Ana")
    let fee = try decide("Waive the fee")
    let own = try clone.memtrace("review", "approve", fee, "--agent", "desk")
    #expect(own.status == 1 && own.err.contains("does not approve what it recorded itself"))
    try clone.git("config", "user.name", "Mallory")
    let stranger = try clone.memtrace("review", "approve", fee)
    #expect(stranger.status == 1 && stranger.err.contains("not among the reviewers"))
    #expect(try waiting() == [fee])
    try clone.git("config", "user.name", "Ana")
    try clone.done("review", "approve", fee)
    #expect(try waiting().isEmpty)
  }

  /// A later value of a key is no repetition of an earlier one.
  @Test func `a verdict about a later value of a key leaves the earlier one as it was`() throws {
    let session = try clone.openSession()
    func put(_ text: String) throws -> String {
      try clone.done(
        "put", "discount", text, "--agent", "desk", "--session", session, "--type", "decision"
      ).line
    }
    try clone.done("review", "policy", "--before", "decision")
    let agreed = try put("10 percent, agreed")
    try clone.done("review", "approve", agreed)
    let wrong = try put("90 percent")
    try clone.done("review", "reject", wrong, "--reason", "too much")
    #expect(try clone.recalled() == [agreed])
    #expect(try clone.json("show", wrong)["state"] == "rejected")
    #expect(try clone.json("review", "list", "--state", "rejected")["count"] == .number("1"))
    // The same by taking it back: each value uncovers the one before it.
    let other = try clone.openSession()
    let values = try ["one", "two", "three"].map {
      try clone.done("put", "z", $0, "--agent", "desk", "--session", other).line
    }
    for place in [2, 1] {
      try clone.done("retract", values[place])
      #expect(try clone.recalled(other) == [values[place - 1]])
    }
  }

  @Test func `what is retracted comes back by restore, and by nothing else`() throws {
    let session = try clone.openSession()
    let wrong = try clone.remember("Customer 4711 is deceased", session)
    let other = try clone.remember("Router restarted", session)
    try clone.done("retract", wrong, "--reason", "Another customer")
    #expect(try clone.recalled() == [other])
    #expect(!(try clone.done("context", session).out.contains("deceased")))
    #expect(!(try clone.done("search", "deceased").out.contains("4711")))
    #expect(try clone.json("show", wrong)["state"] == "retracted")
    #expect(try clone.json("retract", wrong)["count"] == .number("0"))
    #expect(try clone.memtrace("review", "approve", wrong).status == 4)
    #expect(try clone.recalled() == [other])
    try clone.done("restore", wrong)
    #expect(try clone.recalled() == [wrong, other])
    #expect(try clone.memtrace("retract", "mem_01ZZZZZZ").status == 3)
    try clone.expectHealthy()
  }

  @Test func `an undo takes back nothing but the last word, and gives back why a record waits`()
    throws
  {
    let bad = try decide("Pay out 5000")
    let good = try decide("Line is stable")
    try clone.done("review", "reject", bad, "--reason", "Fraud")
    // It stood before: nothing that could be taken back, and the word before it stays.
    try clone.done("review", "approve", good)
    let undo = try clone.memtrace("review", "undo")
    #expect(undo.status == 3 && undo.err.contains("changed nothing"), "\(undo.err)")
    #expect(try clone.recalled() == [good])
    #expect(try waiting("rejected") == [bad])
    // What keeps it out is a verdict, so no `restore` brings it back.
    let restored = try clone.memtrace("restore", bad)
    #expect(
      restored.status == 4 && restored.err.contains("review approve \(bad)"), "\(restored)")
    #expect(
      try clone.done("review", "approve", "--range", "HEAD~1..").out
        == "nothing waits for a verdict there\n")
    try clone.done("review", "policy", "--before", "decision:0.8")
    let fee = try decide("Waive the fee")
    for _ in 1...2 {
      try clone.done("review", "approve", fee)
      try clone.done("review", "undo")
      #expect(
        try clone.json("show", fee)["review"]?["reason"] == "undone: decision from importance 0.8")
    }
    #expect(try waiting() == [fee])
  }

  @Test func `what nobody approved is in no context, whatever is said in its place`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    let bad = try decide("Waive 250", "0.9", "--session", session)
    try clone.done("review", "reject", bad, "--reason", "No")
    let correction = [
      "remember", "Ask a lead", "--agent", "desk", "--session", session, "--event", "correction",
      "--parent", bad,
    ]
    #expect(try world.run([TestWorld.memtrace] + correction, in: clone.path).status == 0)
    for more in [[], ["--query", "Waive"], ["--at", "HEAD"]] {
      let context = try world.run(
        [TestWorld.memtrace, "context", session, "--format", "json"] + more, in: clone.path)
      #expect(
        context.out.contains("Ask a lead") && !context.out.contains("Waive 250"), "\(context)")
    }
  }

  @Test
  func `what corrects something that would wait waits itself, and takes nothing out of the queue`()
    throws
  {
    try clone.done("review", "policy", "--before", "decision:0.8")
    let session = try clone.openSession("desk", "customer_id=c1")
    let fee = try decide("Waive the fee", "0.9", "--session", session)
    let mended = try clone.done(
      "remember", "Waive half of the fee", "--agent", "other", "--session", session, "--event",
      "correction", "--parent", fee
    ).line
    #expect(try Set(waiting()) == [fee, mended])
    #expect(try clone.done("context", session).out.contains("Waive") == false)
    try clone.done("review", "approve", mended)
    #expect(try waiting().isEmpty)
    // It is the decision now. The reason of the other one was approved by nobody.
    let context = try clone.done("context", session).out
    #expect(
      context.contains("## Decisions") && context.contains("Waive half of the fee")
        && !context.contains("Customer was angry"), "\(context)")
    // Of one that stood, the reason holds.
    let credit = try decide("Credit 20", "0.5", "--session", session)
    try clone.done(
      "remember", "Credit 25", "--agent", "other", "--session", session, "--event", "correction",
      "--parent", credit)
    #expect(
      try clone.done("context", session).out.contains(
        "“Credit 25”; reason: “Customer was angry”"))
  }

  @Test func `a correction says what it corrects`() throws {
    for (more, status) in [
      ([], 2), (["--parent", "mem_01M8ZZZZZZ"], 3), (["--parent", "zzz"], 3),
    ] {
      let outcome = try world.run(
        [TestWorld.memtrace, "remember", "Mended", "--agent", "desk", "--event", "correction"]
          + more, in: clone.path)
      #expect(outcome.status == Int32(status), "\(outcome)")
    }
    #expect(try clone.recalled().isEmpty)
    let answer = try clone.memtrace(
      "remember", "An answer", "--agent", "desk", "--parent", "mem_01M8ZZZZZZ")
    #expect(answer.status == 0 && answer.err.contains("no record 'mem_01M8ZZZZZZ' is here"))
  }

  @Test func `an approval does not bring back what was retracted, and hides nothing from undo`()
    throws
  {
    let id = try decide("Pay out 5000")
    try clone.done("retract", id, "--reason", "Wrong customer")
    let outcome = try clone.memtrace("review", "approve", id)
    #expect(
      outcome.status == 4 && outcome.err.contains("was retracted by Ana: Wrong customer")
        && outcome.err.contains("memtrace restore \(id)"), "\(outcome)")
    #expect(try clone.done("review", "undo").out == "restored \(id)\n")
    #expect(try clone.recalled() == [id])
  }

  @Test func `one undo takes back all that was said at once`() throws {
    try clone.done("review", "policy", "--before", "decision")
    let ids = try (0..<3).map { try decide("Number \($0)") }
    try clone.done("review", "approve", ids[0], ids[1])
    try clone.done("review", "reject", ids[2], "--reason", "No")
    #expect(try clone.json("review", "undo")["count"] == .number("1"))
    #expect(try waiting() == [ids[2]])
    #expect(try clone.json("review", "undo")["count"] == .number("2"))
    #expect(try waiting() == ids)
    #expect(try clone.memtrace("review", "undo").status == 3)
  }

  @Test func `what is put under a key again corrects it, and the same again adds nothing`() throws {
    let put = { (text: String) in
      try self.clone.json("put", "router-version", text, "--agent", "desk")
    }
    let first = try put("2.1")
    #expect(try put("2.1")["id"] == first["id"])
    let second = try put("2.3")
    #expect(second["id"] != first["id"] && second["parent_id"] == first["id"])
    #expect(try clone.recalled() == [second["id"]?.string ?? ""])
    #expect(try clone.json("show", "router-version")["content"] == "2.3")
    #expect(try clone.json("show", first["id"]?.string ?? "")["superseded_by"] == second["id"])
  }

  @Test func `an export brings reviews along, and an import asks for them`() throws {
    try clone.done("review", "policy", "--before", "decision")
    let fee = try decide("Waive the fee")
    try clone.done("review", "reject", fee)
    let lines = try clone.done("export").out
    let copy = try world.clone("copy")
    try copy.done("import", "-", input: lines)
    #expect(try copy.recalled().isEmpty)
    #expect(try copy.json("show", fee)["state"] == "rejected")
    #expect(try copy.git("rev-parse", "HEAD:agents") == clone.git("rev-parse", "HEAD:agents"))
    let row = """
      {"agent_id":"desk","content":"Waive it","memory_type":"decision",\
      "metadata":{"reasoning":"x"},"time":"2099-01-01T00:00:00Z"}
      """
    try clone.done("import", "-", input: row)
    try clone.done("import", "-", input: row)
    #expect(try waiting().count == 1)
    try clone.expectHealthy()
  }

  @Test func `a review that plain Git takes out comes back`() throws {
    let wrong = try clone.remember("Customer 4711 is deceased")
    try clone.done("retract", wrong)
    let file = try clone.git("ls-files", "*reviews*")
    try clone.git("rm", "-q", file)
    try clone.git("commit", "-q", "-m", "tidy up")
    let other = try clone.remember("Router restarted")
    #expect(try clone.recalled() == [other])
    #expect(try clone.git("ls-files", "*reviews*") == file)
  }

  @Test func `a bridge and the command line agree on every review`() throws {
    try clone.done("review", "policy", "--before", "decision:0.8")
    let session = try clone.openSession()
    let first = try clone.remember("Customer 4711 is deceased", session)
    let fee = try decide("Waive the fee", "0.9", "--session", session)
    let live = try clone.live()
    defer { live.stop() }
    func seen() throws -> Set<String> {
      var filter = MemoryFilter()
      filter.standsOnly = true
      return Set(try live.catalog.memories(filter).map(\.id.description))
    }
    #expect(try seen() == [first])
    let correction = try live.remember(
      "It was another customer", session,
      more: [("event_type", "correction"), ("parent_id", first)])
    #expect(try seen() == [correction])
    try live.perform("review add", [("record_ids", fee), ("review", "approved")])
    #expect(try seen() == [correction, fee])
    try live.perform("retract", [("record_ids", correction)])
    #expect(try seen() == [first, fee])
    try live.waitUntilCommitted()
    #expect(try Set(clone.recalled()) == seen())
    // And what another process says is seen without a word.
    try clone.done("review", "reject", fee)
    for _ in 0..<2_400 where try seen() != [first] { usleep(25_000) }
    #expect(try seen() == [first])
  }
}
