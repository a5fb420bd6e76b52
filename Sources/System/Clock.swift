// The two clocks: one that only moves forward, and the one on the wall.

internal import Glibc

package enum Clock {
  /// Nanoseconds of a clock that only moves forward.
  package static func monotonic() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

  /// The same clock's milliseconds.
  package static func milliseconds() -> Int64 { monotonic() / 1_000_000 }

  /// Nanoseconds since 1970.
  package static func wall() -> Int64 { nanoseconds(CLOCK_REALTIME) }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
