// What an import says of a file that it cannot take.

import Testing

@testable import Memtrace

@Suite struct ImportRefusalTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  private func file(_ text: String, _ name: String = "in.jsonl") throws -> String {
    let path = "\(world.folder)/\(name)"
    try write(text, to: path)
    return path
  }

  @Test func `of many bad rows the first twenty are named, and how many there are`() throws {
    let rows = (1...30).map { #"{"agent_id":"a","time":"2026-11-20T10:00:0\#($0 % 10)Z"}"# }
    let path = try file(rows.joined(separator: "\n"))
    let outcome = try clone.memtrace("import", path)
    #expect(outcome.status == 2)
    #expect(outcome.err.contains("30 values break a rule, of which these 20 are the first"))
    #expect(outcome.err.contains("line 20:") && !outcome.err.contains("line 21:"))
    #expect(outcome.err.contains("--skip-bad"))
    let csv = "Date,Who,Text\n" + String(repeating: "never,ana,Hello\n", count: 25)
    let table = try clone.memtrace(
      "import", "--from", "csv", "--map", "time=Date", "--map", "agent_id=Who", "--map",
      "content=Text", try file(csv, "in.csv"))
    #expect(table.status == 2 && table.err.contains("25 values break a rule"), "\(table.err)")
  }

  @Test(arguments: [["--from", "zendesk"], ["--from", "openai"], []])
  func `a file of another kind is named once`(source: [String]) throws {
    let path = try file(String(repeating: "a,b,c\n", count: 30), "calls.csv")
    let outcome = try world.run([TestWorld.memtrace, "import", path] + source, in: clone.path)
    #expect(outcome.status == 2)
    #expect(outcome.err.contains("calls.csv holds no JSON") && outcome.err.contains("--from csv"))
    #expect(!outcome.err.contains("line 1"), "\(outcome.err)")
  }

  @Test(arguments: ["", "\n \n", "\u{FEFF}"])
  func `an empty file is bad input`(text: String) throws {
    let outcome = try clone.memtrace("import", try file(text))
    #expect(outcome.status == 2 && outcome.err.contains("is empty"), "\(outcome)")
    let piped = try clone.memtrace("import", "-", input: text)
    #expect(piped.status == 2 && piped.err.contains("standard input is empty"), "\(piped)")
  }

  @Test func `files are those of the folder in which the command is given`() throws {
    _ = try file(#"{"agent_id":"a","content":"x","time":"2026-11-20T10:00:00Z"}"# + "\nno\n")
    let outcome = try world.run(
      [TestWorld.memtrace, "-C", clone.path, "import", "--skip-bad", "bad.jsonl", "in.jsonl"],
      in: world.folder)
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try world.run(["cat", "bad.jsonl"], in: world.folder).out.contains("\"line\":2"))
    #expect(try clone.git("status", "--porcelain") == "")
  }
}
