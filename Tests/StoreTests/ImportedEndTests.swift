// Tickets that were closed where they come from are closed here, and those that were opened again there are open again.

import Testing

@testable import Memtrace

@Suite struct ImportedEndTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  /// One case about a refund, of the status given, last changed at a day of 2023.
  private static func file(_ source: String, _ status: String, day: Int, more: Bool = false)
    -> String
  {
    let changed = "2023-03-0\(day)T12:00:00Z"
    return switch source {
    case "zendesk":
      #"""
      {"tickets":[{"id":1,"subject":"Refund","status":"\#(status)","created_at":"2023-03-01T10:00:00Z","updated_at":"\#(changed)","requester_id":7,"tags":["refund_issue"],"comments":[{"id":1,"author_id":7,"created_at":"2023-03-01T10:00:00Z","body":"Refund please"},{"id":2,"author_id":9,"created_at":"2023-03-01T11:00:00Z","body":"On its way"}\#(more ? #",{"id":3,"author_id":7,"created_at":"2023-03-04T11:00:00Z","body":"It never came"}"# : "")]}],"users":[{"id":7,"name":"Ana","role":"end-user","external_id":"cust_1"},{"id":9,"name":"Maria","role":"agent"}]}
      """#
    case "freshdesk":
      #"""
      [{"id":1,"subject":"Refund","description":"Refund please","status":\#(status),"created_at":"2023-03-01T10:00:00Z","updated_at":"\#(changed)","requester":{"id":7,"name":"Ana","unique_external_id":"cust_1"},"tags":["refund_issue"],"conversations":[]}]
      """#
    case "intercom":
      #"""
      {"id":"1","state":"\#(status)","created_at":1677664800,"updated_at":\#(1_677_585_600 + day * 86_400),"source":{"id":"2","body":"Refund please","author":{"type":"user","id":"7","name":"Ana"}},"contacts":{"contacts":[{"external_id":"cust_1"}]},"tags":{"tags":[{"name":"refund_issue"}]},"conversation_parts":{"conversation_parts":[]}}
      """#
    default:
      #"""
      {"id":1,"status":"\#(status)","labels":["refund_issue"],"last_activity_at":\#(1_677_585_600 + day * 86_400),"meta":{"sender":{"id":7,"name":"Ana","identifier":"cust_1"}},"messages":[{"id":1,"content":"Refund please","message_type":0,"created_at":1677664800,"sender":{"id":7,"name":"Ana"}}]}
      """#
    }
  }

  @discardableResult
  private func take(_ source: String, _ text: String, in clone: Clone? = nil) throws -> JSON {
    let path = world.folder + "/tickets.json"
    try write(text, to: path)
    return try (clone ?? self.clone).json("import", "--from", source, path)
  }

  private func sessions(_ status: String) throws -> [JSON] {
    try clone.json("session", "search", "--where", "customer_id=cust_1", "--status", status)[
      "sessions"]?.array ?? []
  }

  @Test(arguments: [
    ("zendesk", "solved"), ("zendesk", "closed"), ("intercom", "closed"), ("freshdesk", "4"),
    ("freshdesk", "5"), ("chatwoot", "resolved"),
  ])
  func `a ticket that was closed there waits for nobody here`(source: String, status: String) throws
  {
    try take(source, Self.file(source, status, day: 2))
    #expect(try sessions("active").isEmpty)
    let closed = try sessions("closed")
    #expect(closed.count == 1)
    #expect(closed.first?["closed_at"]?.string == "2023-03-02T12:00:00.000Z")
    #expect(closed.first?["updated_at"]?.string == "2023-03-02T12:00:00.000Z")
    #expect(try clone.json("open")["count"]?.integer == 0)
    let context = try clone.done("context", "--where", "customer_id=cust_1").out
    #expect(context.contains("Refund please") && !context.contains("## Open"), "\(context)")
    let old = try clone.done("erase", "--older-than", "20d", "--dry-run").out
    #expect(!old.contains("nothing matches"), "\(old)")
    let tip = try clone.git("rev-parse", "HEAD")
    try take(source, Self.file(source, status, day: 2))
    #expect(try clone.git("rev-parse", "HEAD") == tip)
    // Another clone makes the same files of it.
    let other = try world.clone("other")
    try take(source, Self.file(source, status, day: 2), in: other)
    #expect(
      try other.git("rev-parse", "HEAD:sessions") == clone.git("rev-parse", "HEAD:sessions"))
    try clone.expectHealthy()
  }

  @Test(arguments: [
    ("zendesk", "new"), ("zendesk", "open"), ("zendesk", "pending"), ("zendesk", "hold"),
    ("intercom", "open"), ("intercom", "snoozed"), ("freshdesk", "2"), ("freshdesk", "3"),
    ("freshdesk", "6"), ("chatwoot", "open"), ("chatwoot", "pending"), ("chatwoot", "snoozed"),
  ])
  func `a ticket that waits there waits here`(source: String, status: String) throws {
    try take(source, Self.file(source, status, day: 2))
    #expect(try sessions("active").count == 1 && sessions("closed").isEmpty)
    #expect(try clone.json("open")["count"]?.integer == 1)
  }

  @Test func `a ticket opened again is open here, with what it says now, and closed once`() throws {
    let solved = Self.file("zendesk", "solved", day: 2)
    try take("zendesk", solved)
    let tagged = Self.file("zendesk", "closed", day: 3)
    try take("zendesk", tagged)
    #expect(try events("closed") == 1)
    #expect(try sessions("closed").first?["metadata"]?["ticket_status"] == "closed")
    let reopened = Self.file("zendesk", "open", day: 4, more: true)
    #expect(try take("zendesk", reopened)["records"]?.integer == 1)
    let active = try #require(try sessions("active").first)
    #expect(active["metadata"]?["ticket_status"] == "open")
    #expect(try clone.json("open")["count"]?.integer == 1)
    // What is older says nothing new, whichever comes last.
    let tip = try clone.git("rev-parse", "HEAD")
    for file in [solved, tagged, reopened, solved] { try take("zendesk", file) }
    #expect(try clone.git("rev-parse", "HEAD") == tip)
    #expect(try sessions("active").count == 1)
    try take("zendesk", Self.file("zendesk", "solved", day: 5, more: true))
    let closed = try #require(try sessions("closed").first)
    #expect(closed["closed_at"]?.string == "2023-03-05T12:00:00.000Z")
    #expect(closed["metadata"]?["ticket_status"] == "solved")
    #expect(try events("closed") == 2 && events("reopened") == 1)
    try clone.expectHealthy()
  }

  @Test func `what somebody closed here is not opened by a ticket that is open there`() throws {
    try take("zendesk", Self.file("zendesk", "open", day: 2))
    let id = try #require(try sessions("active").first?["id"]?.string)
    try clone.done("session", "close", id)
    try take("zendesk", Self.file("zendesk", "pending", day: 3))
    #expect(try sessions("closed").count == 1)
  }

  @Test func `a row of one's own says when its session was closed`() throws {
    let path = world.folder + "/rows.jsonl"
    let row =
      #"{"agent_id":"a","content":"x","time":"2023-03-01T10:00:00Z","session":"s","session_metadata":{"customer_id":"cust_1"},"session_closed":"#
    try write(row + "\"never\"}\n", to: path)
    let refused = try clone.memtrace("import", path)
    #expect(refused.status == 2 && refused.err.contains("session_closed: 'never' must be RFC 3339"))
    try write(row + "1677758400}\n", to: path)
    try clone.done("import", path)
    #expect(try sessions("closed").first?["closed_at"]?.string == "2023-03-02T12:00:00.000Z")
  }

  private func events(_ event: String) throws -> Int {
    try clone.done("export").out.split(separator: "\n").count {
      $0.contains("\"event\":\"\(event)\"")
    }
  }
}
