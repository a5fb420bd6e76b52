// Moments and their texts.
import Foundation
import Testing

@testable import Memtrace

struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-11-22T14:03:11.123Z", 1_795_356_191_123),
    ("2026-11-22t14:03:11.123z", 1_795_356_191_123),
    ("2026-11-22 14:03:11.1239999Z", 1_795_356_191_123),
    ("2026-11-22T15:33:11.123+01:30", 1_795_356_191_123),
    ("2026-11-21T23:03:11.123-15:00", 1_795_356_191_123), ("2000-02-29T00:00:00Z", 951_782_400_000),
    ("1969-12-31T23:59:59.999Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_799_000),
    ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.9Z", 253_402_300_799_900),
  ])
  func `RFC 3339 is read`(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026-11-22", "2026-11-22T14:03Z", "2026-11-22T14:03:11", "2026-11-22T14:03:11.Z",
    "2026-11-22T14:03:11.123", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00:00ZZ", " 2026-01-01T00:00:00Z", "26-01-01T00:00:00Z", "2026-1-1T00:00:00Z",
    "+026-01-01T00:00:00Z", "2026-01-01T00:00:0/Z",
    "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-01-01T00:00:00.12aZ",
  ])
  func `anything else is no moment`(_ text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test func `every day of five centuries is Foundation's`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for day in stride(from: -135_000, through: 85_000, by: 37) {
      let time = Timestamp(milliseconds: Int64(day) * 86_400_000 + 43_200_000)
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400 + 43_200))
      let civil = time.civil
      let isSame = (civil.year, civil.month, civil.day) == (parts.year, parts.month, parts.day)
      if !isSame || Timestamp(rfc3339: time.description) != time { Issue.record("\(time)") }
    }
  }

  @Test func `moments come back to the millisecond, in a scan too`() {
    var random = Seeded(71)
    var memo = LineMemo()
    defer { memo.deallocate() }
    for _ in 0..<2_000 {
      let time = random.time()
      let text = Array(time.description.utf8)
      let scanned = text.withUnsafeBufferPointer { memo.time($0) }
      if Timestamp(rfc3339: text) != time || scanned != time { Issue.record("\(time)") }
    }
  }

  @Test func `the scan and the rules agree on damaged moments`() {
    var memo = LineMemo()
    defer { memo.deallocate() }
    let right = Array("2026-11-22T14:03:11.123Z".utf8)
    for at in right.indices {
      for byte in UInt8.min ... .max {
        var text = right
        text[at] = byte
        let scanned = text.withUnsafeBufferPointer { memo.time($0) }
        if scanned != Timestamp(rfc3339: text) {
          Issue.record("\(byte) at \(at)")
        }
      }
    }
  }
}
