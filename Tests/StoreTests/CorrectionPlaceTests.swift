// Where a correction stands: beside what it corrects, so that no look at a customer shows neither.

import Testing

@testable import Memtrace

@Suite struct CorrectionPlaceTests {
  private let world: TestWorld
  private let clone: Clone
  private let session: String
  private let fact: String

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession("tv", "customer_id=alice")
    fact = try clone.remember("Box is broken", session, by: "tv")
  }

  private func correct(_ text: String, _ parent: String, _ more: String...) throws -> String {
    try clone.done(
      ["remember", text, "--agent", "tv", "--event", "correction", "--parent", parent] + more
    ).line
  }

  @Test func `a correction without a session is shown by every way in`() throws {
    let correction = try correct("Box is broken in the cellar", fact)
    #expect(try clone.json("show", correction)["session_id"]?.string == session)
    for words in [
      ["recall", "--session", session], ["recall", "--where", "customer_id=alice"],
      ["search", "cellar", "--where", "customer_id=alice"], ["customer", "customer_id=alice"],
      ["context", "--where", "customer_id=alice"], ["context", session],
      ["export", "--format", "md", "--where", "customer_id=alice"],
      ["diff", "1d", "--where", "customer_id=alice"],
    ] {
      let text = try clone.done(words).out
      #expect(text.contains("Box is broken in the cellar"), "\(words): \(text)")
    }
    #expect(try clone.recalled(session) == [correction])
  }

  @Test func `a correction of a correction follows, and a retry finds the first`() throws {
    let first = try correct("In the cellar", fact, "--dedup-key", "once")
    let second = try correct("In the attic", first)
    #expect(try clone.json("show", second)["session_id"]?.string == session)
    let again = try clone.memtrace(
      "--json", "remember", "In the cellar", "--agent", "tv", "--event", "correction", "--parent",
      fact, "--dedup-key", "once")
    #expect(again.status == 4 && again.err.contains(first), "\(again.err)")
  }

  @Test func `a session that is named holds, and an answer names its own`() throws {
    let other = try clone.openSession("tv", "customer_id=bob")
    let elsewhere = try correct("No", fact, "--session", other)
    #expect(try clone.json("show", elsewhere)["session_id"]?.string == other)
    let answer = try clone.done("remember", "Noted", "--agent", "tv", "--parent", fact).line
    #expect(try clone.json("show", answer)["session_id"] == nil)
    let outside = try clone.remember("Of nobody", by: "tv")
    let corrected = try correct("Of somebody", outside)
    #expect(try clone.json("show", corrected)["session_id"] == nil)
  }
}
