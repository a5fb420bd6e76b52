// Moments as people say them.

import Memtrace

/// `3 min ago`, `yesterday 14:03`, `in 2 min`, and further away the date: `2026-11-03 09:15`, in the
/// local zone. `zone` is in seconds east of UTC.
func peoplesTime(_ moment: Timestamp, now: Timestamp, zone: (Timestamp) -> Int) -> String {
  let seconds = (now.milliseconds - moment.milliseconds) / 1_000
  let distance = abs(seconds)
  func say(_ amount: String) -> String { seconds < 0 ? "in \(amount)" : "\(amount) ago" }
  if distance < 5 { return "now" }
  if distance < 60 { return say("\(distance) s") }
  if distance < 3_600 { return say("\(distance / 60) min") }
  let (there, here) = (LocalTime(moment, zone), LocalTime(now, zone))
  let days = there.day - here.day
  if days == 0 || distance < 6 * 3_600 { return say("\(distance / 3_600) h") }
  if days == -1 { return "yesterday \(there.clock)" }
  if days == 1 { return "tomorrow \(there.clock)" }
  return "\(there.date) \(there.clock)"
}

/// `13 d`, `4 h`, `2 min`.
func peoplesAge(_ moment: Timestamp, now: Timestamp) -> String {
  let seconds = max(0, now.milliseconds - moment.milliseconds) / 1_000
  return switch seconds {
  case ..<60: "\(seconds) s"
  case ..<3_600: "\(seconds / 60) min"
  case ..<172_800: "\(seconds / 3_600) h"
  default: "\(seconds / 86_400) d"
  }
}

/// A moment on the clock of a wall.
private struct LocalTime {
  /// Days since 1970.
  let day: Int64
  let date: String
  let clock: String

  init(_ moment: Timestamp, _ zone: (Timestamp) -> Int) {
    let local = Timestamp(milliseconds: moment.milliseconds + Int64(zone(moment)) * 1_000)
    let midnight = local.milliseconds - (local.milliseconds % 86_400_000 + 86_400_000) % 86_400_000
    day = midnight / 86_400_000
    let text = local.description
    date = String(text.prefix(10))
    clock = String(text.dropFirst(11).prefix(5))
  }
}
