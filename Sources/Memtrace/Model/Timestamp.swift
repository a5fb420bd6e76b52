// A moment in milliseconds, and the RFC 3339 text that people see.

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: Hashable, Comparable, Sendable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// Year, month 1…12, day 1…31, hour, minute, second, millisecond in UTC (Gregorian).
  public var civil: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, ms: Int)
  {
    let (days, inDay) = milliseconds.floorDivided(by: 86_400_000)
    let (year, month, day) = Self.date(days: days)
    let ms = Int(inDay)
    return (year, month, day, ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000)
  }

  /// Date of a day count since 1970 (H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
  static func date(days: Int64) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
  }

  /// Days since 1970 of a date (the same source, days_from_civil).
  static func days(year: Int, month: Int, day: Int) -> Int64 {
    let (era, yearOfEra) = Int64(month <= 2 ? year - 1 : year).floorDivided(by: 400)
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

extension Int64 {
  /// Quotient and remainder with the remainder never negative.
  func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
