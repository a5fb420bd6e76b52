// Calls for help and for the version.

import Memtrace
import Testing

@testable import MemtraceCLI

struct HelpRequestTests {
  @Test(arguments: [[], ["help"], ["--help"], ["-h"], ["--json", "--help"], ["help", "--json"]])
  func `help without a verb is about all of them`(words: [String]) throws {
    let call = try parse(words, verbs: sampleVerbs, environment: [:])
    #expect(call.wantsHelp)
    #expect(call.verb == "")
  }

  @Test(arguments: [
    ["help", "session", "create"], ["session", "create", "--help"],
    ["--help", "session", "create"],
    ["session", "--help", "create"], ["session", "create", "--agent", "-h"],
    ["help", "session", "create", "--nonsense"],
  ])
  func `help about a verb needs nothing else to be right`(words: [String]) throws {
    let call = try parse(words, verbs: sampleVerbs, environment: [:])
    #expect(call.wantsHelp)
    #expect(call.verb == "session create")
  }

  @Test func `help about a verb ignores its text`() throws {
    #expect(try read("remember", "some text", "--help").verb == "remember")
  }

  @Test func `help about a first word lists what may follow`() throws {
    let call = try read("help", "session")
    #expect(call.wantsHelp)
    #expect(call.verb == "session")
  }

  @Test(arguments: [["help", "rember"], ["rember", "--help"]])
  func `help about an unknown verb suggests one`(words: [String]) {
    let error = #expect(throws: UsageError.self) {
      try parse(words, verbs: sampleVerbs, environment: [:])
    }
    #expect(error?.hint == "did you mean 'remember'?")
  }

  @Test func `the version is asked for anywhere`() throws {
    #expect(try read("--version").wantsVersion)
    #expect(try read("recall", "--version").wantsVersion)
    #expect(try !read("recall").wantsVersion)
  }
}
