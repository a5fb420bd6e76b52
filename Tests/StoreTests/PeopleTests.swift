// What a lead of a team asks: what waits, everything about one customer, how much was done.

import Testing

@testable import Memtrace

@Suite struct PeopleTests {
  private let world: TestWorld
  private let clone: Clone

  /// The sample, as a repository.
  init() throws {
    world = try TestWorld()
    clone = Clone(world: world, path: "\(world.folder)/sample")
    let sample = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    _ = try world.run(["cp", "-r", "/\(sample)/sample-repo", clone.path], in: world.folder)
    try clone.git("init", "-q", "-b", "main")
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "-m", "sample")
  }

  private func items(_ more: String...) throws -> [JSON] {
    let outcome = try world.run([TestWorld.memtrace, "--json", "open"] + more, in: clone.path)
    try #require(outcome.status == 0, "\(outcome.err)")
    return try JSON(parsing: Array(outcome.out.utf8))["items"]?.array ?? []
  }

  @Test func `open says what waits, for whom, and who handed it over`() throws {
    let all = try items()
    let debit = try #require(
      all.first { $0["record"]?["content"]?.string?.contains("direct debit") == true })
    #expect(debit["customer"] == "cust_001" && debit["waits_for"] == "billing")
    #expect(debit["handed_over_by"] == "tv-support")
    #expect(debit["hand_over_id"]?.string?.hasPrefix("dec_01M70Z9G") == true)
    #expect(all.count { $0["customer"] == "cust_001" } == 1)
    let ids = all.compactMap { $0["record"]?["id"]?.string }
    #expect(ids == ids.sorted { $0.dropFirst(4) < $1.dropFirst(4) })
    // Each context names the same.
    for item in all {
      let customer = try #require(item["customer"]?.string)
      let context = try clone.done("context", "--where", "customer_id=\(customer)").out
      let open = context.split(separator: "\n## ").first { $0.hasPrefix("Open") } ?? ""
      #expect(open.contains(item["record"]?["id"]?.string ?? "?"), "\(context)")
    }
  }

  @Test func `open is narrowed by customer, by agent and by age`() throws {
    let all = try items()
    #expect(try items("--where", "customer_id=cust_31882").count == 2)
    let tv = try items("--agent", "tv-support")
    #expect(!tv.isEmpty && tv.count < all.count)
    #expect(tv.allSatisfy { $0["waits_for"]?.string?.contains("tv") == true })
    #expect(try items("--older-than", "2026-11-13").count < all.count)
    #expect(try items("-n", "1").count == 1)
    #expect(try items("--older-than", "2020-01-01").isEmpty)
  }

  @Test
  func `whoever mends the words of what is open makes it no younger and takes it over from nobody`()
    throws
  {
    let before = try items()
    let place = try #require(
      before.firstIndex { $0["record"]?["content"]?.string?.contains("direct debit") == true })
    let id = try #require(before[place]["record"]?["id"]?.string)
    let mended = try clone.done(
      "remember", "Customer asks to pay by direct debit.", "--agent", "reviewer", "--event",
      "correction", "--parent", id
    ).line
    let after = try items()
    #expect(after.count == before.count)
    #expect(after[place]["record"]?["id"]?.string == mended)
    for key in ["customer", "waits_for", "handed_over_by", "hand_over_id"] {
      #expect(after[place][key] == before[place][key], "\(key)")
    }
    let ages = [before, after].map { $0[place]["age_s"]?.integer ?? 0 }
    #expect(ages[1] >= ages[0] && ages[0] > 3_600)
    #expect(
      try items("--older-than", "1d").contains { $0["record"]?["id"]?.string == mended })
    #expect(
      try items("--where", "customer_id=cust_001", "--older-than", "1d").count == 1)
  }

  @Test func `what is retracted is open no longer`() throws {
    let before = try items()
    let id = try #require(before[0]["record"]?["id"]?.string)
    try clone.done("retract", id)
    #expect(
      try items().map { $0["record"]?["id"] } == before.dropFirst().map { $0["record"]?["id"] })
  }

  @Test func `a customer's story has every record of every session, in order`() throws {
    let story = try clone.json("customer", "customer_id=cust_31882")
    let listed = try clone.json(
      "recall", "--where", "customer_id=cust_31882", "--order", "asc", "--limit", "1000")
    #expect(story["memories"] == listed["memories"] && story["open"]?.array?.count == 2)
    let text = try clone.done("customer", "customer_id=cust_31882").out
    #expect(text.contains("decided: Refund 54.90 to the card, because: It is our error"))
    #expect(try clone.memtrace("customer", "customer_id=nobody").status == 3)
  }

  @Test func `a search for a customer's number says where that customer is`() throws {
    let answer = try clone.json("search", "cust_002")
    #expect(answer["count"]?.integer == 0)
    #expect(answer["hint"]?.string?.contains("--where 'customer_id=cust_002'") == true)
    let told = try clone.done("search", " cust_002 ")
    #expect(told.out == "" && told.err.contains("2 sessions have the customer_id cust_002"))
    let bounded = try clone.json("search", "cust_002", "--where", "customer_id=cust_002")
    #expect(bounded["hint"] == nil)
    #expect(try clone.json("search", "cable")["hint"] == nil)
  }

  @Test func `an agent was last active at one moment, whoever is asked`() throws {
    let session = try clone.openSession("tv", "customer_id=c9")
    try clone.remember("Noted", session, by: "tv")
    try clone.done("session", "close", session, "--agent", "tv")
    let stats = try clone.json("stats")["agents"]?.array?.first { $0["id"] == "tv" }
    let agent = try clone.json("agent", "show", "tv")
    #expect(stats?["last_active_at"] == agent["last_active_at"])
    #expect(try clone.json("agent", "stats", "tv")["last_active_at"] == agent["last_active_at"])
  }

  @Test func `stats count what was recorded, by agent and since when`() throws {
    let all = try clone.json("stats")
    let listed = try clone.json("recall", "--all", "--limit", "1000")["count"]
    #expect(all["records"] == listed && all["corrections"] == .number("1"))
    let agents = try #require(all["agents"]?.array)
    let sum = agents.reduce(0) {
      $0 + ($1["memories"]?.integer ?? 0) + ($1["decisions"]?.integer ?? 0)
    }
    #expect(sum == listed?.integer)
    #expect(try clone.json("stats", "--since", "2026-11-20")["agents"]?.array?.count == 1)
  }

  @Test func `people name a day where a moment is asked for`() throws {
    let new = try clone.remember("Called back")
    for (verb, option) in [("recall", "--since"), ("stats", "--since"), ("open", "--older-than")] {
      for day in ["today", "yesterday", "Monday"] { try clone.done(verb, option, day) }
    }
    let found = try clone.json("recall", "--since", "yesterday")["memories"]?.array
    #expect(found?.map { $0["id"]?.string } == [new])
    #expect(try clone.memtrace("recall", "--since", "someday").status == 2)
  }

  @Test func `every line of stats is a row where a program reads`() throws {
    let lines = try clone.done("stats").out.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.dropLast().allSatisfy { $0.split(separator: "\t").count == 5 } && lines.last == "")
  }

  @Test func `a program gets tabs and whole ids; a beginning of an id is enough`() throws {
    let lines = try clone.done("recall", "-n", "3").out.split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.split(separator: "\t").count == 5 })
    let id = try #require(lines[0].split(separator: "\t").last)
    #expect(id.utf8.count == RecordID.textLength)
    let session = try #require(try clone.json("show", String(id))["session_id"]?.string)
    let short = String(session.prefix(14))
    #expect(try clone.json("session", "show", short)["id"]?.string == session)
    #expect(try clone.done("context", short).out == clone.done("context", session).out)
    let new = try clone.remember("Called back", short)
    #expect(try clone.json("show", new)["session_id"]?.string == session)
    let many = try clone.memtrace("session", "show", "sess_01M7")
    #expect(many.status == 2 && many.err.contains("ids begin so"))
    #expect(try clone.memtrace("session", "show", "sess_01ZZZZ").status == 3)
  }
}
