// An option whose value may be left out: `sync [REMOTE] [--watch [INTERVAL]]`.

import Testing

@testable import Memtrace
@testable import MemtraceCLI

struct IntervalTests {
  private let verbs = [Sync.description]

  private func read(_ words: String...) throws -> JSON {
    try parse(words, verbs: verbs, environment: [:]).input
  }

  @Test(arguments: [["--watch", "1m"], ["--watch=1m"]])
  func `a word that begins with a digit is the interval`(words: [String]) throws {
    #expect(try parse(["sync"] + words, verbs: verbs, environment: [:]).input == ["watch": "1m"])
  }

  @Test func `alone, before an option and before a remote's name it has its default`() throws {
    #expect(try read("sync", "--watch") == ["watch": true])
    #expect(try read("sync", "--watch", "--join") == ["join": true, "watch": true])
    #expect(try read("sync", "--watch", "origin") == ["remote": "origin", "watch": true])
    #expect(try read("sync", "origin", "--watch") == ["remote": "origin", "watch": true])
    #expect(
      try read("sync", "--watch", "5m", "origin") == ["remote": "origin", "watch": "5m"])
  }

  @Test(arguments: ["90", "1d", "0s", "2nd-office", "25h", "", "soon", "99999999999999999999h"])
  func `what is no interval is refused and not taken for a remote`(text: String) throws {
    let isTaken = text.first?.isNumber == true
    let words = isTaken ? ["sync", "--watch", text] : ["sync", "--watch=" + text]
    var input = Input(
      try parse(words, verbs: verbs, environment: [:]).input, now: Timestamp(milliseconds: 0))
    _ = Sync(&input)
    let error = #expect(throws: MemtraceError.self) { try input.finish() }
    #expect(error?.message.contains("'\(text)' is no interval; write 10s, 5m or 1h") == true)
  }

  @Test func `it cannot be given twice`() {
    #expect(throws: UsageError.self) { try read("sync", "--watch", "1m", "--watch", "2m") }
    #expect(throws: UsageError.self) { try read("sync", "--watch", "1m", "--watch") }
  }

  @Test func `the help shows that its value may be left out`() throws {
    let text = try Help(verbs: verbs, screen: .plain).text(topic: "sync")
    #expect(text.contains("[--watch [INTERVAL]]"))
    #expect(text.contains("--watch [INTERVAL]  "))
    #expect(text.contains("(10s, 5m, 1h; default: 30s)"))
  }

  @Test func `completions offer it and do not wait for a value`() {
    let table = CompletionTable(verbs: verbs)
    #expect(table.bash.contains("--watch") && !table.bash.contains("'sync|--watch'"))
    #expect(table.zsh.contains("'--watch=[go on for ever, so often]::INTERVAL: '"))
    #expect(table.fish.contains("-l watch -d"))
  }
}
