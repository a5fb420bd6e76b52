// Which names an agent can be registered under.

import Testing

@testable import Memtrace

@Suite struct AgentNameTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  @Test(arguments: [
    ("New Agent", "new agent"), ("ÄRGER", "ärger"), ("straße x", "STRASSE x"), ("Tv", "tv"),
  ])
  func `of names that differ in case alone the second is refused`(first: String, second: String)
    throws
  {
    try clone.done("agent", "register", first)
    let outcome = try clone.memtrace("agent", "register", second)
    #expect(outcome.status == 4 && outcome.err.contains("already exists"), "\(outcome)")
    #expect(try clone.memtrace("agent", "register", second, "--exist-ok").status == 4)
    #expect(try clone.json("agent", "list")["count"]?.integer == 1)
  }

  @Test func `a name that is known by first use is completed, whoever else is named like it`()
    throws
  {
    try clone.remember("one", by: "billing")
    try clone.remember("two", by: "Billing")
    try clone.done("agent", "register", "billing", "--description", "Charges")
    #expect(try clone.json("agent", "show", "billing")["description"] == "Charges")
    #expect(try clone.memtrace("agent", "register", "billing").status == 4)
    try clone.done("agent", "register", "Billing")
    #expect(try clone.memtrace("agent", "register", "BILLING").status == 4)
  }
}
