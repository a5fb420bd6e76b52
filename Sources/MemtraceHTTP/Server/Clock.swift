// The two clocks the server reads: one for time-outs, one for the Date header.

import Glibc

enum Clock {
  /// Nanoseconds of a clock that only moves forward.
  static func monotonic() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// The Date header, written anew only when the second changes.
struct DateHeader {
  private var second = time_t(-1)
  private(set) var bytes: [UInt8] = []

  mutating func refresh() {
    let now = time(nil)
    guard now != second else { return }
    second = now
    bytes = DateHeader.format(now)
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  static func format(_ second: time_t) -> [UInt8] {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    var second = second
    var parts = tm()
    gmtime_r(&second, &parts)
    let pad = { (value: Int32) in value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(days[Int(parts.tm_wday)]), \(pad(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
    let time = "\(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec))"
    return Array("\(date) \(parts.tm_year + 1900) \(time) GMT".utf8)
  }
}
