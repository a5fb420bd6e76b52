// Calls that nobody would type.

import Memtrace
import Testing

@testable import MemtraceCLI

struct RandomCallTests {
  static let words = [
    "remember", "session", "create", "show", "recall", "check", "help", "decide", "-", "--", "---",
    "--agent", "--agent=", "--agent=a", "--tag", "--tag=x", "--meta", "--meta=a=b", "--meta==",
    "-C",
    "-C.", "--json", "--json=", "-h", "--help", "--version", "--limit", "-5", "", " ", "=", "a=b",
    "\u{1B}[2J", "--\u{202E}", "\u{0}", "日本", "-é", "--repair", "--type", "text",
  ]

  @Test func `any call is understood or refused in harmless words`() {
    var random = SplitMix(state: 2_026)
    var understood = 0
    for _ in 0..<10_000 {
      let count = Int.random(in: 0...7, using: &random)
      let words = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }
      do {
        let call = try parse(words, verbs: sampleVerbs, environment: [:])
        understood += 1
        let isKnown = sampleVerbs.contains { $0.name == call.verb }
        #expect(isKnown || call.wantsHelp || call.wantsVersion, "\(words)")
        #expect(call.wantsHelp || call.wantsVersion || isComplete(call), "\(words)")
      } catch {
        let shown = Complaint(error).text(on: .plain)
        #expect(shown.hasPrefix("memtrace: ") && shown == harmless(shown), "\(words)")
      }
    }
    #expect(understood > 500)
  }

  /// Every field that the verb needs is there, and none that it does not know.
  private func isComplete(_ call: Invocation) -> Bool {
    guard let verb = sampleVerbs.first(where: { $0.name == call.verb }) else { return false }
    let given = Set(
      (call.input.members ?? []).map(\.key) + [call.standardInputField].compactMap(\.self))
    let required = verb.fields.filter(\.isRequired).map(\.name)
    return given.isSuperset(of: required) && given.isSubset(of: verb.fields.map(\.name))
  }
}

/// A generator with a fixed seed (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
