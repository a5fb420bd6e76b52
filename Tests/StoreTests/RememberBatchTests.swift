// Many memories out of a file: all or none, ids in the order of the lines, one entry of the journal.

import Testing

@testable import Memtrace

struct RememberBatchTests {
  private let lines = """
    {"content":"one"}
    {"content":"two","tags":["x"],"agent_id":"night-shift"}

    {"content":"three","importance":0.5}
    """

  @Test(arguments: ["batch.jsonl", "-"])
  func `ids come in the order of the lines, in one commit`(file: String) throws {
    let world = try TestWorld()
    let support = try world.clone()
    try append(lines + "\n", to: support.path + "/batch.jsonl")
    let before = try support.git("rev-list", "--count", "HEAD")
    let outcome = try world.run(
      [
        "sh", "-c",
        "\(TestWorld.memtrace) remember --batch \(file) --agent desk < batch.jsonl",
      ], in: support.path)
    #expect(outcome.status == 0, "\(outcome)")
    let ids = outcome.out.split(separator: "\n").map(String.init)
    #expect(ids.count == 3)
    for (id, text) in zip(ids, ["one", "two", "three"]) {
      #expect(try support.done("show", id).out.contains(text))
    }
    #expect(try support.done("show", ids[1]).out.contains("night-shift"))
    #expect(try support.git("rev-list", "--count", "HEAD") == "\(Int(before)! + 1)")
  }

  @Test func `who records what waits for a verdict is told so, of a batch too`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    try support.done("review", "policy", "--before", "0.8")
    let lines = ["0.9", "0.2", "0.8"].map { "{\"content\":\"at \($0)\",\"importance\":\($0)}\n" }
    let outcome = try support.done(
      "remember", "--batch", "-", "--agent", "desk", input: lines.joined())
    #expect(outcome.err.contains("2 of 3 records wait for a verdict"), "\(outcome.err)")
    #expect(outcome.out.split(separator: "\n").count == 3)
  }

  @Test func `what cannot be stored is named with its row, and no id says that it was`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let first = try support.json("remember", "one", "--agent", "desk", "--dedup-key", "k1")["id"]
    func refused(_ line: String) throws -> JSON {
      let outcome = try support.memtrace(
        "--json", "remember", "--batch", "-", "--agent", "desk",
        input: "{\"content\":\"new\"}\n\(line)\n")
      #expect(outcome.status != 0, "\(outcome)")
      return try JSON(parsing: Array(outcome.err.utf8))
    }
    let known = try refused("{\"content\":\"two\",\"dedup_key\":\"k1\"}")
    #expect(known["error"] == "duplicate memory" && known["id"] == nil)
    #expect(known["field"] == "memories[1].dedup_key" && known["code"] == "conflict")
    #expect(known["hint"] == "nothing of this batch was stored")
    #expect(known["faults"]?.array?[0]["problem"]?.string == "is that of \(first?.string ?? "")")
    let lost = try refused(
      "{\"content\":\"two\",\"session_id\":\"sess_01JD00000000000000000000ZZ\"}")
    #expect(lost["field"] == "memories[1].session_id" && lost["code"] == "not_found")
    #expect(lost["error"] == "session not found")
    let nothing = try refused("{\"content\":\"two\",\"event_type\":\"correction\"}")
    #expect(nothing["field"] == "memories[1].parent_id" && nothing["code"] == "invalid")
    let strange = try refused(
      "{\"content\":\"2\",\"event_type\":\"correction\",\"parent_id\":\"mem_01M6SE03XCQ5A1V7KJ4D8N2RXT\"}"
    )
    #expect(strange["field"] == "memories[1].parent_id" && strange["code"] == "not_found")
    #expect(try support.recalled() == [first?.string])
  }

  @Test func `a batch that is sent again whole is told so by the id of its first`() throws {
    let support = try TestWorld().clone()
    let lines = (1...3).map { "{\"content\":\"new\",\"dedup_key\":\"b\($0)\"}\n" }
    func send(_ lines: [String]) throws -> Outcome {
      try support.memtrace(
        "--json", "remember", "--batch", "-", "--agent", "desk", input: lines.joined())
    }
    #expect(try send(lines).status == 0)
    let again = try JSON(parsing: Array(send(lines).err.utf8))
    #expect(again["error"] == "duplicate memory")
    let first = try #require(again["id"]?.string)
    #expect(try support.done("show", first).out.contains("b1"))
    let more = try JSON(parsing: Array(send(lines + ["{\"content\":\"more\"}\n"]).err.utf8))
    #expect(more["id"] == nil && more["field"] == "memories[0].dedup_key")
    #expect(try support.recalled().count == 3)
  }

  @Test func `one wrong line and nothing is stored`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let files = [
      "{\"content\":\"one\"}\n{\"contents\":\"two\"}\n": "memories[1]",
      "{\"content\":\"one\"}\nnot JSON\n": "memories[1]",
      "": "memories",
    ]
    for (text, place) in files {
      try append(text, to: support.path + "/wrong.jsonl")
      let outcome = try support.memtrace("remember", "--batch", "wrong.jsonl", "--agent", "desk")
      #expect(outcome.status == 2 && outcome.err.contains(place), "\(outcome)")
      try world.run(["rm", "wrong.jsonl"], in: support.path)
    }
    try append(lines, to: support.path + "/batch.jsonl")
    let texts = try support.memtrace(
      "remember", "--batch", "batch.jsonl", "--agent", "desk", "text")
    let tags = try support.memtrace(
      "remember", "--batch", "batch.jsonl", "--agent", "desk", "--tag", "x")
    for outcome in [texts, tags] {
      #expect(outcome.status == 2 && outcome.err.contains("--batch"), "\(outcome)")
    }
    #expect(try support.memtrace("remember", "--batch", "none", "--agent", "desk").status == 3)
    #expect(try support.recalled().isEmpty)
  }
}
