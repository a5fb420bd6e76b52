// The help texts, whole.

import Memtrace
import Testing

@testable import MemtraceCLI

struct HelpTests {
  let help = Help(verbs: sampleVerbs, screen: .plain)

  @Test func `the overview lists every verb by group`() throws {
    #expect(
      try help.text(topic: "") == """
        memtrace: memory that agents share, kept in a Git repository

        usage: memtrace [-C DIR] [--json] VERB [arguments] [options]

        Repository
          init            Make a folder a memory repository
          check           Look for damage

        Sessions
          session create  Open a session
          session show    Show one session

        Memory
          remember        Store a memory
          decide          Store a decision with its reasons
          recall          List memories

        Setup
          completions     Print completions for a shell

        Options of every verb
          -C DIR       Work on the memory repository of this folder
          --json       Print JSON, the same that the HTTP interface returns
          -q, --quiet  No progress and no remarks; results and errors only
          --no-color   No colour, whatever the terminal can do
          -h, --help   Show help; after a verb, that verb's
          --version    Show the version

        Environment
          MEMTRACE_REPO     Stands in for -C
          MEMTRACE_AGENT    Stands in for the agent of a verb
          MEMTRACE_SESSION  Stands in for the session of a verb, where that may be left
                            out

        'memtrace help VERB' shows the options of a verb, with an example.

        """)
  }

  @Test func `a verb's help shows arguments, options and an example`() throws {
    #expect(
      try help.text(topic: "remember") == """
        memtrace remember: Store a memory

        usage: memtrace remember TEXT|- --agent AGENT [--session SESSION] [--type TYPE]
                 [--tag TAG]… [--importance X] [--meta K=V]… [--dedup-key DEDUP-KEY]

        Arguments
          TEXT|-  What to remember (required; - reads standard input)

        Options
          -a, --agent AGENT      Who remembers (required; or MEMTRACE_AGENT)
          -s, --session SESSION  The session that it belongs to (or MEMTRACE_SESSION)
          --type TYPE            What kind of memory (one of episodic, session,
                                 decision, entity; default: episodic)
          --tag TAG              A word to find it by (repeatable)
          --importance X         How much it matters (0 to 1; default: 0.5)
          --meta K=V             More about it (repeatable)
          --dedup-key DEDUP-KEY  A second memory with this key is refused

        Examples
          memtrace remember "Router LED is red" --agent internet-bot --tag router

        'memtrace help' lists the options of every verb, such as --json.

        """)
  }

  @Test func `a verb's help says types, ranges and defaults`() throws {
    #expect(
      try help.text(topic: "recall") == """
        memtrace recall: List memories

        usage: memtrace recall [--agent AGENT] [--session SESSION] [--since WHEN]
                 [--limit N] [--offset N] [--order asc|desc]

        Options
          -a, --agent AGENT      Only this agent's
          -s, --session SESSION  Only this session's (or MEMTRACE_SESSION)
          --since WHEN           Not older than this (24h, 7d, monday, 2026-11-22 or RFC
                                 3339)
          -n, --limit N          At most so many (1 to 1000; default: 100)
          --offset N             Leave out the first ones (0 or more; default: 0)
          --order asc|desc       Oldest or newest first (default: desc)

        Examples
          memtrace recall --agent internet-bot --since 7d

        'memtrace help' lists the options of every verb, such as --json.

        """)
  }

  @Test func `a first word's help lists what may follow`() throws {
    #expect(
      try help.text(topic: "session") == """
        Verbs
          session create  Open a session
          session show    Show one session

        'memtrace help VERB' shows the options of one.

        """)
  }

  @Test func `an unknown topic suggests one`() {
    let error = #expect(throws: UsageError.self) { try help.text(topic: "chekc") }
    #expect(error?.hint == "did you mean 'check'?")
  }

  @Test(arguments: [40, 60, 100])
  func `help keeps the width of the terminal, but for a longer word`(width: Int) throws {
    let help = Help(verbs: sampleVerbs, screen: Screen(isTerminal: true, width: width))
    for topic in [""] + sampleVerbs.map(\.name) {
      for line in try help.text(topic: topic).split(separator: "\n") {
        let isWord = line.split(separator: " ").count == 1
        #expect(isWord || String(line).displayWidth <= width, "\(line)")
      }
    }
  }

  @Test func `the version is one line`() {
    #expect(versionLine("0.1.0") == "memtrace 0.1.0\n")
  }

  @Test func `no line of a verb's help is longer than a terminal is wide`() throws {
    let help = Help(verbs: CommandTable.descriptions, screen: .plain)
    for verb in CommandTable.descriptions {
      for line in try help.text(topic: verb.name).split(separator: "\n") {
        #expect(String(line).displayWidth <= 80, "\(verb.name): \(line)")
      }
    }
    #expect(
      try help.text(topic: "session create").contains(
        """
        Examples
          memtrace session create --agent internet-support \\
              --meta customer_id=cust_12345 --meta channel=chat

        """))
  }
}
