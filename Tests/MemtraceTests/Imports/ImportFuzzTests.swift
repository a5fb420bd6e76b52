// Broken files of every kind: a reader says what is wrong, and never ends the program.

import Foundation
import Testing

@testable import Memtrace

struct ImportFuzzTests {
  /// 300 for each source; 5,000 with `MEMTRACE_LONG=1`.
  private static let rounds = getenv("MEMTRACE_LONG") == nil ? 300 : 5_000
  private static let pieces: [[UInt8]] = [
    Array("{".utf8), Array("}".utf8), Array("[".utf8), Array("]".utf8), Array("\"".utf8),
    Array("\\".utf8), Array(",".utf8),
    Array(":".utf8), Array("\n".utf8), Array("<".utf8), Array("</".utf8), Array(">".utf8),
    Array("&#x110000;".utf8), Array("&".utf8),
    Array("<blockquote>".utf8), Array("</blockquote>".utf8), Array("<!--".utf8), Array("null".utf8),
    Array("-1e999".utf8),
    [0], [0xFF], [0xEF, 0xBB, 0xBF], Array("\\ud800".utf8), Array("[]".utf8), Array("{}".utf8),
    Array("é".utf8), Array(" PM".utf8),
    Array("99/99/9999".utf8), [],
  ]

  @Test(arguments: ImportSourceTests.samples)
  func `whatever is changed in a file, its reader ends with rows`(
    source: ImportSource, file: String, map: [String: String]
  ) throws {
    let sample = Array(
      try Data(contentsOf: projectFolder.appending(path: "Tests/Imports").appending(path: file)))
    let members = map.map { JSON.Member($0.key, .string($0.value)) }
    let options = ImportOptions(map: members, name: file)
    var dice = Seeded(UInt64(file.utf8.count) + 15)
    for _ in 0..<Self.rounds {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...6, using: &dice) {
        let start = Int.random(in: 0...bytes.count, using: &dice)
        let end = min(bytes.count, start + [0, 0, 1, 7, 200].randomElement(using: &dice)!)
        bytes.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &dice)!)
      }
      for row in source.rows(of: bytes, options) {
        #expect(row.line >= 1)
        if case .row(let json, _) = row.outcome {
          #expect(json["agent_id"] != nil || source == .csv)
        }
      }
    }
  }

  @Test(arguments: ["<", "<div>", "<blockquote>", "&", "> ", "<a href=", "[", "{\"a\":"])
  func `a body of nothing but openings is read too`(opening: String) {
    let text = String(repeating: opening, count: 5_000)
    _ = QuotedReply.folded(PlainText.of(html: text))
    for source in ImportSource.allCases { _ = source.rows(of: Array(text.utf8), ImportOptions()) }
  }

  @Test func `thousands of brackets within each other are one broken piece`() {
    let text = String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)
    #expect(ImportSource.mem0.rows(of: Array(text.utf8), ImportOptions()).count == 1)
  }
}
