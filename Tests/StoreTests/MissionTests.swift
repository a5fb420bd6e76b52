// The mission's customer support chapters, told through the command line.

import Testing

@testable import Memtrace

struct MissionTests {
  /// "Multi-Department Support" and "Department Handoff".
  @Test func `three departments share one customer's session, and the third sees why`() throws {
    let support = try TestWorld().clone()
    for (name, description) in [
      ("internet-support", "Handles internet connectivity and router issues"),
      ("tv-support", "Handles TV channels and set-top box issues"),
      ("billing-support", "Handles charges, credits, and billing disputes"),
    ] {
      try support.done("agent", "register", name, "--description", description)
    }

    // The customer contacts internet support.
    let session = try support.openSession(
      "internet-support", "customer_id=cust_12345", "account_number=A-789456", "channel=chat")
    let diagnosis = try support.done(
      "remember", "Customer reports slow internet speeds. Diagnosed: router needs firmware update.",
      "--agent", "internet-support", "--session", session, "--tag", "internet", "--tag", "router",
      "--tag", "firmware", "--importance", "0.8"
    ).line
    let instructions = try support.done(
      "decide", "Send router firmware update instructions", "--reasoning",
      "Router on old firmware version 2.1, update to 2.4 should resolve speed issues", "--agent",
      "internet-support", "--session", session
    ).line

    // Later the customer contacts TV support, who finds the session by the customer.
    let found = try support.json(
      "session", "search", "--where", "customer_id=cust_12345", "--status", "active")
    #expect(found["count"]?.integer == 1)
    #expect(found["sessions"]?.array?[0]["id"]?.string == session)
    let seenByTV = try support.done("context", session).out
    #expect(seenByTV.contains("router needs firmware update"))
    #expect(seenByTV.contains("Send router firmware update instructions"))
    #expect(seenByTV.contains("internet-support"))
    try support.done(
      "remember",
      "Customer mentions TV buffering. Likely related to internet issues from earlier today.",
      "--agent", "tv-support", "--session", session, "--tag", "tv", "--tag", "buffering", "--tag",
      "related_to_internet", "--importance", "0.7")

    // TV discovers a billing issue and hands over.
    let charge = try support.done(
      "remember", "Customer asking about HBO charge they don't recognize", "--agent", "tv-support",
      "--session", session, "--tag", "billing_issue", "--tag", "hbo", "--tag", "handoff_needed",
      "--importance", "0.9"
    ).line
    let transfer = try support.done(
      "decide", "Transfer to billing department", "--reasoning",
      "HBO charge inquiry requires billing agent expertise", "--agent", "tv-support", "--session",
      session
    ).line

    // Billing picks up with the full background.
    let seenByBilling = try support.done("context", session).out
    for part in [
      "internet-support", "tv-support", "cust_12345", "TV buffering", "HBO charge",
      "update to 2.4 should resolve speed issues",
      "HBO charge inquiry requires billing agent expertise",
      diagnosis, instructions, charge, transfer,
      "router needs firmware update.” [answered by decision \(instructions)]",
    ] {
      #expect(seenByBilling.contains(part), "\(part)")
    }
    try support.expectHealthy()
  }

  /// "Call Center with Multiple Agents".
  @Test func `whoever answers the phone knows the last call`() throws {
    let center = try TestWorld().clone("calls")
    for number in 0..<50 {
      try center.done(
        "agent", "register", "support-agent-\(number)", "--description",
        "General customer support agent")
    }
    #expect(try center.json("agent", "list")["count"]?.integer == 50)

    // The first call, taken by agent 7, resolved and closed.
    let first = try center.openSession("support-agent-7", "phone=+1234567890", "call_type=inbound")
    try center.remember("No dial tone since Monday", first, by: "support-agent-7")
    try center.done(
      "remember", "Call resolved: line card replaced", "--agent", "support-agent-7", "--session",
      first, "--tag", "resolution", "--tag", "call_complete", "--importance", "1.0")
    try center.done("session", "close", first, "--agent", "support-agent-7")
    try center.openOther(phone: "+1987654321", agent: "support-agent-8")

    // The customer calls again, and agent 31 has never heard of them.
    let found = try center.json(
      "session", "search", "--where", "phone=+1234567890", "--order", "desc", "--limit", "1")
    let previous = try #require(found["sessions"]?.array?.first)
    #expect(previous["id"]?.string == first)
    #expect(previous["status"]?.string == "closed")
    let history = try center.done("context", first, "--since", "30d").out
    #expect(history.contains("No dial tone since Monday"))
    #expect(history.contains("line card replaced"))

    let second = try center.openSession("support-agent-31", "phone=+1234567890")
    #expect(second > first)
    let again = try center.json("session", "search", "--where", "phone=+1234567890")
    #expect(again["count"]?.integer == 2)
    let stranger = try center.json("session", "search", "--where", "phone=+1000000000")
    #expect(stranger["sessions"] == .array([]))
    try center.expectHealthy()
  }

  @Test func `the best practices hold`() throws {
    let support = try TestWorld().clone()
    let session = try support.openSession(
      "a", "customer_id=cust_12345", "account_number=A-789456", "phone=+1234567890",
      "email=customer@example.com")

    // Session metadata identifies the customer, by any of its keys and by several at once.
    for condition in ["account_number=A-789456", "phone=+1234567890", "email=customer@example.com"]
    {
      let found = try support.json(
        "session", "search", "--where", condition, "--where", "customer_id=cust_12345")
      #expect(found["sessions"]?.array?.first?["id"]?.string == session)
    }

    // Tags by department and issue: a record has all that one asks for.
    try support.done(
      "remember", "Updated to 2.4, speed is back", "--agent", "internet", "--session", session,
      "--tag", "internet", "--tag", "router", "--tag", "firmware_update", "--tag", "resolved")
    let tagged = try support.json("recall", "--tag", "router", "--tag", "resolved")
    #expect(tagged["count"]?.integer == 1)
    #expect(try support.json("recall", "--tag", "router", "--tag", "open")["count"]?.integer == 0)

    // Preferences outside any session, sentiment within.
    try support.done(
      "remember", "Customer prefers email communication over phone", "--agent", "internet",
      "--tag", "preference", "--tag", "communication", "--importance", "0.9")
    try support.done(
      "remember", "Customer satisfied with resolution", "--agent", "billing", "--session", session,
      "--tag", "sentiment", "--tag", "positive", "--importance", "0.7")
    #expect(try support.json("recall", "--tag", "preference")["count"]?.integer == 1)

    // Cross-agent recall: all agents of the session, newest first.
    let recalled = try support.json("recall", "--session", session, "--since", "7d")
    #expect(
      recalled["memories"]?.array?.compactMap { $0["agent_id"]?.string } == ["billing", "internet"])
    try support.expectHealthy()
  }
}

extension Clone {
  fileprivate func openOther(phone: String, agent: String) throws {
    try remember("Asks for a new router", try openSession(agent, "phone=\(phone)"), by: agent)
  }
}
