// What is on the other end of a descriptor: a person's terminal, or a file or program.

import Glibc
import Memtrace

/// All that rendering depends on, as a value.
struct Screen: Sendable {
  let isTerminal: Bool
  /// Columns; text is cut and wrapped to them on a terminal only.
  let width: Int
  let hasColor: Bool
  /// The local zone at a moment, in seconds east of UTC.
  let zone: @Sendable (Timestamp) -> Int

  static let defaultWidth = 80
  /// The variables that change what a terminal shows.
  static let variables = ["COLUMNS", "NO_COLOR", "TERM"]

  init(
    isTerminal: Bool, width: Int = defaultWidth, hasColor: Bool = false,
    zone: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
  ) {
    self.isTerminal = isTerminal
    self.width = width
    self.hasColor = hasColor
    self.zone = zone
  }

  /// A file or a pipe: nothing cut, no colour, times in RFC 3339.
  static let plain = Screen(isTerminal: false)

  /// Asks the system about a descriptor. `COLUMNS` goes before what the terminal says; colour needs a
  /// terminal that is not `dumb`, and no `NO_COLOR`.
  init(descriptor: Int32, environment: [String: String], color: Bool = true) {
    guard isatty(descriptor) == 1 else {
      self = .plain
      return
    }
    let set = environment["COLUMNS"].flatMap { Int($0) } ?? Self.columns(of: descriptor)
    self.init(
      isTerminal: true,
      width: set.flatMap { $0 > 0 ? $0 : nil } ?? Self.defaultWidth,
      hasColor: color && Self.allowsColor(environment),
      zone: Self.localZone)
  }

  /// https://no-color.org: set and not empty.
  static func allowsColor(_ environment: [String: String]) -> Bool {
    environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  private static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return Int(size.ws_col)
  }

  @Sendable private static func localZone(_ moment: Timestamp) -> Int {
    var seconds = time_t(moment.milliseconds / 1_000)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
  }
}
