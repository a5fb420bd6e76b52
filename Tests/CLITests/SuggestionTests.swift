// The nearness of words.

import Testing

@testable import Memtrace
@testable import MemtraceCLI

struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("same", "same", 0), ("", "abc", 3), ("abc", "", 3), ("inti", "init", 1),
    ("crate", "create", 1), ("recal", "recall", 1), ("remmeber", "remember", 1),
    ("kitten", "sitting", 3), ("ca", "abc", 3), ("größe", "grosse", 3),
  ])
  func `a swap of neighbours counts as one edit`(a: String, b: String, distance: Int) {
    #expect(editDistance(a, b) == distance)
    #expect(editDistance(b, a) == distance)
  }

  @Test func `only the nearest words are suggested`() {
    #expect(suggestions(for: "--sesion", among: ["--version", "--session"]) == ["--session"])
    let words = ["decide", "recall", "remember", "remote", "log"]
    #expect(suggestions(for: "recal", among: words) == ["recall"])
    #expect(suggestions(for: "remo", among: words) == ["remote"])
    #expect(suggestions(for: "rem", among: words) == ["remember", "remote"])
  }

  @Test func `a short word is near to little`() {
    #expect(suggestions(for: "ls", among: ["log", "gc", "key list"]).isEmpty)
    #expect(suggestions(for: "gx", among: ["log", "gc"]) == ["gc"])
  }

  @Test func `several suggestions read as a sentence`() {
    #expect(didYouMean("abc", among: ["abd"]) == "did you mean 'abd'?")
    #expect(didYouMean("abc", among: ["abd", "abe"]) == "did you mean 'abd' or 'abe'?")
    #expect(
      didYouMean("abc", among: ["abd", "abe", "abf", "abg"])
        == "did you mean 'abd', 'abe' or 'abf'?")
    #expect(didYouMean("abc", among: ["xyz"]) == nil)
  }
}
