// What keeps an item open, and what closes it.

import Testing

@testable import Memtrace

@Suite struct OpenItemTests {
  private static func text(
    _ item: [String], _ closing: [String], closingText: String = "It is done",
    by closer: String = "billing-support", others: [[String]] = [], eventType: String = "general"
  ) throws -> String {
    var world = ContextWorld()
    let session = world.open("tv-support")
    world.remember("tv-support", "Customer asks about HBO", in: session, tags: item)
    for tags in others { world.remember("tv-support", "Another matter", in: session, tags: tags) }
    world.remember(closer, closingText, in: session, tags: closing, eventType: eventType)
    return try ContextBuilder.build(world.request(session)).text
  }

  @Test(arguments: [
    (["billing_issue", "hbo"], ["resolved", "hbo"]),
    (["issue", "hbo"], ["resolved", "hbo", "billing"]),
    (["issue", "router", "wifi"], ["fixed", "wifi", "router", "lamp"]),
    (["billing_issue"], ["call_complete", "resolved"]),
    (["störung", "router"], ["behoben", "router"]),
    (["incidencia", "router"], ["resuelto", "router"]), (["problème", "box"], ["résolu", "box"]),
    (["reclamação", "box"], ["resolvido", "box"]), (["issue"], ["resolved"]),
  ])
  func `a record whose topics cover all of an item's closes it`(
    item: [String], closing: [String]
  ) throws {
    let text = try Self.text(item, closing)
    #expect(text.contains("HBO” [resolved]") && !text.contains("## Open"))
  }

  @Test(arguments: [
    (["billing_issue"], ["resolved", "billing"]),
    (["billing_issue", "hbo"], ["resolved", "billing"]),
    (["issue", "hbo", "refund"], ["resolved", "hbo"]),
    (["issue", "billing"], ["resolved", "billing", "box"]),
  ])
  func `where only the department or some topics are the same it stays open and says so`(
    item: [String], closing: [String]
  ) throws {
    let text = try Self.text(item, closing)
    #expect(text.contains("## Open") && text.contains("HBO” [maybe resolved by mem_"))
  }

  @Test(arguments: [
    (["issue", "hbo"], ["resolved", "router"]), (["issue", "hbo"], ["hbo"]),
    (["billing_issue", "hbo"], ["resolved", "invoice"]),
  ])
  func `what is about something else leaves it open`(item: [String], closing: [String]) throws {
    let text = try Self.text(item, closing)
    #expect(
      text.contains("## Open") && !text.contains("resolved by") && !text.contains("[resolved]"))
  }

  @Test func `a closing without topics closes what is open alone, of several it may be any`() throws
  {
    let several = try Self.text(["issue", "hbo"], ["resolved"], others: [["issue", "router"]])
    #expect(several.ranges(of: "[maybe resolved by mem_").count == 2)
    let all = try Self.text(["issue", "hbo"], ["call_complete"], others: [["issue", "router"]])
    #expect(!all.contains("## Open"))
  }

  @Test func `a record that names an item closes that one alone`() throws {
    var world = ContextWorld()
    let session = world.open("tv-support")
    let first = world.remember("tv-support", "First", in: session, tags: ["issue", "hbo"])
    world.remember("tv-support", "Second", in: session, tags: ["issue", "hbo"])
    world.remember(
      "billing-support", "Refunded, see \(first)", in: session, tags: ["resolved"])
    let text = try ContextBuilder.build(world.request(session)).text
    #expect(text.contains("First” [resolved]"))
    #expect(!text.contains("Second” [resolved]") && text.contains("## Open"))
  }
}
