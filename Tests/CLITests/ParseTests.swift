// What a command line asks for: fields, global options, verbs.

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
    #expect(call.standardInputField == nil)
  }

  @Test func `only what was given is in the input`() throws {
    #expect(try read("recall").input == .object([]))
  }

  @Test func `flags may stand before the text and between`() throws {
    let call = try read("decide", "--agent=bot", "Send a technician", "--reasoning", "Line is dead")
    #expect(
      call.input
        == ["decision": "Send a technician", "reasoning": "Line is dead", "agent_id": "bot"])
  }

  @Test func `a verb of two words is found past global options`() throws {
    let call = try read("session", "--json", "create", "--agent", "bot")
    #expect(call.verb == "session create")
    #expect(call.isJSON)
  }

  @Test(arguments: [
    ["--json", "--quiet", "--no-color", "-C", "/m", "recall"],
    ["recall", "--json", "--quiet", "--no-color", "-C", "/m"],
    ["-C/m", "recall", "--no-color", "--json", "--quiet"],
  ])
  func `global options stand on either side of the verb`(words: [String]) throws {
    let call = try parse(words, verbs: sampleVerbs, environment: [:])
    #expect(call.isJSON && call.quiet && !call.color)
    #expect(call.directory == "/m")
    #expect(call.verb == "recall")
  }

  @Test func `two dashes end the options`() throws {
    let call = try read("remember", "--agent", "bot", "--", "--help")
    #expect(call.input["content"] == "--help")
    #expect(!call.wantsHelp)
  }

  @Test func `a value that begins with a dash is given with an equals sign`() throws {
    let call = try read("recall", "--since=--", "--agent=-x")
    #expect(call.input == ["agent_id": "-x", "since": "--"])
    #expect(throws: UsageError.self) { try read("recall", "--since", "--json") }
  }

  @Test func `a dash before a digit or a space begins no option`() throws {
    let call = try read("remember", "- first item", "--agent", "bot", "--importance", "-5")
    #expect(call.input["content"] == "- first item")
    #expect(call.input["importance"] == .number("-5"))
  }

  @Test(arguments: [
    ("5", JSON.number("5")), ("1.5", .number("1.5")), ("-1e3", .number("-1e3")),
    ("NaN", "NaN"), ("05", "05"), ("+5", "+5"), ("", ""), ("1_000", "1_000"), ("0x10", "0x10"),
    ("1.", "1."), (".5", ".5"), ("5 ", "5 "), ("1e", "1e"),
  ])
  func `what is no JSON number goes on as text`(text: String, value: JSON) throws {
    #expect(try read("recall", "--limit=\(text)").input["limit"] == value)
  }

  @Test func `an unknown choice goes on for the verb to refuse`() throws {
    #expect(try read("recall", "--order", "sideways").input["order"] == "sideways")
  }

  @Test func `an object takes a key and a value at the first equals sign`() throws {
    let call = try read(
      "session", "create", "--agent", "bot", "--meta", "customer=77", "--meta=formula=a=b")
    #expect(call.input["metadata"] == ["customer": "77", "formula": "a=b"])
  }

  @Test func `a dash reads the text from standard input`() throws {
    let call = try read("remember", "-", "--agent", "bot")
    #expect(call.standardInputField == "content")
    #expect(call.input == ["agent_id": "bot"])
    let reasons = try read("decide", "Refund", "--reasoning=-", "--agent", "bot")
    #expect(reasons.standardInputField == "reasoning")
  }

  @Test func `a dash is an ordinary value elsewhere`() throws {
    #expect(try read("recall", "--agent", "-").input == ["agent_id": "-"])
  }

  @Test func `text is passed on to the letter`() throws {
    let text = "Grüße\n\t\"日本\" \u{1B}[31m =x"
    #expect(try read("remember", text, "--agent", "bot").input["content"] == .string(text))
    #expect(try read("remember", "", "--agent", "bot").input["content"] == "")
  }
}

/// The words as `parse` sees them, with the sample verbs.
func read(_ words: String..., environment: [String: String] = [:]) throws(UsageError) -> Invocation
{
  try parse(words, verbs: sampleVerbs, environment: environment)
}
