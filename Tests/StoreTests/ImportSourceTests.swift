// Files of other programs, imported whole: the sessions and customers that come of them, and that twice adds nothing.

import Testing

@testable import Memtrace

struct ImportSourceTests {
  private static let samples =
    #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Imports/"
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  @Test(arguments: [
    ("zendesk", "zendesk.json", [], 6, 2), ("intercom", "intercom.json", [], 5, 1),
    ("chatwoot", "chatwoot.jsonl", [], 5, 1), ("freshdesk", "freshdesk.json", [], 4, 1),
    ("chat", "chat.txt", ["--map", "agents=:Cleo", "--timezone", "+01:00"], 3, 1),
    ("mem0", "mem0.json", [], 2, 2), ("mcp-memory", "mcp-memory.jsonl", [], 3, 1),
    ("openai", "openai.json", [], 4, 1), ("claude-code", "claude-code.jsonl", [], 5, 1),
  ])
  func `a sample is imported whole, and twice adds nothing`(
    source: String, file: String, options: [String], records: Int, sessions: Int
  ) throws {
    let arguments = ["import", "--from", source, Self.samples + file] + options
    let head = try clone.git("rev-parse", "HEAD")
    let dry = try json(arguments + ["--dry-run"])
    #expect(dry["records"]?.integer == records && dry["sessions"]?.integer == sessions)
    #expect(dry["sample"]?.array?.count == min(3, records))
    #expect(try clone.git("rev-parse", "HEAD") == head)
    let done = try json(arguments)
    #expect(done["records"]?.integer == records && done["sessions"]?.integer == sessions)
    #expect(try clone.recalled().count == records)
    let after = try clone.git("rev-parse", "HEAD")
    let again = try json(arguments)
    #expect(again["records"]?.integer == 0 && again["sessions"]?.integer == 0)
    #expect(try clone.git("rev-parse", "HEAD") == after)
    try clone.expectHealthy()
  }

  @Test func `a customer's tickets of several helpdesks are one context`() throws {
    for (source, file) in [
      ("zendesk", "zendesk.json"), ("intercom", "intercom.json"), ("chatwoot", "chatwoot.jsonl"),
    ] {
      try clone.done("import", "--from", source, Self.samples + file)
    }
    let context = try clone.done("context", "--where", "customer_id=cust_12345").out
    for text in [
      "firmware 2.1", "Where is my invoice?", "TV shows E-401", "Is anybody there?", "credit 12.99",
    ] {
      #expect(context.contains(text), "\(text)")
    }
    let phone = try clone.json("session", "search", "--where", "phone=+12025550142")
    #expect(phone["count"]?.integer == 3)
    #expect(
      try clone.json("session", "search", "--where", "requester_id=9223372036854775807")["count"]?
        .integer == 2)
  }

  @Test func `a table comes through a pipe, and a bad row costs only itself`() throws {
    let bad = world.folder + "/bad.jsonl"
    let arguments = [
      TestWorld.memtrace, "import", "--from", "csv", "-", "--timezone", "Z", "--map", "time=Date",
      "--map",
      "agent_id=Agent", "--map", "session=Case", "--map", "content=Message", "--map",
      "customer_id=Customer",
    ]
    let long = String(repeating: "x", count: 84 * 1_024)
    let table = """
      Date,Agent,Case,Customer,Message,Channel
      2026-11-20 10:00,Maria,C-1,cust_1,good,phone

      2026-11-20 10:01,Maria,C-1,cust_1,\(long),phone
      never,Maria,C-1,cust_1,when,phone
      2026-11-20 10:02,,C-1,cust_1,who,phone
      2026-11-20 10:03,Ben,C-1,cust_1,good too,chat

      """
    let refused = try world.run(arguments, in: clone.path, input: table)
    #expect(refused.status == 2)
    for text in [
      "line 4: content: is 86016 bytes", "line 5: time: 'never' must be",
      "line 6: agent_id: is required",
    ] {
      #expect(refused.err.contains(text), "\(refused.err)")
    }
    #expect(try clone.recalled() == [])
    let taken = try world.run(arguments + ["--skip-bad", bad], in: clone.path, input: table)
    #expect(taken.status == 0)
    #expect(
      taken.out.contains("2 records added") && taken.out.contains("3 rows could not be taken"))
    #expect(taken.out.contains("fields kept in metadata: Channel (2)"))
    // Corrected, its own file is taken, by the same command.
    let rows = try text(of: bad)
    #expect(rows.split(separator: "\n").count == 3)
    try write(rows.replacing("never", with: "2026-11-20T10:05:00Z"), to: bad)
    let again = try clone.memtrace(
      "import", "--timezone", "Z", "--skip-bad", world.folder + "/rest", bad)
    #expect(again.out.contains("1 record added"), "\(again.out)\(again.err)")
    #expect(try clone.recalled().count == 3)
  }

  @Test func `entities learned later join those of the first import`() throws {
    try clone.done("import", "--from", "mcp-memory", Self.samples + "mcp-memory.jsonl")
    let more = world.folder + "/more.jsonl"
    try write(
      #"{"type":"entity","name":"Ana_Pérez","entityType":"customer","observations":["Prefers e-mail","Moved to Bonn"]}"#
        + "\n",
      to: more)
    let done = try json(["import", "--from", "mcp-memory", more])
    #expect(
      done["records"]?.integer == 1 && done["known"]?.integer == 1 && done["sessions"]?.integer == 0
    )
  }

  private func json(_ arguments: [String]) throws -> JSON {
    let done = try world.run([TestWorld.memtrace, "--json"] + arguments, in: clone.path)
    try #require(done.status == 0, "\(done.err)")
    return try JSON(parsing: done.out)
  }
}
