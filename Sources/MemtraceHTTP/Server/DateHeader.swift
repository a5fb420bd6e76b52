// The Date header.

import Glibc

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
    var second = second
    var parts = tm()
    gmtime_r(&second, &parts)
    // The names of days and months are English for as long as nobody sets a locale, and nobody does.
    return [UInt8](unsafeUninitializedCapacity: 40) { buffer, count in
      count = strftime(buffer.baseAddress!, 40, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    }
  }
}
