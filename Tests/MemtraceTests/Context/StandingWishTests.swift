// What a customer asked to be always or never done stands in every context.

import Testing

@testable import Memtrace

@Suite struct StandingWishTests {
  private static func wishes(_ text: String) -> String {
    guard let start = text.firstRange(of: "## Standing wishes\n") else { return "" }
    let rest = text[start.upperBound...]
    return String(rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)])
  }

  private static func found(
    _ content: String, by agent: String = "customer", tags: [String] = []
  ) throws -> String {
    var world = ContextWorld()
    let session = world.open("tv-support")
    world.remember(agent, content, in: session, tags: tags)
    return wishes(try ContextBuilder.build(world.request(session)).text)
  }

  @Test(arguments: [
    "Never call before noon.", "From now on send me letters.", "I'd prefer e-mail.",
    "My router is broken. Please never call me at work!", "Please don’t call after six.",
    "Always include the invoice number when I ask about charges.",
    "Bitte rufen Sie nie vor 12 Uhr an.", "Ab sofort bitte nur per E-Mail.",
    "Ich bevorzuge E-Mail.",
    "Nunca me llamen antes de las doce.", "Prefiero el correo electrónico.",
    "A partir de ahora, por correo.",
    "Je préfère le courriel.", "N’appelez jamais avant midi.",
    "À partir de maintenant, par courriel.",
    "Prefiro e-mail.", "A partir de agora, só por e-mail.",
  ])
  func `a wish in the customer's own words`(content: String) throws {
    #expect(try !Self.found(content).isEmpty)
  }

  @Test func `a wish that an agent noted`() throws {
    let text = try Self.found(
      "Spoke for an hour. Customer prefers e-mail over phone.", by: "support-agent-7")
    #expect(text.contains("“Customer prefers e-mail over phone.”") && !text.contains("an hour"))
    #expect(try !Self.found("Customer: never call me at night", by: "bot").isEmpty)
  }

  @Test(arguments: [
    ("I have never seen this error before.", "customer", []),
    ("The line drops. It always happens at eight.", "customer", []),
    ("Always restart the router before you call.", "assistant", []),
    ("Response: Never share your PIN.", "internet-support", ["agent_response"]),
    (#"{"note":"never call me"}"#, "customer", []),
  ])
  func `what only sounds like one is none`(content: String, agent: String, tags: [String]) throws {
    #expect(try Self.found(content, by: agent, tags: tags).isEmpty)
  }

  @Test func `the newest of the same wish wins, and wishes outlive a small budget`() throws {
    var world = ContextWorld()
    let session = world.open("tv-support")
    world.remember("customer", "Never call before noon.", in: session)
    world.remember("customer", "Never call before noon on Sundays.", in: session)
    for n in 0..<200 { world.remember("customer", "Order X-\(n)00 has arrived", in: session) }
    var request = world.request(session)
    request.maxTokens = 250
    let text = Self.wishes(try ContextBuilder.build(request).text)
    #expect(text.contains("on Sundays") && text.ranges(of: "Never call").count == 1)
    request.format = .json
    request.maxTokens = 600
    let json = try JSON(parsing: Array(try ContextBuilder.build(request).text.utf8))
    #expect(json["standing_wishes"]?.array?.count == 1)
  }
}
