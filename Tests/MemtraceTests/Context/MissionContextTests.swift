// What each agent of the customer-support examples must see.

import Testing

@testable import Memtrace

@Suite struct MissionContextTests {
  /// Internet, then TV, in one session.
  private static func transferred() -> (
    world: ContextWorld, session: SessionID, ids: [String: RecordID]
  ) {
    var world = ContextWorld()
    var ids: [String: RecordID] = [:]
    let session = world.open(
      "internet-support",
      [
        .init("customer_id", "cust_12345"), .init("account_number", "A-789456"),
        .init("channel", "chat"),
      ])
    ids["diagnosis"] = world.remember(
      "internet-support",
      "Customer reports slow internet speeds. Diagnosed: router needs firmware update.",
      in: session, tags: ["internet", "router", "firmware"], importance: 0.8)
    ids["instructions"] = world.decide(
      "internet-support", "Send router firmware update instructions",
      "Router on old firmware version 2.1, update to 2.4 should resolve speed issues", in: session)
    return (world, session, ids)
  }

  /// - Parameter isResolved: with a record that says so, which the published calls do not make.
  private static func handedOff(isResolved: Bool = true) -> (
    world: ContextWorld, session: SessionID, ids: [String: RecordID]
  ) {
    var (world, session, ids) = transferred()
    if isResolved {
      ids["resolved"] = world.remember(
        "internet-support", "Router updated to 2.4, speed is back to normal", in: session,
        tags: ["internet", "router", "firmware_update", "resolved"])
    }
    ids["buffering"] = world.remember(
      "tv-support",
      "Customer mentions TV buffering. Likely related to internet issues from earlier today.",
      in: session, tags: ["tv", "buffering", "related_to_internet"], importance: 0.7)
    ids["hbo"] = world.remember(
      "tv-support", "Customer asking about HBO charge they don't recognize", in: session,
      tags: ["billing_issue", "hbo", "handoff_needed"], importance: 0.9)
    ids["transfer"] = world.decide(
      "tv-support", "Transfer to billing department",
      "HBO charge inquiry requires billing agent expertise", in: session)
    return (world, session, ids)
  }

  /// The lines under a heading.
  private static func part(_ heading: String, _ text: String) -> String {
    guard let start = text.firstRange(of: "## \(heading)\n") else { return "" }
    let rest = text[start.upperBound...]
    return String(rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)])
  }

  @Test func `the TV agent sees the diagnosis, that the instructions were sent, and why`() throws {
    let (world, session, ids) = Self.transferred()
    let text = try ContextBuilder.build(world.request(session)).text
    #expect(text.contains("customer_id: cust_12345"))
    #expect(
      text.contains(
        "router needs firmware update.” [answered by decision \(ids["instructions"]!)] (\(ids["diagnosis"]!))"
      ))
    #expect(
      text.contains("internet-support: “Send router firmware update instructions”; reason: “"))
    #expect(text.contains("update to 2.4 should resolve speed issues"))
    #expect(text.contains(ids["instructions"]!.description))
  }

  @Test func `billing sees the router resolved, the buffering, and the HBO charge handed over`()
    throws
  {
    let (world, session, ids) = Self.handedOff()
    let text = try ContextBuilder.build(world.request(session)).text
    let open = Self.part("Open", text)
    #expect(open.contains("HBO charge they don't recognize” (\(ids["hbo"]!))"))
    #expect(open.contains("Transfer to billing department”; reason: “HBO charge inquiry"))
    #expect(Self.part("Resolved", text).contains("speed is back to normal"))
    #expect(Self.part("Timeline", text).contains("TV buffering"))
    #expect(!open.contains("TV buffering"))
  }

  @Test
  func `billing sees of the published calls that the router issue is answered, the charge not`()
    throws
  {
    let (world, session, ids) = Self.handedOff(isResolved: false)
    let text = try ContextBuilder.build(world.request(session)).text
    let open = Self.part("Open", text)
    #expect(open.contains("recognize” (\(ids["hbo"]!))") && !open.contains("router"))
    let timeline = Self.part("Timeline", text)
    #expect(
      timeline.contains(
        "firmware update.” [answered by decision \(ids["instructions"]!)] (\(ids["diagnosis"]!))"))
    // A hand-over answers nothing, and nothing was decided about the buffering.
    #expect(timeline.contains("earlier today.” (\(ids["buffering"]!))"))
    #expect(text.ranges(of: "answered by").count == 1)
  }

  @Test func `a hand-off is open until the department it names writes`() throws {
    var (world, session, _) = Self.handedOff()
    world.remember("internet-support", "Checked the line again", in: session)
    #expect(
      Self.part("Open", try ContextBuilder.build(world.request(session)).text)
        .contains("Transfer to billing"))
    world.remember("billing-support", "Looking at the HBO charge", in: session)
    let text = try ContextBuilder.build(world.request(session)).text
    #expect(
      Self.part("Decisions", text).contains("[taken up by billing-support]"))
    // The charge itself is an issue, and stays one until it is resolved.
    #expect(Self.part("Open", text).contains("HBO charge"))
    world.remember(
      "billing-support", "HBO charge refunded", in: session, tags: ["resolution", "billing", "hbo"])
    let closed = try ContextBuilder.build(world.request(session)).text
    #expect(!closed.contains("## Open"))
    #expect(Self.part("Timeline", closed).contains("recognize” [resolved]"))
  }

  @Test func `the call centre sees issues, attempts, preferences and sentiment of thirty days`()
    throws
  {
    var world = ContextWorld()
    let old = world.open("support-agent-1", [.init("phone", "+1234567890")])
    let ancient = world.remember(
      "support-agent-1", "Invoice question", in: old, tags: ["billing", "issue"])
    world.wait(days: 60)
    let call = world.open(
      "support-agent-7", [.init("phone", "+1234567890"), .init("call_type", "inbound")])
    let issue = world.remember(
      "support-agent-7", "Phone line crackles", in: call, tags: ["phone", "issue"])
    let attempt = world.remember(
      "support-agent-7", "Call resolved: replaced the filter", in: call,
      tags: ["resolution", "call_complete"], importance: 1)
    let wish = world.remember(
      "support-agent-7", "Customer prefers email communication over phone", in: nil,
      tags: ["preference", "communication"], importance: 0.9)
    let mood = world.remember(
      "support-agent-7", "Customer satisfied with resolution", in: call,
      tags: ["sentiment", "positive"], importance: 0.7)
    world.wait(days: 10)
    var request = world.everything()
    request.since = Timestamp(milliseconds: world.clock - 30 * 86_400_000)
    request.identityKeys = ["phone"]
    let text = try ContextBuilder.build(request).text
    #expect(text.contains("phone: +1234567890"))
    #expect(text.contains("crackles” [resolved] (\(issue))"))
    #expect(Self.part("Resolved", text).contains("replaced the filter” (\(attempt))"))
    #expect(Self.part("Customer", text).contains("over phone” (\(wish))"))
    #expect(Self.part("Sentiment", text).contains("positive] (\(mood))"))
    #expect(!text.contains(ancient.description))
  }

  @Test func `a session's context ends with the customer's other sessions`() throws {
    var world = ContextWorld()
    let first = world.open("tv-support", [.init("customer_id", "c1")])
    let second = world.open("tv-support", [.init("customer_id", "c1")])
    world.remember("tv-support", "Hello", in: second)
    var request = world.request(second)
    request.otherSessions = [world.records(first).session]
    let last = try ContextBuilder.build(request).text.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix("Other sessions of this customer: \(first) (active, "))
  }
}
