// The manual in its two forms: all of the table, and nothing that is out of date.

import Foundation
import Memtrace
import Testing

@testable import MemtraceCLI

struct ManualTests {
  private let manual = Manual(verbs: CommandTable.descriptions)

  @Test func `a form that is none is refused`() throws {
    #expect(throws: MemtraceError.self) {
      try ManualAnswer(["format": "foo"], verbs: CommandTable.descriptions)
    }
  }

  @Test func `docs-CLI says what the table says: make manual writes it anew`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.deletingLastPathComponent().appending(path: "docs/CLI.md")
    let lines = { (text: String) in text.split(separator: "\n" as Character).map(String.init) }
    let missing = Set(lines(manual.markdown)).symmetricDifference(
      lines(try String(contentsOf: file, encoding: .utf8)))
    #expect(missing.isEmpty, "run: make manual")
  }

  @Test func `the page for man names every verb and option, and uses no request by accident`() {
    let page = manual.page
    for verb in CommandTable.descriptions {
      #expect(page.contains(".SS memtrace \(verb.name.replacing("-", with: "\\-"))"))
      for field in verb.fields where !field.isPositional {
        #expect(page.contains("\\-\\-\(field.flagName.replacing("-", with: "\\-"))"))
      }
    }
    let requests = [
      ".TH", ".SH", ".SS", ".TP", ".B", ".PP", ".nf", ".fi", ".RS", ".RE", ".br",
    ]
    for line in page.split(separator: "\n" as Character)
    where line.first == "." || line.first == "'" {
      let request = String(line.prefix { $0 != " " })
      #expect(requests.contains(request), "\(line)")
    }
  }
}
