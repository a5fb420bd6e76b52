// What a command line asks for.

import Memtrace
import Testing

@testable import MemtraceCLI

struct ParseTests {
  @Test func `a verb takes its text, flags and lists`() throws {
    let call = try read(
      "remember", "LED is red", "--agent", "bot", "--tag", "router", "--tag=led", "--importance",
      "0.5")
    #expect(call.verb == "remember")
    #expect(
      call.input == [
        "content": "LED is red", "agent_id": "bot", "tags": ["router", "led"],
        "importance": .number("0.5"),
      ])
  }
}

/// The words as `parse` sees them, with the sample verbs.
func read(_ words: String..., environment: [String: String] = [:]) throws(UsageError) -> Invocation
{
  try parse(words, verbs: sampleVerbs, environment: environment)
}
