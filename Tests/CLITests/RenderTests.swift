// Answers as a terminal and a file get them.

import Memtrace
import Testing

@testable import MemtraceCLI

struct RenderTests {
  let now = Timestamp(milliseconds: 1_795_000_000_000)
  let sessions = Display.table(
    [
      Display.Column("ID"), Display.Column("Updated"), Display.Column("Memories", right: true),
      Display.Column("Topic", flexible: true), Display.Column("Agent"),
    ],
    rows: [
      [
        .id("sess_01KAP0V5T8E3Y5K6ZJ9X3QW2RD"), .time(Timestamp(milliseconds: 1_794_999_820_000)),
        .number(12), .text("Router LED\nblinks\tred\u{1B}[5m since the storm"), .text("internet"),
      ],
      [.id("s2"), .none, .number(7), .text("日本語のメモリーをここに書く"), .none],
    ], empty: "No sessions")

  @Test func `a table fits the terminal and its ids stay whole`() {
    #expect(
      render(sessions, on: terminal(80), now: now) == """
        ID                               Updated    Memories  Agent
        sess_01KAP0V5T8E3Y5K6ZJ9X3QW2RD  3 min ago        12  internet
          Router LED blinks red␛[5m since the storm
        s2                               -                 7  -
          日本語のメモリーをここに書く

        """)
    #expect(
      render(sessions, on: terminal(90), now: now) == """
        ID                               Updated    Memories  Topic                       Agent
        sess_01KAP0V5T8E3Y5K6ZJ9X3QW2RD  3 min ago        12  Router LED blinks red␛[5m   internet
                                                              since the storm
        s2                               -                 7  日本語のメモリーをここに書  -
                                                              く

        """)
  }

  @Test func `a program gets values with tabs between them, whole, and nothing of no rows`() {
    #expect(
      render(sessions, on: .plain, now: now) == """
        sess_01KAP0V5T8E3Y5K6ZJ9X3QW2RD\t2026-11-18T11:03:40.000Z\t12\t\
        Router LED blinks red␛[5m since the storm\tinternet
        s2\t-\t7\t日本語のメモリーをここに書く\t-

        """)
    let empty = Display.table([Display.Column("ID")], rows: [], empty: "No sessions yet")
    #expect(render(empty, on: .plain, now: now) == "")
  }

  @Test func `text wraps in its column, and ages are words`() {
    let table = Display.table(
      [Display.Column("Age", right: true), Display.Column("What", flexible: true), .init("ID")],
      rows: ["mem_01M70Z86AA", "dec_01M70Z9G"].map { id in
        [
          .age(Timestamp(milliseconds: now.milliseconds - 7_500_000)),
          .text("one two three four five six seven"), .record(id),
        ]
      }, empty: "")
    #expect(
      render(table, on: terminal(46), now: now) == """
        Age  What                       ID
        2 h  one two three four five    mem_01M70Z86AA
             six seven
        2 h  one two three four five    dec_01M70Z9G
             six seven

        """)
    #expect(render(table, on: .plain, now: now).contains("7500\tone two"))
  }

  @Test func `text that would be cut beside others stands whole below its row`() {
    func table(_ words: Int) -> Display {
      .table(
        [Display.Column("ID"), Display.Column("What", flexible: true), Display.Column("Agent")],
        rows: [
          [
            .id("mem_01M70Z86"),
            .text(Array(repeating: "word", count: words).joined(separator: " ")),
            .text("tv-support"),
          ]
        ], empty: "")
    }
    // Four lines of 34 columns hold 28 words.
    #expect(lines(render(table(28), on: terminal(60), now: now)).count == 5)
    let stacked = lines(render(table(29), on: terminal(60), now: now))
    #expect(stacked[1] == "mem_01M70Z86  tv-support" && stacked.count == 5)
    #expect(stacked[2...].joined().split(separator: " ").count == 29)
  }

  @Test func `a word is not broken in a column where it is whole below`() {
    let table = Display.table(
      [Display.Column("ID"), Display.Column("What", flexible: true)],
      rows: [[.id("mem_01M70Z86"), .text("email=somebody.with.a.name@example.org")]], empty: "")
    #expect(
      render(table, on: terminal(44), now: now) == """
        ID
        mem_01M70Z86
          email=somebody.with.a.name@example.org

        """)
  }

  @Test func `a row without a first value goes on from the row above, its text too`() {
    let table = Display.table(
      [.init(""), .init(""), .init("", flexible: true), .init("")],
      rows: [
        [.text("  DECISION"), .text("billing"), .text("Refund 54.90 to the card"), .id("dec_1")],
        [.text(""), .text("because"), .text("It is our error, not his"), .text("")],
        [.text(""), .text("corrects"), .text("Refund 45.90 to the card"), .id("dec_0")],
      ], empty: "")
    #expect(
      render(table, on: terminal(34), now: now) == """
          DECISION  billing   dec_1
            Refund 54.90 to the card
            because  It is our error, not
                     his
            corrects  dec_0
              Refund 45.90 to the card

        """)
  }

  @Test func `one name that is much longer than others leaves them their room`() {
    let name = "enterprise-infrastructure-escalations-and-retention-team"
    func table(_ cell: (String) -> Display.Cell) -> String {
      render(
        .table(
          [
            Display.Column("AGENT"), Display.Column("SEEN"), Display.Column("TEXT", flexible: true),
          ],
          rows: ["tv", name, "billing"].map {
            [cell($0), .text("now"), .text("One two three four five six.")]
          }, empty: ""), on: terminal(70), now: now)
    }
    #expect(
      table { .id($0) } == """
        AGENT    SEEN  TEXT
        tv       now   One two three four five six.
        \(name)
                 now   One two three four five six.
        billing  now   One two three four five six.

        """)
    #expect(
      table { .text($0) } == """
        AGENT                               SEEN  TEXT
        tv                                  now   One two three four five six.
        enterprise-infrastructure-escalat…  now   One two three four five six.
        billing                             now   One two three four five six.

        """)
  }

  @Test func `a column that may be left out is, where all rows have the same`() {
    func table(_ sessions: String...) -> Display {
      .table(
        [Display.Column("WHAT", flexible: true), Display.Column("SESSION", droppable: true)],
        rows: sessions.map { [.text("text"), .text($0)] }, empty: "")
    }
    #expect(render(table("s1", "s1", ""), on: terminal(80), now: now) == "WHAT\ntext\ntext\ntext\n")
    #expect(render(table("s1", "s2"), on: terminal(80), now: now).contains("s2"))
    #expect(render(table("s1", "s1"), on: .plain, now: now) == "text\ts1\ntext\ts1\n")
  }

  @Test(arguments: [20, 40, 60, 79, 200])
  func `no terminal is too narrow for an id`(width: Int) {
    let shown = render(sessions, on: terminal(width), now: now)
    #expect(shown.contains("sess_01KAP0V5T8E3Y5K6ZJ9X3QW2RD  3 min ago"))
    #expect((3...8).contains(lines(shown).count))
  }

  @Test func `text that others leave next to nothing stands below its row`() {
    let place = "sessions/2026-11/20/08/sess_01M7W2NM1N57ED59Q5BZW5TQTC/session.desk-a7k2.jsonl:1"
    let table = Display.table(
      [Display.Column("LEVEL"), Display.Column("WHERE"), .init("PROBLEM", flexible: true)],
      rows: [
        [.text("warning"), .id(place), .text("its line of opened was changed by hand by Bob")],
        [.text("damage"), .id("agents/x:2"), .text("not JSON")],
      ], empty: "")
    #expect(
      render(table, on: terminal(40), now: now) == """
        LEVEL    WHERE
        warning  \(place)
          its line of opened was changed by hand
          by Bob
        damage   agents/x:2
          not JSON

        """)
    #expect(render(table, on: .plain, now: now).contains("damage\tagents/x:2\tnot JSON\n"))
  }

  @Test func `an empty table says so`() {
    let empty = Display.table([Display.Column("ID")], rows: [], empty: "No sessions yet")
    #expect(render(empty, on: terminal(80), now: now) == "No sessions yet\n")
  }

  @Test func `a huge cell costs what can be shown`() {
    let text = String(repeating: "日\u{301}", count: 200_000)
    let table = Display.table(
      [Display.Column("Text", flexible: true)],
      rows: Array(repeating: [.text(text)], count: 100), empty: "")
    let shown = lines(render(table, on: terminal(80), now: now))
    #expect(shown.count == 401)
    #expect(shown.allSatisfy { $0.displayWidth <= 80 } && shown.count { $0.hasSuffix("…") } == 100)
  }

  @Test func `properties stand in two columns and wrap in the second`() {
    let session = Display.properties([
      .init("Session", .id("s1")), .init("Memories", .number(3)),
      .init("Summary", .text("The customer's router\nlost its line in the storm")),
    ])
    #expect(
      render(session, on: terminal(40), now: now) == """
        Session   s1
        Memories  3
        Summary   The customer's router lost its
                  line in the storm

        """)
    #expect(
      render(session, on: .plain, now: now) == """
        Session   s1
        Memories  3
        Summary   The customer's router lost its line in the storm

        """)
  }

  @Test func `text keeps its lines and ends with one`() {
    let context = "# Context\n\n- a\u{1B}[0m"
    #expect(render(.text(context), on: .plain, now: now) == "# Context\n\n- a␛[0m\n")
    #expect(render(.text("done\n"), on: .plain, now: now) == "done\n")
    #expect(render(.text(""), on: .plain, now: now) == "")
  }

  @Test func `a line is one line`() {
    #expect(render(.line("a\nb"), on: .plain, now: now) == "a b\n")
  }

  @Test func `a note is for people, beside rows that programs read`() {
    let list = Display.list([
      .table([Display.Column("A")], rows: [[.number(1)]], empty: ""), .note("One in all."),
    ])
    #expect(render(list, on: .plain, now: now) == "1\n")
    #expect(render(list, on: terminal(80), now: now) == "A\n1\n\nOne in all.\n")
  }

  @Test func `lines stay with what they introduce`() {
    let list = Display.list([
      .line("One"), .line("Two"), .properties([.init("A", .number(1))]), .text(""),
      .line("Three"), .text("text"),
    ])
    #expect(render(list, on: .plain, now: now) == "One\nTwo\nA  1\n\nThree\ntext\n")
  }

  @Test func `colour is for terminals that have it`() {
    let properties = Display.properties([.init("A", .number(1))])
    let colored = Screen(isTerminal: true, hasColor: true)
    #expect(render(properties, on: colored, now: now) == "\u{1B}[1mA\u{1B}[0m  1\n")
    #expect(render(properties, on: terminal(80), now: now) == "A  1\n")
    #expect(Screen.allowsColor(["TERM": "xterm"]))
    #expect(!Screen.allowsColor(["TERM": "dumb"]))
    #expect(!Screen.allowsColor(["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(Screen.allowsColor(["NO_COLOR": ""]))
  }

  private func terminal(_ width: Int) -> Screen { Screen(isTerminal: true, width: width) }

  private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
}
