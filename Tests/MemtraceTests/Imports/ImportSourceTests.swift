// What the readers of other programs' files make of a sample of each, compared whole.

import Foundation
import Testing

@testable import Memtrace

struct ImportSourceTests {
  /// Every row as `LINE JSON`, and what is none as `LINE passed`, `known` or `BAD field problem`.
  private func rows(
    _ source: ImportSource, _ text: String, _ map: [String: String] = [:], name: String = "-"
  ) -> [String] {
    rows(source, Array(text.utf8), map, name: name)
  }

  private func rows(
    _ source: ImportSource, _ bytes: [UInt8], _ map: [String: String] = [:], name: String = "-"
  ) -> [String] {
    let members = map.map { JSON.Member($0.key, .string($0.value)) }
    return source.rows(of: bytes, ImportOptions(map: members, name: name)).map { row in
      switch row.outcome {
      case .row(let json, _): "\(row.line) \(String(decoding: json.bytes, as: UTF8.self))"
      case .bad(let fault): "\(row.line) BAD \(fault.field) \(fault.problem)"
      case .known: "\(row.line) known"
      case .passed: "\(row.line) passed"
      }
    }
  }

  static let samples: [(ImportSource, String, [String: String])] = [
    (.zendesk, "zendesk.json", [:]), (.intercom, "intercom.json", [:]),
    (.chatwoot, "chatwoot.jsonl", [:]), (.freshdesk, "freshdesk.json", [:]),
    (
      .csv, "table.csv",
      [
        "time": "Date", "agent_id": "Agent", "session": "Case", "content": "Message",
        "tags": "Labels", "importance": "Weight", "customer_id": "Customer",
      ]
    ),
    (.chat, "chat.txt", ["agents": ":Cleo", "customer_id": ":cust_12345"]),
    (.mem0, "mem0.json", [:]), (.mcpMemory, "mcp-memory.jsonl", [:]), (.openai, "openai.json", [:]),
    (.claudeCode, "claude-code.jsonl", [:]),
  ]

  @Test(arguments: samples)
  func `a sample gives the sessions, the order and the text that a person expects`(
    source: ImportSource, file: String, map: [String: String]
  ) throws {
    let folder = projectFolder.appending(path: "Tests/Imports")
    let bytes = try Data(contentsOf: folder.appending(path: file))
    let expected = try String(
      contentsOf: folder.appending(path: "\(source.rawValue).rows"), encoding: .utf8)
    func parsed(_ line: String) -> [String] {
      // The order of members is not what is compared.
      let parts = line.split(separator: " " as Character, maxSplits: 1).map(String.init)
      guard parts.count == 2, let json = try? JSON(parsing: parts[1]) else { return [line] }
      return [parts[0]] + Self.sorted(json)
    }
    #expect(
      rows(source, Array(bytes), map, name: file).map(parsed)
        == expected.split(whereSeparator: \.isNewline).map { parsed(String($0)) })
  }

  /// Every leaf as `path=value`, in order.
  private static func sorted(_ json: JSON, _ path: String = "") -> [String] {
    if let members = json.members {
      return members.flatMap { sorted($0.value, "\(path).\($0.key)") }.sorted()
    }
    return ["\(path)=\(String(decoding: json.bytes, as: UTF8.self))"]
  }

  @Test func `a file that is none of the program's is refused by the field that is missing`() {
    let other = "{\"hello\": 1}"
    let wanted: [ImportSource: String] = [
      .zendesk: "id", .intercom: "source", .chatwoot: "messages", .freshdesk: "description",
      .mem0: "memory", .mcpMemory: "name", .openai: "message_data", .claudeCode: "type",
    ]
    for (source, field) in wanted {
      let found = rows(source, other)
      #expect(found.count == 1 && found[0].hasPrefix("1 BAD \(field) is missing; "), "\(found)")
    }
    #expect(rows(.csv, "a,b\n1,2\n").count == 3)
    #expect(
      rows(.csv, "content,time\nx,2026-11-20\n")[0].hasPrefix(
        "1 BAD agent_id is no column: write --map"))
    #expect(
      rows(.csv, "a,b\n1,2\n", ["content": "Text"])[0]
        == "1 BAD content is to come from 'Text', which is no column: a, b")
    #expect(rows(.chat, "no chat at all")[0].hasPrefix("1 BAD time is missing"))
    #expect(rows(.chat, "[1/2/2026, 10:00] Ana: x")[0].hasPrefix("1 BAD time may be day/month"))
    for source in ImportSource.allCases { #expect(rows(source, "") == []) }
  }

  /// Broken pieces, and the line of each; a good one stands before and behind.
  static let broken: [(String, [UInt8])] = [
    ("lone surrogate", Array(#"{"memory":"\ud83d","created_at":1}"#.utf8)),
    ("NUL tail", Array(#"{"memory":"x","created_at":1}"#.utf8) + [0, 0, 0]),
    ("only NUL", [0, 0, 0, 0]),
    ("not UTF-8", Array(#"{"memory":"caf"#.utf8) + [0xE9] + Array(#"","created_at":1}"#.utf8)),
    ("cut short", Array(#"{"memory":"x","#.utf8)),
    ("no JSON", Array("memory: x".utf8)),
  ]

  @Test(arguments: broken)
  func `a broken line costs only itself`(name: String, line: [UInt8]) {
    let good = #"{"id":"%","memory":"good","created_at":1795165200}"#
    var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
    for piece in [
      Array(good.replacing("%", with: "1").utf8), [], line,
      Array(good.replacing("%", with: "2").utf8),
    ] {
      bytes += piece + [0x0A]
    }
    let found = rows(.mem0, bytes)
    #expect(found.count == 3)
    #expect(
      found[0].hasPrefix("1 {") && found[1].hasPrefix("3 BAD row ") && found[2].hasPrefix("4 {"),
      "\(found)")
  }

  @Test func `a broken element of an array costs only itself`() {
    let found = rows(
      .mem0,
      #"""
      {"next": null, "results": [
        {"id":"1","memory":"good","created_at":1},
        {"id":"2","memory":"\ud83d","created_at":1},
        {"id":"3","memory":"a ] } \" [ {","created_at":1}
      ]}
      """#)
    #expect(found.map { $0.prefix(5) } == ["2 {\"a", "3 BAD", "4 {\"a"])
  }

  @Test func `pages in lines, and the ticket beside its comments, are read`() {
    let page =
      #"{"tickets":[{"id":1,"description":"One","created_at":"2026-11-20T10:00:00Z","requester_id":7}],"users":[{"id":7,"name":"Ana"}]}"#
    let call =
      #"{"ticket":{"id":2,"requester_id":7},"comments":[{"id":5,"author_id":7,"body":"Two","created_at":"2026-11-20T10:00:00Z"}],"users":[{"id":7,"name":"Ana"}]}"#
    let found = rows(.zendesk, page + "\n" + call + "\n")
    #expect(found.count == 2)
    #expect(found[0].contains("Ana (customer): One") && found[1].contains("Ana (customer): Two"))
  }

  @Test func `a map gives a session's customer and the name of who records`() {
    let line =
      #"{"id":"1","memory":"x","created_at":1,"user_id":"ana","metadata":{"crm":{"no":4711}}}"#
    let found = rows(.mem0, line, ["customer_id": "metadata.crm.no", "agent_id": ":old-bot"])
    #expect(
      found[0].contains(#""customer_id":4711"#) && found[0].contains(#""agent_id":"old-bot""#))
  }

  @Test(arguments: [
    ("<p>Hi&nbsp;there,</p><p>second</p>", "Hi there,\n\nsecond"),
    ("a<br>b<br/>\n  c", "a\nb\nc"),
    (
      "1 < 2 &amp;&amp; 3 > 2 &lt;b&gt; &#233;&#x20AC; &unknown; &",
      "1 < 2 && 3 > 2 <b> é€ &unknown; &"
    ),
    ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
    ("<style>p{}</style><script>if (a<b) {}</script>text<!-- <p>no</p> -->!", "text!"),
    (
      "<a href='https://e.org/x?a=1&amp;b=2'>here</a> <a href=\"https://e.org\">https://e.org</a>",
      "here (https://e.org/x?a=1&b=2) https://e.org"
    ),
    ("<pre>a\n  b</pre>", "a\n  b"),
    (
      "<table><tr><td>Plan</td><td>Fibre</td></tr><tr><td>Price</td><td>39</td></tr></table>",
      "Plan Fibre\nPrice 39"
    ),
    ("<img alt=\"red LED\" src=x>", "[image: red LED]"),
    ("<p title=\"a > b\">text</p>", "text"),
    ("<div>new</div><blockquote>old<br>lines</blockquote>after", "new\n> old\n> lines\nafter"),
    ("unclosed <b", "unclosed <b"), ("", ""), ("<p></p>", ""),
  ])
  func `an HTML body is read as a person reads it`(html: String, text: String) {
    #expect(PlainText.of(html: html) == text)
  }

  @Test(arguments: [
    ("Thanks\n\nOn Fri, Ana wrote:\n> old\n>\n> more", "Thanks\n\n[quoted: 2 lines]"),
    ("Danke\nAm 20.11. schrieb\nAna Pérez <ana@example.com>:\n> alt", "Danke\n\n[quoted: 1 line]"),
    ("above\n> q\nbelow", "above\n[quoted: 1 line]\nbelow"),
    ("New\n\n-----Original Message-----\nFrom: x\nold", "New\n\n[quoted: 3 lines]"),
    ("> nothing but this", "> nothing but this"),
    ("a > b\nprice: 3", "a > b\nprice: 3"),
  ])
  func `what a reply repeats is folded`(text: String, folded: String) {
    #expect(
      QuotedReply.folded(text).replacing("\n\n", with: "\n") == folded.replacing("\n\n", with: "\n")
    )
  }
}
