// What answers or corrects what is erased stays, and is named.

import Testing

@testable import Memtrace

@Suite struct ErasureRelatedTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  private func remember(_ text: String, _ more: String...) throws -> String {
    try clone.done(["remember", text, "--agent", "tv"] + more).line
  }

  @Test func `corrections and answers elsewhere are named, whatever is erased`() throws {
    let alice = try clone.openSession("tv", "customer_id=alice")
    let bob = try clone.openSession("tv", "customer_id=bob")
    let fact = try remember("Alice: box broken", "--session", alice)
    let own = try remember("Noted", "--session", alice, "--parent", fact)
    let correction = try remember(
      "Alice: it was the cable", "--session", bob, "--event", "correction", "--parent", fact)
    let answer = try remember("Alice is angry", "--parent", fact)
    let elsewhere = try remember("As with Alice", "--session", bob, "--parent", answer)
    _ = try remember("Of nobody")
    let related = [correction, answer, elsewhere].sorted()
    func named(_ what: String...) throws -> [String] {
      try (clone.json(["erase", "--dry-run"] + what)["related"]?.array ?? []).compactMap(\.string)
    }
    #expect(try named("--where", "customer_id=alice") == related)
    #expect(try named(alice) == related)
    #expect(try named(fact) == (related + [own]).sorted())
    #expect(try named(fact, answer, own) == [correction, elsewhere].sorted())
    let text = try clone.done("erase", "--where", "customer_id=alice").out
    #expect(related.allSatisfy(text.contains), "\(text)")
    #expect(!text.contains(own))
  }
}
