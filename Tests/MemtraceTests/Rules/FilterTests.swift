// Which memories a filter lets through, and the words for points in time.

import Testing

@testable import Memtrace

@Suite struct FilterTests {
  private let now = Timestamp(milliseconds: 1_795_340_000_000)

  private var memory: Memory {
    Memory(
      id: RecordID(.memory, ULID(milliseconds: 5_000, random: (0, 1))), time: now, agent: "ana",
      session: .own(ULID(milliseconds: 1_000, random: (0, 1))), eventType: "error",
      content: "Box shows E-401", reasoning: nil, tags: ["tv", "box"], importance: 0.7)
  }

  private func passes(_ change: (inout MemoryFilter) -> Void) -> Bool {
    var filter = MemoryFilter()
    change(&filter)
    return filter.matches(memory)
  }

  @Test func `every condition that is set must hold`() {
    #expect(passes { _ in })
    #expect(passes { $0.agent = "ana" } && !passes { $0.agent = "an" })
    #expect(passes { $0.tags = ["box", "tv"] } && !passes { $0.tags = ["tv", "t"] })
    #expect(passes { $0.kinds = [.episodic, .entity] } && !passes { $0.kinds = [.decision] })
    #expect(passes { $0.eventTypes = ["error"] } && !passes { $0.eventTypes = ["general"] })
    #expect(passes { $0.contains = "e-401" } && !passes { $0.contains = "e-402" })
    #expect(passes { $0.minImportance = 0.7 } && !passes { $0.minImportance = 0.71 })
    #expect(
      !passes {
        $0.agent = "ana"
        $0.tags = ["billing"]
      })
  }

  @Test(arguments: [
    ("E-401", "Box shows e-401", true), ("", "", true), ("", "x", true), ("x", "", false),
    ("ÄRGER", "großer ärger", true), ("e\u{301}", "Café", true), ("é", "CAFE\u{301}", true),
    ("straße", "STRASSE", false), ("é", "cafe", false), ("ß", "plain", false),
    ("longer than it", "longer", false), ("日本", "東京、日本", true),
  ])
  func `a needle is found whatever its case and however its marks are composed`(
    _ needle: String, _ text: String, _ isThere: Bool
  ) {
    #expect(Needle(needle).isIn(text) == isThere)
  }

  /// Each of these takes minutes where a look is not linear.
  @Test(arguments: ["e", "é"])
  func `a long needle of one letter is looked for in long texts of it`(_ letter: String) {
    let count = 65_536 / letter.utf8.count
    let text = String(repeating: letter, count: count)
    let almost = Needle(String(repeating: letter, count: count / 2) + "x")
    for _ in 0..<20 { #expect(!almost.isIn(text)) }
    #expect(Needle(String(repeating: letter, count: count / 2)).isIn(text.uppercased()))
  }

  @Test func `bounds go by the id, the first inclusive and the second not`() {
    #expect(passes { $0.since = Timestamp(milliseconds: 5_000) })
    #expect(!passes { $0.since = Timestamp(milliseconds: 5_001) })
    #expect(!passes { $0.until = Timestamp(milliseconds: 5_000) })
    #expect(passes { $0.until = Timestamp(milliseconds: 5_001) })
  }

  @Test(arguments: [
    (#"{"id":77}"#, #"{"id":"77"}"#, true), (#"{"id":"77"}"#, #"{"id":77,"more":1}"#, true),
    (#"{"id":77}"#, #"{"id":"077"}"#, false), (#"{"id":true}"#, #"{"id":"true"}"#, true),
    (#"{"a":"1","b":"2"}"#, #"{"a":"1"}"#, false), (#"{}"#, #"{}"#, true),
    (#"{"o":{"x":1}}"#, #"{"o":{"x":1}}"#, true), (#"{"o":{"x":1}}"#, #"{"o":{"x":2}}"#, false),
  ])
  func `metadata matches by the text of scalars`(
    _ conditions: String, _ metadata: String, _ isMatch: Bool
  ) throws {
    func members(_ text: String) throws -> [JSON.Member] {
      try #require(try JSON(parsing: Array(text.utf8)).members)
    }
    #expect(MemoryFilter.matches(try members(conditions), try members(metadata)) == isMatch)
  }

  @Test(arguments: [
    ("30m", 1_800_000), ("24h", 86_400_000), ("7d", 604_800_000), ("2w", 1_209_600_000),
    ("now", 0), ("0m", 0),
  ])
  func `spans count back from now`(_ text: String, _ milliseconds: Int64) {
    #expect(Moment.parse(text, now: now)?.milliseconds == now.milliseconds - milliseconds)
  }

  @Test(arguments: [
    "yesterdayish", "", "7", "d", "-7d", "7D", "1.5h", "30s", "12345678d", "2026-13-01",
  ])
  func `anything else is no point in time`(_ text: String) {
    #expect(Moment.parse(text, now: now) == nil)
  }

  /// 26 November 2026 was a Thursday.
  @Test(arguments: [
    ("today", "2026-11-26"), ("yesterday", "2026-11-25"), ("Thursday", "2026-11-26"),
    ("friday", "2026-11-20"), ("monday", "2026-11-23"),
  ])
  func `a day is its first moment, and one of the week the last that was`(
    word: String, date: String
  ) throws {
    let noon = try #require(Timestamp(rfc3339: "2026-11-26T12:00:00Z"))
    #expect(Moment.day(word, now: noon) == Timestamp(rfc3339: date + "T00:00:00Z"))
    #expect(Moment.day(word + "s", now: noon) == nil)
  }

  @Test func `a date is its first moment in UTC`() {
    #expect(Moment.parse("2026-11-22", now: now) == Timestamp(rfc3339: "2026-11-22T00:00:00Z"))
  }

  @Test func `pages say exactly whether more follows`() {
    let all = Array(1...5)
    let first = Page(of: all, order: .descending, limit: 3, offset: 0)
    #expect(first.items == [5, 4, 3] && first.hasMore)
    let second = Page(of: all, order: .descending, limit: 2, offset: 3)
    #expect(second.items == [2, 1] && !second.hasMore)
    let beyond = Page(of: all, order: .ascending, limit: .max, offset: 9)
    #expect(beyond.items.isEmpty && !beyond.hasMore)
  }
}
