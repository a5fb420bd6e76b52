// What a context says of sessions and metadata that it has no room for.

import Testing

@testable import Memtrace

@Suite struct OtherSessionsTests {
  private static func request(others count: Int, maxTokens: Int) -> ContextRequest {
    var world = ContextWorld()
    let others = (0..<count).map { _ in world.open("tv-support", [.init("customer_id", "c1")]) }
    let session = world.open(
      "tv-support",
      [.init("customer_id", "c1")]
        + (0..<9).map { .init("key\($0)", .string("some value \($0)")) })
    for n in 0..<20 { world.remember("tv-support", "Note number \(n)", in: session) }
    var request = world.request(session)
    request.otherSessions = others.map { world.records($0).session }
    request.maxTokens = maxTokens
    return request
  }

  private static func lines(others: Int, maxTokens: Int) throws -> [Substring] {
    try ContextBuilder.build(request(others: others, maxTokens: maxTokens)).text
      .split(separator: "\n")
  }

  @Test func `the last line lists them, and counts those that it does not list`() throws {
    let all = try #require(try Self.lines(others: 2, maxTokens: 4_000).last)
    #expect(all.hasPrefix("Other sessions of this customer: sess_"))
    #expect(all.split(separator: ";").count == 2 && all.hasSuffix(")"))
    let some = try #require(try Self.lines(others: 10, maxTokens: 4_000).last)
    #expect(some.split(separator: ";").count == 6 && some.hasSuffix("); 5 not listed"))
  }

  @Test(arguments: [60, 70, 80, 100, 150, 200, 300, 500], ContextFormat.allCases)
  func `at no budget it goes without a word`(maxTokens: Int, format: ContextFormat) throws {
    var request = Self.request(others: 10, maxTokens: maxTokens)
    request.format = format
    let text = try ContextBuilder.build(request).text
    let last = text.split(separator: "\n").last ?? ""
    if format == .json {
      #expect(text.contains("other_sessions_omitted\":"))
    } else {
      #expect(last.hasPrefix("Other sessions of this customer: "))
      #expect(last.hasSuffix("10 not listed") || last.contains("sess_"))
    }
  }

  @Test func `metadata that is left out is counted with the rest`() throws {
    let text = try Self.lines(others: 0, maxTokens: 150).joined(separator: "\n")
    #expect(text.contains(" metadata fields left out."))
    var request = Self.request(others: 0, maxTokens: 100)
    let session = request.sessions[0]
    request.sessions = [
      SessionRecords(
        session: Session(
          id: session.session.id, agent: "a", status: .active,
          metadata: [.init("note", .string(String(repeating: "long ", count: 40)))],
          createdAt: request.now, updatedAt: request.now, closedAt: nil, source: nil),
        memories: session.memories, events: [], newest: session.newest)
    ]
    #expect(try ContextBuilder.build(request).text.contains(", 1 metadata field left out."))
  }

  @Test func `a customer's sessions that are not listed are counted`() throws {
    var world = ContextWorld()
    for _ in 0..<8 { _ = world.open("tv-support", [.init("customer_id", "c1")]) }
    var request = world.everything()
    #expect(try ContextBuilder.build(request).text.contains("\n- sessions not listed: 3\n"))
    request.maxTokens = 100
    #expect(try ContextBuilder.build(request).text.contains("\n- sessions not listed: 8\n"))
  }
}
