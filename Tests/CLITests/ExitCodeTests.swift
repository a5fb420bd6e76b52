// The table of exit codes.

import Memtrace
import Testing

@testable import MemtraceCLI

struct ExitCodeTests {
  @Test(
    arguments: [
      (MemtraceError.Kind.usage, 2), (.invalid, 2), (.notFound, 3), (.conflict, 4), (.remote, 5),
      (.corrupt, 6), (.unauthorized, 1), (.busy, 1), (.full, 1), (.internal, 1),
    ] as [(MemtraceError.Kind, Int32)])
  func `each kind of error has its exit code`(kind: MemtraceError.Kind, code: Int32) {
    #expect(ExitCode(kind).rawValue == code)
  }
}
