// A context as JSON: kinds and times as everywhere, and a count for all that is missing.

import Testing

@testable import Memtrace

@Suite struct ContextJSONTests {
  private static func request(_ maxTokens: Int) -> ContextRequest {
    var world = ContextWorld()
    let others = (0..<10).map { _ in world.open("tv-support", [.init("customer_id", "c1")]) }
    let session = world.open(
      "tv-support",
      [
        .init("customer_id", "c1"), .init("vip", true), .init("chat", 77),
        .init("floor", .number("2.50")),
        .init("nested", ["b": 2, "t": "a\u{202E}b", "l": [1, "x"]]),
        .init("long", .string(String(repeating: "word ", count: 100))),
      ])
    for n in 0..<60 { world.remember("tv-support", "Note number \(n)", in: session) }
    world.remember("tv-support", "No signal", in: session, tags: ["issue"])
    var request = world.request(session)
    request.otherSessions = others.map { world.records($0).session }
    request.identityKeys = ["customer_id"]
    request.format = .json
    request.maxTokens = maxTokens
    return request
  }

  private static func json(_ maxTokens: Int) throws -> JSON {
    let answer = try ContextBuilder.build(request(maxTokens))
    #expect(answer.tokens <= maxTokens)
    return try JSON(parsing: Array(answer.text.utf8))
  }

  @Test func `values of metadata keep their kind`() throws {
    let metadata = try #require(try Self.json(4_000)["metadata"])
    #expect(metadata["vip"] == true && metadata["chat"] == 77)
    #expect(metadata["floor"] == .number("2.50"))
    #expect(metadata["nested"] == ["b": 2, "t": "ab", "l": [1, "x"]])
    #expect(metadata["long"]?.string?.hasSuffix(DataText.cut) == true)
  }

  @Test func `times of sessions are those of a session`() throws {
    let request = Self.request(4_000)
    let json = try Self.json(4_000)
    #expect(
      json["sessions"]?.array?.first?["created_at"]?.string
        == request.sessions[0].session.createdAt.description)
    let other = json["other_sessions"]?.array?.first?["created_at"]?.string
    #expect(other.flatMap { Timestamp(rfc3339: $0) } != nil)
  }

  @Test(arguments: [60, 80, 100, 150, 200, 300, 600, 1_000, 4_000])
  func `sessions and metadata that are not listed are counted`(maxTokens: Int) throws {
    let json = try Self.json(maxTokens)
    func sum(_ list: String, _ count: String) -> Int {
      let listed = json[list]?.array?.count ?? json[list]?.members?.count ?? 0
      return listed + (json[count]?.integer ?? 0)
    }
    #expect(sum("other_sessions", "other_sessions_omitted") == 10)
    #expect(sum("sessions", "sessions_omitted") == 1)
    #expect(sum("metadata", "metadata_omitted") == 6)
  }

  @Test func `the smallest budgets still say how much of what is missing`() throws {
    for maxTokens in 50...120 {
      let json = try Self.json(maxTokens)
      let by = json["omitted_by"]?.members ?? []
      #expect(by.reduce(0) { $0 + ($1.value.integer ?? 0) } == json["omitted"]?.integer)
    }
    let least = try Self.json(50)
    #expect(least["omitted_by"] == ["open": 1, "timeline": 60] && least["omitted"] == 61)
  }
}
