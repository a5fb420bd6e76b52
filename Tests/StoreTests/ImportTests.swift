// import and export: twice adds nothing, and what goes out comes back the same.

import Testing

@testable import Memtrace

struct ImportTests {
  private static let rows = """
    {"agent_id":"ana","content":"No dial tone","session":"call 1","session_metadata":{"customer_id":"c1"},"time":"2026-11-20T10:00:00Z","tags":["phone"]}
    {"agent_id":"ben","content":"Line card replaced","session":"call 1","time":"2026-11-20T10:05:00Z","memory_type":"decision","metadata":{"reasoning":"It was burnt"}}
    {"agent_id":"ana","content":"Equal row","session":"call 2","time":"2026-11-21T10:00:00Z"}
    {"agent_id":"ana","content":"Equal row","session":"call 2","time":"2026-11-21T10:00:00Z"}
    {"agent_id":"ana","content":"Prefers email","time":"2026-11-21T11:00:00Z","importance":0.9}

    """

  private let world: TestWorld
  private let rows: String

  init() throws {
    world = try TestWorld()
    rows = world.folder + "/rows.jsonl"
    try write(Self.rows, to: rows)
  }

  @Test func `importing twice adds nothing, and equal rows stay two`() throws {
    let clone = try world.clone()
    try clone.done("import", rows)
    let (head, ids) = (try clone.git("rev-parse", "HEAD"), try clone.recalled())
    #expect(ids.count == 5)
    #expect(try clone.json("session", "list")["count"]?.integer == 2)
    let again = try clone.done("import", rows)
    #expect(again.out.contains("0 records added"))
    #expect(try clone.git("rev-parse", "HEAD") == head)
    #expect(try clone.recalled() == ids)
    try clone.expectHealthy()
  }

  @Test func `a row whose record is here with other words is named, and overwrites nothing`() throws
  {
    let clone = try world.clone()
    let id = try clone.remember("The line is dead", by: "ana")
    let before = try clone.done("export").out
    let other = before.replacing("The line is dead", with: "The line is fine")
    // The same words in another order of fields are no other words.
    let same = #"{"id":"\#(id)","content":"The line is dead","agent_id":"ana"}"#
    let plain =
      #"{"id":"\#(id)","content":"Never said","agent_id":"ana","time":"2026-11-21T10:00:00Z"}"#
    let time = try #require(
      before.split(separator: "\n").last { $0.contains(id) }?
        .firstMatch(of: /"time":"([^"]+)"/)?.1)
    for (text, isOther) in [
      (other, true), (plain + "\n", true), (before, false),
      (same.dropLast() + #","time":"\#(time)"}"# + "\n", false),
    ] {
      try write(String(text), to: rows)
      let said = try clone.done("import", rows).out
      #expect(said.contains("here with other words") == isOther, "\(said)")
      if isOther { #expect(said.contains(id), "\(said)") }
      let json = try clone.json("import", rows)
      #expect(json["different"]?.integer == (isOther ? 1 : 0))
      #expect(json["different_ids"]?.array?.first?.string == (isOther ? id : nil))
      #expect(try clone.done("export").out == before)
    }
  }

  @Test func `a folder in the place of a file is named`() throws {
    let clone = try world.clone()
    let said = try clone.memtrace("import", world.folder)
    #expect(said.status == 2 && said.err.contains("\(world.folder) is a folder"), "\(said.err)")
  }

  @Test func `a later import finds the session by its text`() throws {
    let clone = try world.clone()
    try clone.done("import", rows)
    let more = world.folder + "/more.jsonl"
    try write(
      "{\"agent_id\":\"ana\",\"content\":\"Called back\",\"session\":\"call 1\",\"time\":\"2026-11-22T09:00:00Z\"}\n",
      to: more)
    try clone.done("import", more)
    #expect(try clone.json("session", "list")["count"]?.integer == 2)
    let found = try clone.json("search", "--where", "customer_id=c1")
    #expect(found["count"]?.integer == 3)
  }

  @Test func `two clones that import the same file merge to the same records`() throws {
    let origin = try world.clone()
    let (ana, ben) = (try world.clone(of: origin, "ana"), try world.clone(of: origin, "ben"))
    for clone in [ana, ben] { try clone.done("import", rows) }
    try ana.git("pull", "-q", "--no-rebase", "--no-edit", ben.path, "main")
    #expect(try ana.recalled().count == 5)
    #expect(try ana.committed().count == 5)
    #expect(try ana.git("rev-parse", "HEAD:sessions") == ben.git("rev-parse", "HEAD:sessions"))
    try ana.expectHealthy()
  }

  @Test func `an export into a new repository gives the same trees`() throws {
    let here = try world.clone()
    let session = try here.openSession("ana", "customer_id=cust_1", "note=,\"replica\":\"x\"")
    for number in 0..<5 { try here.remember("Note \(number)", session, by: "ana") }
    try here.done(
      "decide", "Refund", "--reasoning", "Paid twice", "--agent", "Ben", "--session", session)
    try here.done("agent", "register", "Cécile Ø", "--description", "Billing")
    try here.remember("Outside any session", by: "ana")
    try here.done("session", "close", session)
    try here.done("import", rows)
    let copy = try world.clone(of: here, "copy")
    try copy.remember("From another replica", session, by: "dora")
    try here.git("pull", "-q", "--no-rebase", "--no-edit", copy.path, "main")

    // What a later version will write is not read, and not lost.
    let folder = try #require(try here.files(of: session).first).split(separator: "/").dropLast()
      .joined(separator: "/")
    try write(
      """
      {"agent_id":"ana","event":"approved","session_id":"\(session)","id":"rev_01M8BRMT24NX3C2R0TX37JBN01"}
      {"agent_id":"ana","session_id":"\(session)","id":"sum_01M8BRMT24NX3C2R0TX37JBN02"}
      {"session_id":"\(session)","no":"id"}

      """, to: "/\(folder)/reviews.later000.2.jsonl")
    try here.git("add", "-A")
    try here.git("commit", "-qm", "later: kinds of records to come")

    let export = world.folder + "/export.jsonl"
    try write(try here.done("export").out, to: export)
    let there = try world.clone("there")
    try there.done("import", export)
    for folder in ["sessions", "agents"] {
      #expect(
        try there.git("rev-parse", "HEAD:\(folder)") == here.git("rev-parse", "HEAD:\(folder)"))
    }
    #expect(try there.recalled() == here.recalled())
    #expect(try there.done("import", export).out.contains("0 records added"))
    try there.expectHealthy()
  }

  @Test func `words about removals come back with the records, and once`() throws {
    let here = try world.clone()
    let session = try here.openSession()
    let meant = try here.remember("Meant to go", session)
    try here.remember("Stays", session)
    let file = try #require(try here.files(of: session).first { $0.contains("memories") })
    try write(String(try text(of: file).split(separator: "\n")[1]) + "\n", to: file)
    try here.git("commit", "-qam", "person: removed")
    try here.done("accept", "HEAD")
    let words = try here.git("rev-parse", "HEAD:.memtrace")
    let export = world.folder + "/export.jsonl"
    try write(try here.done("export").out, to: export)
    #expect(try text(of: export).contains("\"accepted\":[\"\(meant)\"]"))
    let there = try world.clone("there")
    try there.done("import", export)
    #expect(try there.git("rev-parse", "HEAD:.memtrace") == words)
    #expect(try there.done("import", export).out.contains("0 records added"))
    #expect(try there.git("rev-parse", "HEAD:.memtrace") == words)
    #expect(try there.json("check")["problems"] == .array([]))
    try there.expectHealthy()
  }

  @Test func `one is counted as one`() throws {
    let clone = try world.clone()
    let one = world.folder + "/one.jsonl"
    try write(
      "{\"agent_id\":\"ana\",\"content\":\"x\",\"session\":\"s\",\"time\":\"2026-11-22T09:00:00Z\"}\n",
      to: one)
    #expect(
      try clone.done("import", one).out
        == "1 record added, 1 new session; 0 of 1 row were there already\n")
    #expect(try clone.git("log", "-1", "--format=%s") == "import: 1 record · 1 session")
    #expect(
      try clone.done("import", one).out
        == "0 records added, 0 new sessions; 1 of 1 row was there already\n")
    // An export may have the end of a session before its beginning.
    let session = "sess_01M8BRMT24NX3C2R0TX37JBN00"
    let event = #"{"time":"2026-11-24T09:00:00.000Z","agent_id":"ana","event":"#
    try write(
      """
      \(event)"closed","session_id":"\(session)","id":"evt_01M8BRMT24NX3C2R0TX37JBN02","replica":"k3v9x2aq"}
      \(event)"opened","metadata":{},"session_id":"\(session)","id":"evt_01M8BRMT24NX3C2R0TX37JBN01","replica":"q7isumdf"}

      """, to: one)
    #expect(
      try clone.done("import", one).out
        == "0 records added, 1 new session; 0 of 2 rows were there already\n")
    // The reasons of a decision are no field of another program's.
    try write(
      #"{"agent_id":"ana","memory_type":"decision","content":"Pay","reasoning":"Late","mood":"calm","time":"2026-11-22T09:00:00Z"}"#
        + "\n", to: one)
    #expect(try clone.done("import", one).out.hasSuffix("fields kept in metadata: mood (1)\n"))
  }

  @Test func `every bad row is named by its line, and none is written`() throws {
    let clone = try world.clone()
    let head = try clone.git("rev-parse", "HEAD")
    let bad = world.folder + "/bad.jsonl"
    try write(
      """
      {"agent_id":"ana","content":"good","time":"2026-11-20T10:00:00Z"}
      {"agent_id":"ana","content":"","time":"2026-11-20T10:00:00Z"}
      not json

      {"agent_id":"ana","content":"no time"}
      {"agent_id":"ana","content":"x","time":"2026-11-20T10:00:00Z","importance":7}
      {"content":"x","time":"never"}

      """, to: bad)
    let outcome = try clone.memtrace("import", bad)
    #expect(outcome.status == 2)
    for line in [2, 3, 5, 6, 7] {
      #expect(outcome.err.contains("line \(line):"), "\(line): \(outcome.err)")
    }
    #expect(!outcome.err.contains("line 1:"))
    #expect(try clone.git("rev-parse", "HEAD") == head)
    #expect(try clone.recalled() == [])
    try clone.expectHealthy()
  }
}
