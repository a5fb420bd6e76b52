// Whose word keeps a record back, and why, as people and agents are told.

import Testing

@testable import Memtrace

@Suite struct ReviewWordsTests {
  private let world: TestWorld
  private let ana: Clone

  init() throws {
    world = try TestWorld()
    ana = try world.clone("ana")
    try ana.git("config", "user.name", "Ana")
    try ana.git("config", "user.email", "ana@example.org")
  }

  private func decide(_ text: String, by agent: String = "desk") throws -> String {
    try ana.done("decide", text, "--reasoning", "Angry", "--agent", agent).line
  }

  private func sharedWithBen() throws -> Clone {
    _ = try world.run(["git", "init", "-q", "--bare", "hub.git"], in: world.folder)
    try ana.done("remote", "add", "origin", world.folder + "/hub.git")
    try ana.done("sync")
    _ = try world.run(
      [TestWorld.memtrace, "clone", world.folder + "/hub.git", "ben"], in: world.folder)
    let ben = Clone(world: world, path: world.folder + "/ben")
    try ben.git("config", "user.name", "Ben")
    try ben.git("config", "user.email", "ben@example.org")
    return ben
  }

  @Test func `what the policy catches and was rejected before says both, everywhere`() throws {
    let session = try ana.openSession("desk", "customer_id=c1")
    func said(_ text: String, _ agent: String) throws -> Outcome {
      try ana.done(
        "decide", text, "--reasoning", "Angry", "--agent", agent, "--session", session)
    }
    try ana.done("review", "policy", "--before", "decision")
    let first = try said("Refund 240 euro", "desk").line
    try ana.done("review", "reject", first, "--reason", "above limit")
    let why = "says again what was rejected by Ana: above limit (\(first)); asked for too: decision"
    let written = try said("REFUND 240 EURO", "night-shift")
    let again = written.line
    #expect(written.err.contains(why), "\(written.err)")
    #expect(try ana.done("review", "list").out.contains("asked for too: decision"))
    let item = try #require(try ana.json("review", "list")["items"]?.array?.first)
    #expect(item["rule"] == .string(why), "\(item)")
    for record in [item["record"], try ana.json("show", again)] {
      #expect(record?["state"] == "pending")
      #expect(record?["says_again"] == .string(first))
      #expect(record?["rule"] == "decision")
      #expect(
        record?["review"]?["reviewer"] == "Ana" && record?["review"]?["reason"] == "above limit")
    }
    #expect(try ana.done("diff", "HEAD~1..").out.contains(why))
    let told = try ana.json(
      "decide", "refund 240 euro.", "--reasoning", "Angry", "--agent", "third", "--session", session
    )
    #expect(told["says_again"] == .string(first) && told["rule"] == "decision", "\(told)")
    // What is taken back keeps both.
    try ana.done("review", "approve", again)
    #expect(try ana.json("show", again)["state"] == nil)
    try ana.done("review", "undo")
    #expect(try ana.json("show", again)["says_again"] == .string(first))
    #expect(try ana.json("show", again)["rule"] == "undone: decision")
    try ana.expectHealthy()
  }

  @Test func `an undo gives a verdict back in the name of whoever gave it`() throws {
    let id = try decide("Pay out 500")
    let ben = try sharedWithBen()
    // Neither has seen the other's word, and the stricter one counts, whoever was first.
    try ana.done("review", "add", id, "--review", "pending")
    try ben.done("review", "reject", id, "--reason", "no")
    try ana.done("review", "approve", id)
    for clone in [ben, ana] { try clone.done("sync") }
    #expect(try ana.done("show", id).out.contains("rejected by Ben: no"))
    try ana.done("review", "approve", id)
    #expect(try ana.json("show", id)["state"] == nil)
    try ana.done("review", "undo")
    let shown = try ana.done("show", id)
    #expect(shown.out.contains("rejected by Ben: no"), "\(shown)")
    #expect(!shown.out.contains("rejected by Ana"), "\(shown)")
    let review = try ana.json("show", id)["review"]
    #expect(review?["said_by"] == "Ben" && review?["reviewer"] == "Ana", "\(shown)")
    // What is said again is told in the same name.
    let again = try ana.done("decide", "PAY OUT 500", "--reasoning", "Angry", "--agent", "desk")
    #expect(again.err.contains("says again what was rejected by Ben: no (\(id))"), "\(again.err)")
    // Undone once more, and by somebody else: it stays Ben's.
    try ana.done("review", "approve", id)
    try ana.done("review", "undo")
    #expect(try ana.done("show", id).out.contains("rejected by Ben: no"))
    for clone in [ana, ben] { try clone.done("sync") }
    #expect(try ben.done("show", id).out.contains("rejected by Ben: no"))
    try ben.expectHealthy()
  }

  @Test func `an undo of what was said beside another's word leaves that word`() throws {
    let id = try decide("Pay out 500")
    let ben = try sharedWithBen()
    try ana.done("review", "reject", id, "--reason", "too much")
    try ben.done("review", "reject", id, "--reason", "no")
    for clone in [ben, ana] { try clone.done("sync") }
    try ana.done("review", "undo")
    #expect(try ana.done("show", id).out.contains("rejected by Ben: no"))
    #expect(try ana.recalled() == [])
  }

  @Test func `a retraction that is given back has its own reason, or none`() throws {
    for reason in [nil, "wrong customer"] {
      let id = try ana.done("remember", "Wants \(reason ?? "a letter")", "--agent", "desk").line
      try ana.done(["retract", id] + (reason.map { ["--reason", $0] } ?? []))
      try ana.git("config", "user.name", "Ben")
      try ana.done("restore", id)
      try ana.done("review", "undo")
      try ana.git("config", "user.name", "Ana")
      let shown = try ana.done("show", id)
      #expect(shown.out.contains("retracted by Ana" + (reason.map { ": \($0)" } ?? "")), "\(shown)")
      let again = try ana.json("remember", "wants \(reason ?? "a letter")", "--agent", "desk")
      #expect(again["says_again"] == (reason == nil ? nil : .string(id)), "\(again)")
    }
  }

  /// As the page takes back what was said.
  @Test func `an undo by its reason alone is told in the name of whoever said it`() throws {
    let id = try decide("Pay out 500")
    try ana.done("review", "reject", id, "--reason", "no")
    try ana.git("config", "user.name", "Ben")
    try ana.done("review", "approve", id)
    try ana.done("review", "add", id, "--review", "rejected", "--reason", "undone: no")
    #expect(try ana.done("show", id).out.contains("rejected by Ana: no"))
  }
}
