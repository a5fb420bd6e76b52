// Which decisions hand a customer over, and which decisions answer a problem.

import Testing

@testable import Memtrace

@Suite struct HandOffTests {
  private static func isOpen(_ decision: String) throws -> Bool {
    var world = ContextWorld()
    let session = world.open("tv-support")
    world.decide("tv-support", decision, "because", in: session)
    return try ContextBuilder.build(world.request(session)).text.contains("## Open")
  }

  @Test(arguments: [
    "Transfer to billing department", "Handed over to billing", "Assign to billing",
    "Refer the customer to billing", "Please transfer the customer to billing",
    "Please, transfer to billing", "We will transfer the HBO charge to billing",
    "Escalate", "Escalated to tier 2: no signal", "Reassign", "Transferring", "Handover to billing",
    "Hand-off to internet-support", "Hand the case over to billing",
    "Pass the question on to billing",
    "Forward to billing", "Route the call to retention", "Redirect customer to billing",
    "Customer was referred to billing", "Case to be transferred to billing",
    "Needs to be escalated to a supervisor", "Transfer HBO charge they don't recognize to billing",
    "Transfer to billing because the customer did not order HBO",
    "Transfer router issue to internet",
    "Handed over to billing by phone", "Transfer ticket 123 to billing",
    "Transfer to customer care",
    "Transfer to phone support", "I am transferring the call to billing", "HANDED OVER TO BILLING",
    "Transfer of the customer to billing", "Refer the HBO question to billing",
    "Pass it to billing",
    "Forward customer's complaint to billing", "Hand the HBO charge over to billing",
  ])
  func `a decision to hand over is open until it is taken up`(decision: String) throws {
    #expect(try Self.isOpen(decision))
  }

  @Test(arguments: [
    "Customer was referred by a friend", "Transfer of funds", "Transfer of funds to savings",
    "Transfer funds to the customer's card", "Transfer $50 to the account", "Do not transfer",
    "Transfer not needed", "Transfer to billing not possible", "Don't transfer to billing",
    "Refer to the manual", "Referred by a colleague to us",
    "Customer will transfer to another provider",
    "Customer is transferring to a competitor", "Hand over the router to the customer",
    "Assign a static address to the router", "Assign a technician",
    "Forward the invoice to the customer",
    "Forward port 80 to the server", "Route traffic to the backup line", "Pass", "Passed all tests",
    "Transfer phone number to the new SIM", "Refer to our refund policy",
    "Forward invoice to billing", "Send router firmware update instructions",
    "Offer a transfer to billing", "Credit 14.99 for HBO", "Transfer to us", "客户转到账单", "",
  ])
  func `what only sounds like it is a decision like others`(decision: String) throws {
    #expect(try !Self.isOpen(decision))
  }

  @Test func `a hand-off names its department wherever it stands`() throws {
    for decision in ["Handed over to billing", "Please refer the customer to billing"] {
      var world = ContextWorld()
      let session = world.open("tv-support")
      world.decide("tv-support", decision, "HBO", in: session)
      world.remember("internet-support", "Line is fine", in: session)
      #expect(try ContextBuilder.build(world.request(session)).text.contains("## Open"))
      world.remember("billing-support", "Looking at it", in: session)
      let text = try ContextBuilder.build(world.request(session)).text
      #expect(text.contains("[taken up by billing-support]") && !text.contains("## Open"))
    }
  }

  /// The context after a record and a decision.
  private static func text(
    _ content: String, tags: [String], by agent: String = "internet-support",
    decided: String = "Send router update", decider: String = "internet-support",
    elsewhere: Bool = false, isFirst: Bool = false, isNamed: Bool = false
  ) throws -> String {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let other = world.open("internet-support")
    if isFirst { world.decide(decider, decided, "why", in: session) }
    let record = world.remember(agent, content, in: session, tags: tags)
    if !isFirst {
      world.decide(
        decider, decided, "why", in: elsewhere ? other : session, parent: isNamed ? record : nil)
    }
    return try ContextBuilder.build(world.everything()).text
  }

  @Test func `a problem is answered by a later decision of the same agent about the same`() throws {
    let reports = "Customer reports slow internet"
    for text in [
      try Self.text(reports, tags: ["internet", "router"]),
      try Self.text("Any note", tags: ["router"], decider: "tv-support", isNamed: true),
      try Self.text(
        reports, tags: ["firmware-update"], decided: "Send the firmware and update it"),
    ] {
      #expect(text.contains(" [answered by decision dec_"))
    }
    // An issue stays open until somebody says that it is resolved.
    let issue = try Self.text("It blinks", tags: ["issue", "router"])
    #expect(issue.contains("## Open\n") && issue.contains("It blinks” [answered by decision dec_"))
  }

  @Test func `nothing is called answered that may not be`() throws {
    let reports = "Customer reports slow internet"
    for text in [
      try Self.text(reports, tags: ["router"], decider: "tv-support"),
      try Self.text(reports, tags: ["router"], elsewhere: true),
      try Self.text(reports, tags: ["router"], isFirst: true),
      try Self.text(reports, tags: ["router"], decided: "Transfer the router issue to billing"),
      try Self.text(reports, tags: ["router"], decided: "Credit 5.00"),
      // The department alone is no topic, nor is half of one.
      try Self.text(reports, tags: ["internet"], decided: "Offer faster internet"),
      try Self.text(reports, tags: ["router_lamp"]),
      try Self.text(reports, tags: []),
      try Self.text("Customer has had this router since May", tags: ["router"]),
      try Self.text("Customer reports joy", tags: ["router", "sentiment"]),
      try Self.text("Prefers slow mornings", tags: ["router", "preference"]),
    ] {
      #expect(!text.contains("answered by"))
    }
  }
}
