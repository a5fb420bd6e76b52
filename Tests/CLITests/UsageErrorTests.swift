// What a mistyped call is told, whole.

import Memtrace
import Testing

@testable import MemtraceCLI

struct UsageErrorTests {
  /// A call, and what standard error shows of it.
  static let cases: [(words: [String], shown: String)] = [
    (
      ["rember", "x"],
      """
      memtrace: unknown verb 'rember'
      hint: did you mean 'remember'?
      """
    ),
    (
      ["xyzzy"],
      """
      memtrace: unknown verb 'xyzzy'
      hint: 'memtrace help' lists the verbs
      """
    ),
    (
      ["session"],
      """
      memtrace: 'session' needs a second word
      hint: memtrace session create
      hint: memtrace session show
      """
    ),
    (
      ["session", "crate"],
      """
      memtrace: unknown verb 'session crate'
      hint: did you mean 'session create'?
      """
    ),
    (
      ["sesion", "crate"],
      """
      memtrace: unknown verb 'sesion crate'
      hint: did you mean 'session create'?
      """
    ),
    (
      ["session", "destroy"],
      """
      memtrace: unknown verb 'session destroy'
      hint: memtrace session create
      hint: memtrace session show
      """
    ),
    (
      ["--josn", "recall"],
      """
      memtrace: unknown option '--josn' before the verb
      hint: did you mean '--json'?
      """
    ),
    (
      ["--agent", "bot", "recall"],
      """
      memtrace: unknown option '--agent' before the verb
      hint: options of a verb stand after it
      """
    ),
    (
      ["--json"],
      """
      memtrace: no verb was given
      hint: 'memtrace help' lists the verbs
      """
    ),
    (
      ["recall", "--sicne", "7d"],
      """
      memtrace: recall has no option '--sicne'
      hint: did you mean '--since'?
      """
    ),
    (
      ["recall", "-limit", "7"],
      """
      memtrace: recall has no option '-limit'
      hint: did you mean '--limit'?
      """
    ),
    (
      ["check", "--everything"],
      """
      memtrace: check has no option '--everything'
      hint: 'memtrace help check' lists its options
      hint: put -- before text that begins with a dash
      """
    ),
    (
      ["session", "show", "--session", "s1"],
      """
      memtrace: session show has no option '--session'
      hint: SESSION needs no flag
      hint: usage: memtrace session show SESSION
      """
    ),
    (
      ["remember"],
      """
      memtrace: remember needs TEXT|- and --agent AGENT
      hint: usage: memtrace remember TEXT|- --agent AGENT [options]
      hint: set MEMTRACE_AGENT to leave --agent AGENT out
      """
    ),
    (
      ["remember", "Router", "is", "red"],
      """
      memtrace: remember has no place for 'is'
      hint: put quotes around text with spaces
      """
    ),
    (
      ["session", "show", "s1", "s2"],
      """
      memtrace: session show has no place for 's2'
      hint: usage: memtrace session show SESSION
      """
    ),
    (
      ["recall", "--session"],
      """
      memtrace: --session needs a value
      hint: --session SESSION, or --session=VALUE where it begins with a dash
      """
    ),
    (["check", "--repair=yes"], "memtrace: --repair takes no value"),
    (["recall", "--json=1"], "memtrace: --json takes no value"),
    (["recall", "--limit", "1", "--limit", "2"], "memtrace: --limit is given twice"),
    (
      ["session", "create", "--agent", "a", "--meta", "customer"],
      """
      memtrace: --meta needs KEY=VALUE, not 'customer'
      hint: for example --meta customer_id=12345
      """
    ),
    (
      ["session", "create", "--agent", "a", "--meta", "k=1", "--meta", "k=2"],
      "memtrace: --meta has the key 'k' twice"
    ),
    (
      ["decide", "-", "--reasoning", "-", "--agent", "a"],
      "memtrace: standard input can be read for one field only"
    ),
    (
      ["recall", "-C"],
      """
      memtrace: -C needs a folder
      hint: memtrace -C DIR VERB …
      """
    ),
    (
      ["re\u{1B}[31mcall"],
      """
      memtrace: unknown verb 're␛[31mcall'
      hint: 'memtrace help' lists the verbs
      """
    ),
  ]

  @Test(arguments: cases.indices)
  func `a mistyped call says what is wrong and what to type`(index: Int) {
    let (words, shown) = Self.cases[index]
    let error = #expect(throws: UsageError.self) {
      try parse(words, verbs: sampleVerbs, environment: [:])
    }
    #expect(error.map { Complaint($0).text(on: .plain) } == shown + "\n")
  }

  @Test
  func
    `an option of another verb is no slip, and the verbs beside this one that have it are named`()
  {
    let error = #expect(throws: UsageError.self) {
      try parse(
        ["retract", "--session", "sess_01"], verbs: CommandTable.descriptions, environment: [:])
    }
    #expect(
      error?.hint == """
        --session goes with 'review approve', 'review reject'
        'memtrace help retract' lists its options
        """)
  }

  @Test func `text that was taken for an option is not repeated at length`() {
    let text = "--- " + String(repeating: "long ", count: 10_000)
    let error = #expect(throws: UsageError.self) { try read("remember", text, "--agent", "a") }
    #expect((error?.message.count ?? 0) < 100)
    #expect(error?.hint?.hasSuffix("put -- before text that begins with a dash") == true)
  }

  @Test func `bytes that are no UTF-8 are refused`() throws {
    #expect(try decodeArguments([Array("Grüße".utf8), []]) == ["Grüße", ""])
    let error = #expect(throws: UsageError.self) {
      try decodeArguments([[0x61], [0x61, 0xFF, 0x1B]])
    }
    #expect(error?.message == "argument 2 is not valid UTF-8: 'a\u{FFFD}␛'")
  }
}
