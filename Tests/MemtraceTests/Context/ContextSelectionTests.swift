// What a small budget keeps of long texts: identifiers, amounts and dates with their labels.

import Testing

@testable import Memtrace

@Suite struct ContextSelectionTests {
  private static let reservation = """
    {"reservation_id": "KQ7ZP2", "user": {"first_name": "Ada", "last_name": "Lind"}, "cabin": "economy", \
    "flights": [{"number": "LX318", "date": "2026-12-01", "price": 120}], "notes": null, "seats": []}
    """

  @Test func `JSON is shown without quotes and blanks, and the same output once`() throws {
    var world = ContextWorld()
    let session = world.open("tools")
    let first = world.remember("tools", Self.reservation, in: session)
    let second = world.remember("tools", Self.reservation, in: session)
    world.remember("tools", "Result: [{\"a\": 1}, {\"a\": 2}]", in: session)
    let text = try ContextBuilder.build(world.request(session)).text
    #expect(
      text.contains(
        "“reservation_id:KQ7ZP2,user{first_name:Ada,last_name:Lind},cabin:economy,"
          + "flights[{number:LX318,date:2026-12-01,price:120}],notes:null,seats:[]” (\(second))"))
    #expect(text.contains("“the same as \(second)” (\(first))"))
    #expect(text.contains("“Result: [{a:1},{a:2}]”"))
  }

  @Test(arguments: [150, 200, 300]) func `a value keeps its label and survives a cut`(budget: Int)
    throws
  {
    var world = ContextWorld()
    let session = world.open("customer")
    world.remember("customer", "Hello! I hope that you are well today.", in: session)
    world.remember("tools", Self.reservation, in: session)
    world.remember(
      "customer",
      String(repeating: "It has been raining for days and nobody knows why. ", count: 40)
        + "My reservation is KQ7ZP2. " + String(repeating: "Well, so it goes. ", count: 40),
      in: session)
    var request = world.request(session)
    request.maxTokens = budget
    let answer = try ContextBuilder.build(request)
    #expect(
      answer.text.contains("My reservation is KQ7ZP2.")
        || answer.text.contains("reservation_id:KQ7ZP2"))
    #expect(answer.tokens <= budget && answer.tokens > budget * 3 / 4)
  }

  @Test(arguments: [1_000, 2_000])
  func `a long output of a tool at the end does not push out what people spoke of`(budget: Int)
    throws
  {
    var world = ContextWorld()
    let session = world.open("customer")
    world.remember("tools", Self.reservation, in: session)
    world.remember("customer", "I want to change the flight of reservation KQ7ZP2.", in: session)
    world.remember("agent", "Your gift_card_8887175 has 35 left. Shall I use it?", in: session)
    let flights = (0..<60).map { n in
      """
      {"flight_number": "HAT\(100 + n)", "origin": "ATL", "departure": "1\(n % 10):00:00", \
      "prices": {"economy": \(90 + 7 * n), "business": \(300 + 11 * n)}, "date": "2024-05-24"}
      """
    }
    world.remember("tools", "[" + flights.joined(separator: ", ") + "]", in: session)
    var request = world.request(session)
    request.maxTokens = budget
    let text = try ContextBuilder.build(request).text
    for value in ["KQ7ZP2", "gift_card_8887175", "HAT1", "LX318"] {
      #expect(text.contains(value), "\(value)")
    }
  }

  @Test(arguments: 1...12)
  func `a context of short records tells about as many identifiers as the bare end`(
    seed: Int
  ) throws {
    var random = ContextBudgetTests.Random(state: UInt64(seed))
    var world = ContextWorld()
    let session = world.open("customer")
    var whole = ""
    var codes: [String] = []
    for n in 0..<40 {
      let code = "\(["ORD", "INV", "TK"].randomElement(using: &random)!)-\(1_000 + 37 * n)"
      codes.append(code)
      let filler = [
        "The line is slow again.", "Thank you so much!", "Could you look at that, please?",
      ]
      .shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)).joined(separator: " ")
      let text =
        n % 3 == 2
        ? "{\"id\": \"\(code)\", \"status\": \"open\", \"items\": [1, 2]}"
        : "\(filler) It is about \(code)."
      whole += text + "\n"
      world.remember(n % 2 == 0 ? "customer" : "tools", text, in: session)
    }
    for budget in [300, 600, 1_200] {
      var request = world.request(session)
      request.maxTokens = budget
      let answer = try ContextBuilder.build(request)
      // As many of the last characters as have as many tokens.
      var end = Substring(whole)
      while Tokens.estimate(String(end)) > budget { end = end.dropFirst(20) }
      let told = codes.count { answer.text.contains($0) }
      // A line says when and by whom, which the bare end does not.
      #expect(6 * told >= 5 * codes.count { end.contains($0) }, "\(told) of \(budget)")
    }
  }
}
