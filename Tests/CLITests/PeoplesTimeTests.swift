// Moments in words.

import Memtrace
import Testing

@testable import MemtraceCLI

struct PeoplesTimeTests {
  static let now = "2026-11-22T14:30:00Z"

  @Test(arguments: [
    ("2026-11-22T14:30:00Z", "now"), ("2026-11-22T14:29:56Z", "now"),
    ("2026-11-22T14:30:04Z", "now"), ("2026-11-22T14:29:18Z", "42 s ago"),
    ("2026-11-22T14:27:00Z", "3 min ago"), ("2026-11-22T14:32:00Z", "in 2 min"),
    ("2026-11-22T13:30:01Z", "59 min ago"), ("2026-11-22T13:30:00Z", "1 h ago"),
    ("2026-11-22T00:00:00Z", "14 h ago"), ("2026-11-22T18:30:00Z", "in 4 h"),
    ("2026-11-21T23:59:00Z", "yesterday 23:59"), ("2026-11-21T14:03:00Z", "yesterday 14:03"),
    ("2026-11-23T09:00:00Z", "tomorrow 09:00"), ("2026-11-20T23:00:00Z", "2026-11-20 23:00"),
    ("2026-11-24T00:00:00Z", "2026-11-24 00:00"), ("1969-12-31T23:59:59Z", "1969-12-31 23:59"),
  ])
  func `a moment is near, of yesterday or a date`(text: String, shown: String) throws {
    #expect(try say(text, now: Self.now) == shown)
  }

  @Test func `hours go on over midnight`() throws {
    #expect(try say("2026-11-21T22:10:00Z", now: "2026-11-22T01:15:00Z") == "3 h ago")
    #expect(try say("2026-11-22T01:15:00Z", now: "2026-11-21T22:10:00Z") == "in 3 h")
  }

  @Test func `days begin at local midnight`() throws {
    let text = "2026-11-20T23:30:00Z"
    #expect(try say(text, now: Self.now, zone: 3_600) == "yesterday 00:30")
    #expect(try say(text, now: Self.now, zone: -3_600) == "2026-11-20 22:30")
  }

  private func say(_ text: String, now: String, zone: Int = 0) throws -> String {
    let moment = try #require(Timestamp(rfc3339: text))
    let now = try #require(Timestamp(rfc3339: now))
    return peoplesTime(moment, now: now) { _ in zone }
  }
}
