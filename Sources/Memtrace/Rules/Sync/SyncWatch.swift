// When a sync that goes on for ever runs again, and what it says to a person.

/// Keeps the pace while all is well, waits longer and longer while the remote is away, and speaks only where
/// something has changed.
public struct SyncWatch: Sendable {
  /// Milliseconds between two syncs.
  public let interval: Int
  /// Milliseconds; waiting for a remote grows up to here.
  public static let longest = 300_000

  private var failures = 0
  private var lastProblem: String?

  public init(interval: Int) {
    self.interval = interval
  }

  /// What follows from a sync that came to its end.
  public mutating func next(_ result: Result<SyncReport, MemtraceError>, random: UInt64) -> (
    pause: Int, words: String?
  ) {
    switch result {
    case .success(let report):
      let wasAway = lastProblem != nil
      (failures, lastProblem) = (0, nil)
      let isQuiet = report.received == 0 && report.sent == 0 && report.merged == 0
      if wasAway { return (interval, "back again · \(report.summary)") }
      return (interval, isQuiet ? nil : report.summary)
    case .failure(let error):
      let isNews = lastProblem != error.message
      lastProblem = error.message
      guard error.kind == .remote else { return (interval, isNews ? error.description : nil) }
      failures += 1
      let pause = pause(random)
      let wait = "\(error.message); trying again in \(pause / 1_000) s, then less often"
      return (pause, isNews ? wait : nil)
    }
  }

  /// Doubles with every failure; at random within its upper half, so that clones do not all come back at once.
  private func pause(_ random: UInt64) -> Int {
    let bound = min(Self.longest, interval << min(failures, 16))
    return bound / 2 + Int(random % UInt64(max(1, bound / 2)))
  }
}
