// Variables that stand in for options.

import Memtrace
import Testing

@testable import MemtraceCLI

struct EnvironmentTests {
  let environment = [
    "MEMTRACE_REPO": "/memory", "MEMTRACE_AGENT": "env-bot", "MEMTRACE_SESSION": "s-env",
  ]

  @Test func `variables fill what was not given`() throws {
    let call = try read("remember", "Router is red", environment: environment)
    #expect(call.directory == "/memory")
    #expect(
      call.input
        == ["content": "Router is red", "agent_id": "env-bot", "session_id": "s-env"])
  }

  @Test func `options go before variables`() throws {
    let call = try read(
      "-C", "/here", "recall", "--agent", "me", "--session", "mine", environment: environment)
    #expect(call.directory == "/here")
    #expect(call.input == ["agent_id": "me", "session_id": "mine"])
  }

  @Test func `a session that a verb is about must be named`() {
    let error = #expect(throws: UsageError.self) {
      try read("session", "show", environment: environment)
    }
    #expect(error?.message == "session show needs SESSION")
  }

  @Test func `a verb without such a field is left alone`() throws {
    #expect(try read("check", environment: environment).input == .object([]))
  }

  @Test func `an agent never stands in as a filter, nor a session beside a customer`() throws {
    #expect(try read("recall", environment: environment).input == ["session_id": "s-env"])
    let words = ["search", "slow", "--where", "customer_id=c"]
    let search = try parse(words, verbs: CommandTable.descriptions, environment: environment)
    #expect(search.input == ["query": "slow", "where": ["customer_id": "c"]])
    let key = ["key", "create", "--name", "k"]
    #expect(
      try parse(key, verbs: CommandTable.descriptions, environment: environment).input
        == ["name": "k"])
  }

  @Test func `nothing is approved, rejected, exported or left out by a variable`() throws {
    func input(_ words: String...) throws -> JSON {
      try parse(words, verbs: CommandTable.descriptions, environment: environment).input
    }
    for verb in ["approve", "reject"] {
      #expect(
        try input("review", verb, "dec_1") == ["record_ids": ["dec_1"], "agent_id": "env-bot"])
    }
    for verb in ["export", "diff", "open", "stats", "log", "check"] {
      #expect(try input(verb)["agent_id"] == nil, "\(verb)")
    }
    #expect(try input("export") == .object([]))
    #expect(try input("show", "key")["agent_id"] == nil)
    #expect(try input("agent", "stats") == ["agent_id": "env-bot"])
    #expect(throws: UsageError.self) { try input("agent", "remove") }
    #expect(try input("mcp")["agent_id"] == "env-bot")
    #expect(try input("session", "close", "s-1") == ["session_id": "s-1", "agent_id": "env-bot"])
  }

  @Test func `an empty variable counts as unset`() throws {
    let empty = ["MEMTRACE_REPO": "", "MEMTRACE_AGENT": "", "MEMTRACE_SESSION": ""]
    let call = try read("recall", environment: empty)
    #expect(call.directory == nil)
    #expect(call.input == .object([]))
  }
}
