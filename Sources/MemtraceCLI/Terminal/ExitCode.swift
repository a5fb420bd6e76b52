// The one table from kinds of error to the process's exit code.

import Memtrace

enum ExitCode: Int32, CaseIterable {
  case done = 0
  case failed = 1
  /// The call's words or values are off.
  case invalid = 2
  case notFound = 3
  case conflict = 4
  case remote = 5
  case corrupt = 6

  init(_ kind: MemtraceError.Kind) {
    self =
      switch kind {
      case .usage, .invalid: .invalid
      case .notFound: .notFound
      case .conflict: .conflict
      case .remote: .remote
      case .corrupt: .corrupt
      case .unauthorized, .forbidden, .busy, .full, .internal: .failed
      }
  }
}
