// Which decisions hand a customer over.

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
}
