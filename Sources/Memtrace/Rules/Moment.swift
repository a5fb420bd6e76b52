// The words for a point in time that `since` and `until` take.

enum Moment {
  /// `30m 24h 7d 2w` before now, `now`, RFC 3339, or a date (its first moment in UTC); nil for anything else.
  static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    if text == "now" { return now }
    if let span = span(text) { return Timestamp(milliseconds: now.milliseconds - span) }
    return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z")
  }

  /// The first moment in UTC of `today`, `yesterday` or a day of the week: the last one that was or is.
  static func day(_ word: String, now: Timestamp) -> Timestamp? {
    let length: Int64 = 86_400_000
    let today = now.milliseconds / length
    switch word.lowercased() {
    case "today": return Timestamp(milliseconds: today * length)
    case "yesterday": return Timestamp(milliseconds: (today - 1) * length)
    case let word:
      guard let weekday = days.firstIndex(of: word) else { return nil }
      return Timestamp(milliseconds: (today - (today - Int64(weekday)) % 7) * length)
    }
  }

  /// 1 January 1970 was a Thursday.
  private static let days = [
    "thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday",
  ]

  /// What to write instead, for the message of a fault.
  static let forms =
    "write 30m, 24h, 7d, 2w, a date (2026-11-22) or RFC 3339 (2026-11-22T14:00:00Z)"

  /// Milliseconds of `30m` and the like; nil for anything else.
  static func span(_ text: String) -> Int64? {
    let unit: Int64
    switch text.utf8.last {
    case UInt8(ascii: "m"): unit = 60_000
    case UInt8(ascii: "h"): unit = 3_600_000
    case UInt8(ascii: "d"): unit = 86_400_000
    case UInt8(ascii: "w"): unit = 604_800_000
    default: return nil
    }
    // Six digits of weeks are 19,000 years: further back there is nothing.
    guard (2...7).contains(text.utf8.count),
      text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }),
      let count = Int64(text.dropLast())
    else { return nil }
    return count * unit
  }
}
