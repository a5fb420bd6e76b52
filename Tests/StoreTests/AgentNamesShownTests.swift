// What a person reads names people as they are called, and not by the ids that were made of their names.

import Testing

@testable import Memtrace

@Suite struct AgentNamesShownTests {
  private let clone: Clone
  private static let names = ["John Smith", "Maria José", "李伟"]

  init() throws {
    clone = try TestWorld().clone()
    var rows = ""
    for (name, text) in zip(Self.names, ["Line is clean", "Sent a router", "Refund is booked"]) {
      rows +=
        #"{"agent_id":"\#(name)","content":"\#(text)","time":"2026-11-20T10:00:00Z","session":"s","session_metadata":{"customer_id":"cust_1"}}"#
        + "\n"
    }
    let imported = try clone.memtrace("import", "-", input: rows)
    try #require(imported.status == 0, "\(imported.err)")
  }

  @Test(arguments: [
    ["recall"], ["search", "line"], ["customer", "customer_id=cust_1"], ["agent", "list"],
    ["stats"], ["context", "--where", "customer_id=cust_1"],
    ["context", "--where", "customer_id=cust_1", "--format", "plain"],
    ["export", "--format", "md"],
  ])
  func `names are shown`(arguments: [String]) throws {
    let shown = try clone.done(arguments).out
    let names = arguments[0] == "search" ? ["John Smith"] : Self.names
    for name in names { #expect(shown.contains(name), "\(shown)") }
    if arguments != ["agent", "list"] {
      #expect(!shown.contains("john-smith-ef61a579"), "\(shown)")
    }
  }

  @Test func `sessions show who opened them, and a name stands for its id`() throws {
    #expect(try clone.done("session", "list").out.contains("John Smith"))
    let id = try #require(
      try clone.json("session", "list")["sessions"]?.array?.first?["id"]?.string)
    #expect(try clone.done("session", "show", id).out.contains("John Smith"))
    #expect(try clone.json("recall", "--agent", "John Smith")["count"]?.integer == 1)
  }

  @Test func `programs get the id`() throws {
    for arguments in [
      ["recall"], ["session", "list"], ["stats"],
      ["context", "--where", "customer_id=cust_1", "--format", "json"],
    ] {
      let answer = String(decoding: try clone.json(arguments).bytes, as: UTF8.self)
      #expect(answer.contains("john-smith-ef61a579"), "\(answer)")
      #expect(!answer.contains("John Smith"), "\(answer)")
    }
  }
}
