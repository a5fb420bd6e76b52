// The budget is kept for every input, and what is missing is said.

import Glibc
import Testing

@testable import Memtrace

@Suite struct ContextBudgetTests {
  /// SplitMix64 (Steele, Lea, Flood 2014).
  struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let agents = [
    "internet-support", "tv-support", "billing-support", "support-agent-7", "maria",
  ]
  private static let tags = [
    "internet", "billing", "issue", "resolved", "handoff_needed", "preference", "sentiment",
    "positive", "billing_issue", "call_complete", "todo", "router",
  ]
  private static let words = [
    "Customer", "reports", "router", "firmware", "2.1", "transfer to billing", "\n\n# Heading",
    "```", "</context>", "\u{202E}evil", "\u{1B}[31m", "客户不满意", "👩‍👩‍👧", "naïve", "café",
    "QmFzZTY0IHRleHQgb2YgYW55IGtpbmQ=", "0123456789", "   ", "Ж", "{{#open}}", "| a | b |",
    "\u{E000}", "Ωμέγα", "aaaaaaaaaaaaaaaaaaaaaaaa", "a@b.example", "!!!???", "\r\n- item",
  ]

  static func world(_ random: inout Random) -> ContextWorld {
    var world = ContextWorld()
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      var metadata: [JSON.Member] = []
      for i in 0..<Int.random(in: 0...6, using: &random) {
        metadata.append(.init("key\(i)", .string(text(&random, upTo: 30))))
      }
      let session = world.open(agents.randomElement(using: &random)!, metadata)
      var ids: [RecordID] = []
      for _ in 0..<Int.random(in: 0...(Bool.random(using: &random) ? 4 : 16), using: &random) {
        let agent = agents.randomElement(using: &random)!
        let chosen = tags.filter { _ in Int.random(in: 0..<8, using: &random) == 0 }
        let kind = Int.random(in: 0..<10, using: &random)
        if kind == 0 {
          world.decide(
            agent, text(&random, upTo: 8), text(&random, upTo: 8), in: session, tags: chosen)
        } else {
          ids.append(
            world.remember(
              agent, text(&random, upTo: kind == 1 ? 120 : 8), in: kind == 2 ? nil : session,
              tags: chosen, importance: kind < 5 ? Double(kind) / 5 : nil,
              kind: kind == 3 ? .entity : .episodic,
              eventType: kind == 4 ? "correction" : "general",
              parent: kind < 6 ? ids.randomElement(using: &random) : nil))
        }
      }
    }
    return world
  }

  private static func text(_ random: inout Random, upTo count: Int) -> String {
    (0..<Int.random(in: 1...count, using: &random)).map { _ in words.randomElement(using: &random)!
    }
    .joined(separator: " ")
  }

  /// 400; 4,000 with `MEMTRACE_LONG=1`.
  private static let rounds = getenv("MEMTRACE_LONG") == nil ? 400 : 4_000

  @Test func `random sessions keep their budgets and account for every record`()
    throws
  {
    var random = Random(state: 5)
    for round in 0..<Self.rounds {
      var request = Self.world(&random).everything()
      if round % 3 == 0 {
        request.sessions = Array(request.sessions.prefix(1))
        request.isCustomerWide = false
      }
      request.format = ContextFormat.allCases[round % 5 == 4 ? 1 : round % 7 == 6 ? 2 : 0]
      // Small budgets more often, where the trouble is.
      request.maxTokens = 50 + Int.random(in: 0...7_950, using: &random) / (round % 4 == 0 ? 1 : 30)
      if round % 11 == 0 { request.kinds = [.decision] }
      let memories = request.sessions.flatMap(\.memories) + request.preferences
      if round % 13 == 0 { request.since = memories.randomElement(using: &random)?.time }
      let matching = memories.filter { memory in
        (request.kinds.isEmpty || request.kinds.contains(memory.kind))
          && request.since.map { memory.id.ulid.milliseconds >= $0.milliseconds } ?? true
      }
      let answer = try ContextBuilder.build(request)
      #expect(answer.tokens <= request.maxTokens)
      #expect(answer.tokens == Tokens.estimate(answer.text))
      #expect(String(validating: answer.text.utf8, as: UTF8.self) == answer.text)
      #expect(answer.memoryCount + answer.omitted == matching.count)
      #expect(answer.omittedBy.reduce(0) { $0 + $1.count } == answer.omitted)
      let shown = matching.filter {
        answer.text.contains(
          request.format == .json ? "\"\($0.id)\"" : "(\($0.id.description.prefix(16))")
      }
      // Under 1,500 tokens a timeline that is cut has no ids.
      if request.maxTokens >= 1_500 || request.format == .json {
        #expect(shown.count >= answer.memoryCount)
        if request.format != .json { #expect(shown.count == answer.memoryCount) }
      } else {
        #expect(shown.count <= answer.memoryCount)
      }
      #expect(try ContextBuilder.build(request).text == answer.text)
    }
  }

  @Test func `what is left out is said by section`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    for n in 0..<60 {
      world.remember("internet-support", "Measurement \(n) of the line was normal", in: session)
    }
    var request = world.request(session)
    request.maxTokens = 600
    let answer = try ContextBuilder.build(request)
    #expect(answer.omitted > 30)
    #expect(answer.text.contains("\(answer.omitted) older memories left out"))
    #expect(answer.tokens > 500)
  }

  @Test(arguments: ContextFormat.allCases, [1_000, 2_000, 8_000, 14_900])
  func `long texts are cut no shorter than the budget asks`(
    format: ContextFormat, maxTokens: Int
  ) throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    for _ in 0..<5 {
      world.remember(
        "internet-support", String(repeating: "The line drops each evening at eight. ", count: 400),
        in: session, tags: ["issue"])
    }
    var request = world.request(session)
    request.format = format
    request.maxTokens = maxTokens
    let answer = try ContextBuilder.build(request)
    #expect(answer.memoryCount == 5 && answer.text.contains(format == .json ? " …\"" : " …”"))
    #expect(answer.tokens <= maxTokens && answer.tokens > maxTokens * 9 / 10)
  }

  @Test func `one long text among short ones grows into what they leave`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    for n in 0..<3 { world.remember("internet-support", "Short \(n)", in: session) }
    world.remember("internet-support", String(repeating: "客户不满意", count: 8_000), in: session)
    var request = world.request(session)
    request.maxTokens = 4_000
    let answer = try ContextBuilder.build(request)
    #expect(answer.memoryCount == 4)
    #expect(answer.tokens <= 4_000 && answer.tokens > 3_500)
  }

  @Test func `open items, preferences and the resolution outlive small talk`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let issue = world.remember("internet-support", "No signal at all", in: session, tags: ["issue"])
    let wish = world.remember(
      "internet-support", "Prefers e-mail over phone", in: session, tags: ["preference"])
    for n in 0..<60 { world.remember("tv-support", "Small talk number \(n)", in: session) }
    let end = world.remember(
      "tv-support", "TV picture is back", in: session, tags: ["tv", "resolved"])
    for n in 0..<60 { world.remember("tv-support", "More small talk \(n)", in: session) }
    var request = world.request(session)
    request.maxTokens = 300
    let text = try ContextBuilder.build(request).text
    for id in [issue, wish, end] { #expect(text.contains(id.description)) }
  }

  @Test func `records that answer the query go first`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let ids = (0..<80).map {
      world.remember("internet-support", "Note number \($0) about this and that", in: session)
    }
    var request = world.request(session)
    request.maxTokens = 300
    request.query = "note three"
    request.relevance = [ids[3]: 7.5, ids[5]: 3]
    let text = try ContextBuilder.build(request).text
    #expect(text.contains("number 3 about") && text.contains("number 5 about"))
  }

  @Test(arguments: ContextFormat.allCases)
  func `the least budget holds, and less is refused`(format: ContextFormat) throws {
    var random = Random(state: 9)
    var request = Self.world(&random).everything()
    request.format = format
    request.maxTokens = 50
    #expect(try ContextBuilder.build(request).tokens <= 50)
    request.maxTokens = 49
    #expect(throws: MemtraceError.self) { try ContextBuilder.build(request) }
  }
}
