// The gate at every way in: what is masked is nowhere on the disk, what is refused is nowhere at all.

import Testing

@testable import Memtrace

struct GateStoreTests {
  private let world: TestWorld
  private let clone: Clone

  private static let card = "4111 1111 1111 1111"
  private static let token = "ghp_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3gH5"

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  /// Whether a text occurs in any file or object of the repository.
  private func isAnywhere(_ text: String) throws -> Bool {
    if try world.run(["grep", "-r", "-q", "-a", "-F", text, clone.path], in: "/").status == 0 {
      return true
    }
    let objects = try world.run(
      ["sh", "-c", "git cat-file --batch-all-objects --batch | grep -a -q -F \"$0\"", text],
      in: clone.path)
    return objects.status == 0
  }

  private func policy(_ gate: String) throws {
    try write(
      "{\"format\":1,\"org\":\"teleco\",\"gate\":\(gate)}\n",
      to: clone.path + "/.memtrace/config.json")
  }

  @Test func `each verb that stores text masks it, and says so`() throws {
    let opened = try clone.json(
      "session", "create", "--agent", "ana", "--meta", "customer_id=c1", "--meta",
      "card=\(Self.card)")
    #expect(opened["masked"] == ["card"])
    #expect(opened["metadata"]?["card"] == "[card ending 1111]")
    let session = try #require(opened["id"]?.string)
    let remembered = try clone.json(
      "remember", "Pays with \(Self.card)", "--agent", "ana", "--session", session, "--meta",
      "api_token=\(Self.token)",
      "--meta", "number=4111111111111111")
    #expect(remembered["masked"] == ["secret", "card"])
    #expect(remembered["content"] == "Pays with [card ending 1111]")
    #expect(remembered["metadata"]?["api_token"] == "[github token]")
    #expect(remembered["metadata"]?["number"] == "[card ending 1111]")
    let decided = try clone.json(
      "decide", "Reset it", "--reasoning", "The password is Hunter2!x", "--agent", "ana",
      "--session", session)
    #expect(decided["masked"] == ["password"])
    #expect(decided["metadata"]?["reasoning"] == "The password is [password]")
    #expect(
      try clone.json("session", "update", session, "--meta", "note=cvv 737")["masked"] == ["card"])
    #expect(
      try clone.json("agent", "register", "billing", "--description", "uses \(Self.token)")[
        "masked"] == ["secret"])
    let id = try #require(remembered["id"]?.string)
    #expect(
      try clone.json("retract", id, "--reason", "has \(Self.token) in it")["masked"] == ["secret"])
    let plain = try clone.memtrace("remember", "IBAN DE89 3704 0044 0532 0130 00", "--agent", "ana")
    #expect(
      plain.out.hasPrefix("mem_")
        && plain.err.contains("masked before it was stored: a bank account's number"))
    #expect(try clone.json("remember", "Nothing of it here", "--agent", "ana")["masked"] == nil)
    for text in [Self.card, "4111111111111111", Self.token, "Hunter2!x", "DE89 3704"] {
      #expect(try !isAnywhere(text), "\(text)")
    }
    try clone.expectHealthy()
  }

  @Test func `what is refused names its field and leaves nothing`() throws {
    try policy("{\"card\":\"refuse\",\"email\":\"mask\"}")
    let refused = try clone.memtrace(
      "--json", "remember", "Pays with \(Self.card)", "--agent", "ana", "--meta", "b=\(Self.card)")
    #expect(refused.status == 2)
    #expect(refused.err.contains("content: holds a card's number [card ending 1111]"))
    #expect(refused.err.contains("metadata.b: holds"))
    #expect(try clone.recalled() == [])
    #expect(
      try clone.json("remember", "Write to ana@example.com", "--agent", "ana")["content"]
        == "Write to [e-mail]")
    #expect(try !isAnywhere(Self.card))
  }

  @Test func `values that name somebody are never masked, and keys in them are refused`() throws {
    let session = try clone.json(
      "session", "create", "--agent", "ana", "--meta", "customer_id=4111111111111111", "--meta",
      "order_id=5555555555554444")
    #expect(session["masked"] == nil)
    #expect(session["metadata"]?["customer_id"] == "4111111111111111")
    let refused = try clone.memtrace(
      "session", "create", "--agent", "ana", "--meta", "order_id=\(Self.token)")
    #expect(refused.status == 2 && refused.err.contains("metadata.order_id"))
    let other = try clone.json(
      "remember", "x", "--agent", "ana", "--dedup-key", "4111111111111111", "--tag",
      "4111111111111111")
    #expect(other["dedup_key"] == "4111111111111111" && other["tags"] == ["4111111111111111"])
  }

  @Test func `a rule that this version does not know stops writing, not reading`() throws {
    for gate in ["{\"card\":\"shred\"}", "{\"retina\":\"mask\"}", "[]"] {
      try policy(gate)
      #expect(try clone.memtrace("remember", "x", "--agent", "ana").status == 2)
      #expect(try clone.memtrace("recall").status == 0)
    }
  }

  @Test
  func
    `rows of an import are masked before their ids are drawn, and rows of an export keep their bytes`()
    throws
  {
    let rows = world.folder + "/rows.jsonl"
    func row(_ text: String) -> String {
      "{\"agent_id\":\"ana\",\"content\":\"\(text)\",\"session\":\"call 1\",\"session_metadata\":{\"iban\":\"DE89370400440532013000\"},\"time\":\"2026-11-20T10:00:00Z\"}\n"
    }
    try write(row("Card \(Self.card)"), to: rows)
    let first = try clone.json("import", rows)
    #expect(first["masked"] == ["card", "iban"] && first["records"] == 1)
    // The id tells nothing of what was masked: the masked text has the same one.
    try write(
      row("Card [card ending 1111]").replacing(
        "DE89370400440532013000", with: "[IBAN ending 3000]"), to: rows)
    let second = try clone.json("import", rows)
    #expect(second["records"] == 0 && second["known"] == 1)
    #expect(try !isAnywhere(Self.card) && !isAnywhere("DE8937"))
    try policy("{\"card\":\"refuse\"}")
    try write(row("Card \(Self.card)"), to: rows)
    #expect(try clone.memtrace("import", rows).status == 2)
    #expect(try clone.json("import", rows, "--skip-bad", world.folder + "/bad.jsonl")["bad"] == 1)

    // A repository that was written before there was a gate.
    try policy("{\"card\":\"allow\"}")
    let id = try clone.remember("Card \(Self.card)")
    let export = try clone.done("export").out
    try write(export, to: rows)
    let other = try world.clone("other")
    let taken = try other.json("import", rows)
    #expect(taken["unmasked"] == 1 && taken["masked"] == nil)
    #expect(try other.done("export").out.contains(Self.card))
    let check = try other.json("check")
    let named = (check["problems"]?.array ?? []).compactMap { $0["problem"]?.string }.filter {
      $0.contains(id)
    }
    #expect(
      named.count == 1 && named[0].contains("[card ending 1111]") && !named[0].contains("4111 "))
    let copied = try world.run(
      [TestWorld.memtrace, "init", "third", "--from", other.path], in: world.folder)
    #expect(copied.status == 0 && copied.err.contains("hold"), "\(copied.err)")
    // The rules are the other one's; so is the name, unless one is given.
    try world.run(
      [TestWorld.memtrace, "init", "fourth", "--from", other.path, "--org", "teleco"],
      in: world.folder)
    func organisation(_ folder: String) throws -> String? {
      let status = [TestWorld.memtrace, "-C", folder, "--json", "status"]
      return try JSON(parsing: Array(world.run(status, in: world.folder).out.utf8))["org_id"]?
        .string
    }
    #expect(try organisation("third") == organisation(other.path))
    #expect(try organisation("fourth") == "teleco")
  }

  @Test func `gate test shows what would happen, with a repository or without`() throws {
    let file = world.folder + "/mail.txt"
    try write("Hello,\nmy card is \(Self.card)\nand my pin is 4711.\n", to: file)
    let shown = try JSON(
      parsing: Array(
        try world.run([TestWorld.memtrace, "--json", "gate", "test", file], in: world.folder).out
          .utf8))
    #expect(shown["findings"]?.array?.map { $0["line"]?.integer } == [2, 3])
    #expect(shown["findings"]?.array?.map { $0["kind"]?.string } == ["card", "password"])
    #expect(shown["text"] == "Hello,\nmy card is [card ending 1111]\nand my pin is [PIN].")
    try policy("{\"card\":\"allow\",\"password\":\"refuse\"}")
    let here = try clone.json("gate", "test", file)
    #expect(here["findings"]?.array?.map { $0["action"]?.string } == ["refuse"])
    #expect(
      try clone.memtrace("gate", "test", input: "all is well\n").out.hasPrefix("nothing is found"))
  }
}
