// What a context takes from outside its session: corrections and what is known of the customer.

import Testing

@testable import Memtrace

struct CustomerContextTests {
  /// The context as the command line prints it, which a bridge over the same files must give too.
  private func context(
    _ clone: Clone, _ input: [JSON.Member], at place: SourceLocation = #_sourceLocation
  ) throws -> String {
    let input = JSON.object(input)
    let world = World(now: { Timestamp(milliseconds: 1_795_392_000_000) })
    func text(_ call: Call) throws -> String {
      var json = JSONWriter()
      try VerbTable.perform("context", input, in: call).write(to: &json)
      return try JSON(parsing: json.bytes)["context"]?.string ?? ""
    }
    let printed = try text(Call(world: world, directory: clone.path))
    let live = try LiveStore(
      at: clone.path, organisation: nil, world: world, network: Network(sleep: { _ in }))
    defer { live.stop() }
    #expect(try text(live.reading()) == printed, sourceLocation: place)
    return printed
  }

  private func of(_ session: String) -> [JSON.Member] { [.init("session_id", .string(session))] }

  private func whose(_ key: String, _ value: String) -> [JSON.Member] {
    [.init("where", .object([.init(key, .string(value))]))]
  }

  @Test func `a fact corrected in another session of the customer no longer stands`() throws {
    let support = try TestWorld().clone()
    let first = try support.openSession("internet-support", "customer_id=c1")
    let wrong = try support.remember("Router is on firmware 2.1", first)
    let second = try support.openSession("internet-support", "customer_id=c1")
    let right = try support.done(
      "remember", "Router is on firmware 3.0", "--agent", "tv-support", "--session", second,
      "--event", "correction", "--parent", wrong
    ).line
    let text = try context(support, of(first))
    #expect(!text.contains("firmware 2.1"))
    #expect(text.contains("firmware 3.0” [recorded in session \(second)] (\(right))"))
    #expect(text.contains("1 superseded memory left out"))
    #expect(try context(support, of(second)).contains("firmware 3.0” (\(right))"))
    #expect(try !context(support, whose("customer_id", "c1")).contains("firmware 2.1"))

    // A correction of the correction, outside any session as an earlier version left it; and one of a session that names no
    // customer.
    try support.done(
      "import", "-",
      input:
        #"{"agent_id":"old","content":"Router is on firmware 3.1","time":"2026-11-20T10:00:00Z","#
        + #""event_type":"correction","parent_id":"\#(right)"}"# + "\n")
    let last =
      try support.json("recall", "--agent", "old")["memories"]?.array?[0]["id"]?.string ?? ""
    for session in [first, second] {
      let text = try context(support, of(session))
      #expect(text.contains("firmware 3.1” [recorded outside any session] (\(last))"))
      #expect(!text.contains("firmware 3.0"))
    }
    let plain = try support.openSession("internet-support")
    let note = try support.remember("Lamp is red", plain)
    try support.done(
      "remember", "Lamp is green", "--agent", "a", "--event", "correction", "--parent", note)
    let corrected = try context(support, of(plain))
    #expect(corrected.contains("Lamp is green") && !corrected.contains("Lamp is red"))
  }

  @Test func `what is known of a customer outside any session is in every context`() throws {
    let support = try TestWorld().clone()
    let session = try support.openSession("a", "phone=+123", "customer_id=c1", "channel=chat")
    try support.remember("Hello", session)
    func outside(_ text: String, _ more: String...) throws {
      let outcome = try support.world.run(
        [TestWorld.memtrace, "remember", text, "--agent", "b"] + more, in: support.path)
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    try outside("Customer prefers email", "--tag", "preference", "--meta", "phone=+123")
    try outside("Owns a blue router", "--type", "entity", "--meta", "phone=+123")
    try outside("Called the shop", "--meta", "phone=+123")
    try outside("Somebody else's wish", "--tag", "preference", "--meta", "phone=+999")
    try outside("A wish of nobody", "--tag", "preference")
    try outside("A wish in the chat", "--tag", "preference", "--meta", "channel=chat")
    // One telephone, two customers.
    try outside(
      "A wish of the flatmate", "--tag", "preference", "--meta", "phone=+123", "--meta",
      "customer_id=c2")
    for input in [of(session), whose("phone", "+123"), whose("customer_id", "c1")] {
      let text = try context(support, input)
      let customer = String(
        text.prefix(upTo: (text.firstRange(of: "## Timeline")?.lowerBound ?? text.endIndex)))
      #expect(
        customer.contains("Customer prefers email") && customer.contains("Owns a blue router"))
      #expect(!text.contains("wish"))
      // Anything else belongs to the customer, not to one session.
      #expect(text.contains("Called the shop") == (input[0].key == "where"))
    }
    // Known before the first call.
    #expect(try context(support, whose("customer_id", "c2")).contains("flatmate"))
    #expect(try support.memtrace("context", "--where", "customer_id=c9").status != 0)
  }

  @Test func `a customer's story says what waits for a verdict, and what was rejected`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let session = try support.openSession("desk", "customer_id=c1")
    try support.done("review", "policy", "--before", "decision")
    let ids = try (0..<3).map { number in
      try support.done(
        "decide", "Pay \(number)", "--reasoning", "r", "--agent", "desk", "--session", session
      ).line
    }
    try support.done("review", "reject", ids[0])
    let call = Call(
      world: World(now: { Timestamp(milliseconds: 1_796_000_000_000) }), directory: support.path)
    func notes(_ input: JSON) throws -> [String] {
      guard case .list(let parts) = try VerbTable.perform("customer", input, in: call).display
      else {
        return []
      }
      return parts.compactMap { if case .note(let text) = $0 { text } else { nil } }
    }
    let customer: JSON = ["customer_id": "c1"]
    #expect(
      try notes(["where": customer]) == [
        "2 records wait for a verdict: memtrace review list",
        "1 record rejected: --all shows what does not count",
      ])
    #expect(try notes(["where": customer, "include": "all"]).count == 1)
    #expect(try notes(["where": customer, "until": "2020-01-01"]).isEmpty)
  }
}
