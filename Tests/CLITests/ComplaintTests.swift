// Errors on standard error.

import Glibc
import Memtrace
import Testing

@testable import MemtraceCLI

struct ComplaintTests {
  @Test func `an error says what to do next`() {
    let error = MemtraceError(
      .notFound, "session not found: s\u{1B}9", hint: "memtrace session list\nmemtrace status")
    #expect(
      Complaint(error).text(on: .plain) == """
        memtrace: session not found: s␛9
        hint: memtrace session list
        hint: memtrace status

        """)
  }

  @Test func `one broken rule is the message`() {
    let error = MemtraceError.invalid([.init("importance", "must be 0 to 1, not 1.5")])
    #expect(
      Complaint(error).text(on: .plain) == "memtrace: importance: must be 0 to 1, not 1.5\n")
  }

  @Test func `a broken rule is told by the option's name`() {
    let error = MemtraceError.invalid([.init("include_types", "no"), .init("session_id", "no")])
    #expect(error.spelled(for: "context").faults.map(\.field) == ["--type", "SESSION"])
    let format = MemtraceError.invalid([.init("format", "no")])
    #expect(format.spelled(for: "manual").faults.map(\.field) == ["FORMAT"])
    let other = MemtraceError(.notFound, "session not found")
    #expect(other.spelled(for: "context") == other)
  }

  @Test func `who left something out is told where to read what is needed`() {
    let error = MemtraceError.invalid([.init("session_id", "is required, or where")])
    #expect(
      Complaint(error, verb: "context").text(on: .plain)
        == "memtrace: SESSION: is required, or where\nhint: memtrace help context\n")
  }

  @Test func `several broken rules stand one a line`() {
    let error = MemtraceError.invalid([
      .init("importance", "must be 0 to 1, not 1.5"), .init("tags", "'a b' is no tag"),
    ])
    #expect(
      Complaint(error).text(on: .plain) == """
        memtrace: 2 values break a rule
          importance: must be 0 to 1, not 1.5
          tags: 'a b' is no tag

        """)
  }

  @Test func `with --json it is what HTTP answers, with the field and the kind`() {
    let missing = MemtraceError(.notFound, "session not found", hint: "memtrace session list")
    #expect(
      Complaint(missing).text(on: .plain, asJSON: true)
        == #"{"error":"session not found","hint":"memtrace session list","code":"not_found"}"#
        + "\n")
    let broken = MemtraceError.invalid([.init("session_id", "no")])
    #expect(
      Complaint(broken, verb: "context").text(on: .plain, asJSON: true)
        == #"{"error":"session_id: no","faults":[{"field":"session_id","problem":"no"}],"field":"session_id","code":"invalid"}"#
        + "\n")
    #expect(
      Complaint(UsageError("no")).text(on: .plain, asJSON: true)
        == #"{"error":"no","code":"usage"}"# + "\n")
    #expect(
      Complaint(Output.Failure(code: ENOSPC)).text(on: .plain, asJSON: true)
        .hasSuffix(#""code":"full"}"# + "\n"))
  }

  @Test func `colour marks the program and the hint`() {
    let screen = Screen(isTerminal: true, hasColor: true)
    #expect(
      Complaint(UsageError("no", hint: "yes")).text(on: screen)
        == "\u{1B}[1;31mmemtrace:\u{1B}[0m no\n\u{1B}[36mhint:\u{1B}[0m yes\n")
  }
}
