// The page that describes the routes to people.

import Memtrace
import Testing

@testable import MemtraceHTTP

struct DocsPageTests {
  @Test func `every route and every field of the description is on the page, as text`() throws {
    let document = try JSON(
      parsing: OpenAPI.document(
        of: RouteTable.verbs.map(\.operation), [], version: "1 <b>", isOpen: false))
    let html = DocsPage.html(of: document)
    for path in try #require(document["paths"]?.members) {
      for method in path.value.members ?? [] {
        #expect(html.contains("<h2>\(method.key.uppercased()) \(path.key)</h2>"))
        for parameter in method.value["parameters"]?.array ?? [] {
          #expect(html.contains("<td>\(parameter["name"]?.string ?? "?")</td>"))
        }
      }
    }
    for field in ["content", "importance", "dedup_key", "max_tokens", "record_ids"] {
      #expect(html.contains("<td>\(field)</td>"))
    }
    #expect(html.contains("65536") && html.contains("1 &lt;b&gt;") && !html.contains("<script"))
  }

  @Test func `it is there without a key`() throws {
    let bridge = try LiveBridge(isOpen: false)
    let answer = try bridge.call("GET", "/docs")
    #expect(answer.status == 200)
    #expect(try bridge.call("POST", "/docs").status == 405)
  }
}
