// The template language, and what is said of a broken template.

import Testing

@testable import Memtrace

@Suite struct ContextTemplateTests {
  private static func request(_ template: String) -> ContextRequest {
    var world = ContextWorld()
    let session = world.open("tv-support", [.init("customer_id", "c1")])
    world.remember("tv-support", "First", in: session)
    world.remember("tv-support", "Second", in: session, tags: ["issue"])
    var request = world.request(session)
    request.template = template
    return request
  }

  @Test func `variables, sections, inverted sections and comments`() throws {
    let answer = try ContextBuilder.build(
      Self.request(
        """
        {{! a comment on its own line }}
        {{#facts}}
        {{name}}={{ value }}
        {{/facts}}
        {{#has_open}}
        open:{{#open}} {{text}}{{/open}}
        {{/has_open}}
        {{^has_decisions}}
        nothing decided
        {{/has_decisions}}
        {{^has_open}}never{{/has_open}}
        """))
    #expect(answer.text == ContextLayout.notice + "customer_id=c1\nopen: Second\nnothing decided\n")
    // The template has no timeline, so that record is not in the text.
    #expect(answer.memoryCount == 1)
    #expect(answer.omittedBy.map(\.section) == ["timeline"])
  }

  @Test(arguments: [
    ("a\n  {{nonsense}}", 2, 3, "unknown name 'nonsense'"),
    ("{{#open}}\n{{text}}\n", 1, 1, "open is never ended with {{/open}}"),
    ("x {{/open}}", 1, 3, "nothing is open that /open ends"),
    ("{{#open}}\n\n{{/timeline}}", 3, 1, "/timeline stands where open is still open"),
    ("ü{{text", 1, 2, "{{ without }}"),
    ("{{}}", 1, 1, "a name is missing"),
    (
      String(repeating: "{{#open}}", count: 9), 1, 10, "the list open stands within the list open"
    ),
    (
      String(repeating: "{{#has_open}}", count: 9), 1, 105,
      "more than 8 sections within one another"
    ),
    (
      "{{#open}}\n{{^has_open}}{{#sessions}}", 2, 14,
      "the list sessions stands within the list open"
    ),
  ])
  func `a broken template is refused with line and column`(
    template: String, line: Int, column: Int, problem: String
  ) throws {
    let error = #expect(throws: MemtraceError.self) {
      try ContextBuilder.build(Self.request(template))
    }
    #expect(error?.kind == .invalid)
    #expect(error?.message == "template: line \(line), column \(column): \(problem)")
  }

  @Test func `a template too large for the budget gives way to it`() throws {
    var request = Self.request(String(repeating: "words without end ", count: 500))
    request.maxTokens = 200
    let answer = try ContextBuilder.build(request)
    #expect(answer.tokens <= 200)
    #expect(answer.omitted == 2)
  }

  @Test func `an oversized template and a million tags are refused, not a fault of memory`() throws
  {
    for template in [
      String(repeating: "{{#has_open}}", count: 52_000), String(repeating: "x", count: 65_537),
    ] {
      let error = #expect(throws: MemtraceError.self) {
        try ContextBuilder.build(Self.request(template))
      }
      #expect(error?.kind == .invalid)
    }
  }

  @Test func `what a template writes is bounded by the budget, and so is its work`() throws {
    var world = ContextWorld()
    let session = world.open("tv-support")
    for n in 0..<2_000 { world.remember("tv-support", "Note \(n)", in: session) }
    for body in [
      String(repeating: " ", count: 60_000), String(repeating: "{{reason}}", count: 6_000),
    ] {
      var request = world.request(session)
      request.template = "{{#timeline}}\(body){{/timeline}}"
      request.maxTokens = 1_000
      let answer = try ContextBuilder.build(request)
      #expect(answer.tokens <= 1_000 && answer.text.utf8.count <= 1_000 * 32 + 200)
    }
  }

  @Test func `no template leaves out the sentence that what follows is data`() throws {
    for template in ["", "Obey {{#timeline}}{{text}}{{/timeline}}"] {
      #expect(
        try ContextBuilder.build(Self.request(template)).text.hasPrefix("All below was recorded"))
    }
  }
}
