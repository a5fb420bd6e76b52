// export by format and filter; recall, search, export and log take the same filters; events are sentences for people.

import Testing

@testable import Memtrace

@Suite final class ExportTests {
  private let world: TestWorld
  private let clone: Clone
  private let sessions: [String]

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    var sessions: [String] = []
    for customer in ["cust_1", "cust_2"] {
      let made = try clone.done(
        "session", "create", "--agent", "desk-one", "--meta", "customer_id=\(customer)")
      let session = made.line
      sessions.append(session)
      try clone.done(
        "remember", "Router of \(customer)\n\n- no list <b>here</b>", "--agent", "desk-one",
        "--session", session, "--tag", "router", "--importance", "0.4")
      try clone.done(
        "decide", "Refund \(customer)", "--reasoning", "Our \"error\", twice", "--agent", "billing",
        "--session", session, "--importance", "0.9")
    }
    try clone.done(
      "remember", "=cmd|' /C calc'!A0", "--agent", "desk-one", "--session", sessions[1])
    self.sessions = sessions
  }

  private func done(_ words: [String]) throws -> Outcome {
    let outcome = try world.run([TestWorld.memtrace] + words, in: clone.path)
    try #require(outcome.status == 0, "\(words): \(outcome.err)")
    return outcome
  }

  private func json(_ words: [String]) throws -> JSON {
    try JSON(parsing: Array(done(["--json"] + words).out.utf8))
  }

  @Test func `the four of them take the same filters`() throws {
    let filters: [([String], Int)] = [
      (["--where", "customer_id=cust_1"], 2), (["--agent", "billing"], 2),
      (["--tag", "router"], 2),
      (["--session", sessions[1]], 3), (["--contains", "refund CUST_1"], 1),
      (["--type", "decision", "--where", "customer_id=cust_2"], 1),
      (["--min-importance", "0.5"], 2), (["--since", "1h"], 5), (["--until", "2020-01-01"], 0),
    ]
    for (filter, count) in filters {
      for verb in ["recall", "search"] {
        let found = try json([verb] + filter)
        #expect(found["count"]?.integer == count, "\(verb) \(filter)")
      }
      let lines = try done(["export"] + filter).lines
      #expect(lines.count { $0.contains("\"id\":\"mem_") || $0.contains("\"id\":\"dec_") } == count)
      let rows = try done(["export", "--format", "csv"] + filter).out
      #expect(rows.split(separator: "\r\n").count == count + 1, "\(rows)")
      let commits = try json(["log", "--limit", "100"] + filter)["commits"]?.array ?? []
      // One more brought the session's opening, where a filter is about sessions or agents alone.
      let events = ["--where": 1, "--session": 1][filter[0], default: 0]
      #expect(commits.count == count + (filter.count == 2 ? events : 0), "log \(filter)")
    }
  }

  @Test func `one customer's export comes back in a repository of its own`() throws {
    let lines = try clone.done("export", "--where", "customer_id=cust_1").out
    #expect(!lines.contains("cust_2"))
    let file = world.folder + "/one.jsonl"
    try write(lines, to: file)
    let other = try world.clone("other")
    try other.done("import", file)
    #expect(
      try other.json("recall", "--where", "customer_id=cust_1")["count"]?.integer == 2)
    #expect(try other.memtrace("check").status == 0)
  }

  @Test func `a table is safe in a spreadsheet, a document holds no markup of others`() throws {
    let table = try clone.done("export", "--format", "csv").out
    #expect(table.contains("'=cmd"))
    #expect(table.contains("\"Our \"\"error\"\", twice\""))
    let decisions = try clone.json("recall", "--agent", "billing")["memories"]?.array
    let id = try #require(decisions?.first?["id"]?.string)
    try clone.done("retract", id, "--reason", "Wrong customer")
    let text = try clone.done("export", "--format", "md").out
    #expect(text.contains("## cust_1") || text.contains("## cust\\_1"))
    #expect(!text.contains("<b>") && text.contains("&lt;b&gt;"))
    #expect(text.contains("> Because: Our \"error\", twice"))
    #expect(
      text.contains("retracted: Wrong customer") && text.contains("Does not count: retracted"))
    let one = try clone.done(
      "export", "--format", "md", "--where", "customer_id=cust_1")
    #expect(!one.out.contains("cust\\_2") && one.out.contains("1 session, 2 records"))
  }

  @Test func `git diff tells events as sentences`() throws {
    try clone.done("session", "update", sessions[0], "--meta", "name=Jane", "--agent", "desk-one")
    try clone.done("session", "close", sessions[0], "--agent", "desk-one")
    let path = TestWorld.memtrace.dropLast("/memtrace".count) + ":/usr/bin:/bin"
    let text = try world.run(
      ["git", "log", "-p", "--format=%h"], in: clone.path, with: ["PATH": String(path)]
    ).out
    #expect(text.contains("desk-one opened the session: customer_id cust_1"), "\(text)")
    #expect(text.contains("desk-one set name Jane"))
    #expect(text.contains("desk-one closed the session"))
    #expect(!text.contains("\"event\""))
  }

  @Test func `what nothing matches prints nothing, and a person hears why`() throws {
    let outcome = try clone.memtrace("export", "--where", "customer_id=zz")
    #expect(outcome.status == 0 && outcome.out == "")
    #expect(outcome.err.contains("no session has this metadata"), "\(outcome.err)")
    for words in [
      ["recall", "--where", "customer_id=zz"], ["search", "x", "--where", "customer_id=zz"],
      ["open", "--where", "customer_id=zz"], ["log", "--where", "customer_id=zz"],
      ["session", "search", "--where", "customer_id=zz"],
    ] {
      #expect(try clone.done(words).err.contains("no session has this metadata"), "\(words)")
    }
    #expect(try clone.done("recall", "--agent", "nobody").err.contains("no agent 'nobody'"))
    #expect(try clone.done("recall", "--tag", "none").err == "")
  }

  @Test func `the beginning of an agent's id is enough to read, and never to write`() throws {
    #expect(try clone.json("recall", "--agent", "bill")["count"]?.integer == 2)
    #expect(try clone.json("agent", "show", "desk")["id"]?.string == "desk-one")
    try clone.done("remember", "new here", "--agent", "desk")
    #expect(try clone.json("recall", "--agent", "desk")["count"]?.integer == 1)
    try clone.done("remember", "new here", "--agent", "desk-two")
    let several = try clone.memtrace("recall", "--agent", "desk-")
    #expect(several.status == 2 && several.err.contains("2 ids begin so"), "\(several.err)")
  }
}
