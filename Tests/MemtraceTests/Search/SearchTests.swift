// What a search finds, and in which order.

import Testing

@testable import Memtrace

@Suite struct SearchTests {
  @Test func `an ending does not matter, nor does case`() {
    let world = SearchWorld(sessions: [["Two charges on the invoice"], ["Router restarted"]])
    #expect(world.found("CHARGED").first == "Two charges on the invoice")
    #expect(world.found("restarting routers") == ["Router restarted"])
  }

  @Test func `an accent does not matter`() {
    let world = SearchWorld(sessions: [
      ["La sesión terminó"], ["Das Gerät ist weiß"], ["œuvre d'Éluard"],
    ])
    #expect(world.found("sesion") == ["La sesión terminó"])
    #expect(world.found("gerat weiss") == ["Das Gerät ist weiß"])
    #expect(world.found("oeuvre eluard") == ["œuvre d'Éluard"])
    #expect(world.found("se\u{301}sion") == ["La sesión terminó"])
  }

  @Test func `numbers and ids are found whole and in parts`() {
    let texts = [
      "Invoice INV-2048123 is open", "Write to ann.lee@example.org", "Call +44 7123 456789",
      "Paid EUR 49.90 in all",
    ]
    let world = SearchWorld(sessions: texts.map { [$0] })
    #expect(world.found("inv-2048123").first == texts[0])
    #expect(world.found("2048123").first == texts[0])
    #expect(world.found("ann.lee@example.org").first == texts[1])
    #expect(world.found("+447123456789").first == texts[2])
    #expect(world.found("(7123) 456789").first == texts[2])
    #expect(world.found("49.90").first == texts[3])
  }

  @Test(arguments: [
    ("ルーターの交換", "家のルーターを再起動した"), ("重启", "路由器已重启"), ("อินเทอร์เน็ต", "อินเทอร์เน็ตช้ามาก"),
    ("인터넷", "인터넷이 느려요"),
  ])
  func `scripts without spaces are found by pairs of characters`(query: String, text: String) {
    let world = SearchWorld(sessions: [["Nothing of the kind"], [text], ["Другое сообщение"]])
    #expect(world.found(query) == [text])
    #expect(world.found("сообщение") == ["Другое сообщение"])
  }

  @Test func `a typing error is forgiven inside a filter`() {
    let world = SearchWorld(sessions: [["The technician comes on Monday"], ["Refund was approved"]])
    #expect(
      world.found("technichien", among: .records([0, 1])).first == "The technician comes on Monday")
  }

  @Test(arguments: [
    ("firmwear", 0), ("frimware", 0), ("fimware", 0), ("firmwre", 0), ("invioce", 1), ("ruoter", 2),
    ("restartign", 2), ("оплатта", 3), ("лпатеж", 4),
  ])
  func `a word that no record has stands for one a slip away`(query: String, record: Int) {
    let texts = [
      "Firmware 2.4 was sent", "The invoice is open", "Router restarted", "Оплата прошла",
      "Ждём платеж",
    ]
    let world = SearchWorld(sessions: texts.map { [$0] })
    #expect(world.found(query) == [texts[record]])
  }

  @Test func `a known word is never taken for another, nor is a number or a short one`() {
    let world = SearchWorld(sessions: [
      ["A house rents"], ["The horse runs"], ["Case 4711"], ["HBO"],
    ])
    #expect(world.found("horse") == ["The horse runs"])
    #expect(world.found("4712").isEmpty)
    #expect(world.found("HBI").isEmpty)
    // Of a short name another one is as likely meant as a slip.
    #expect(world.found("Cast").isEmpty && world.found("hrose") == ["The horse runs"])
  }

  @Test(arguments: [
    "cust_002", "CUST_002", "cust-002", "cust 002", "cust_abc", "cus7", "kabel@example.org",
    "order/cust/9",
  ])
  func `no piece of an id is taken for a slip: it would find somebody else`(id: String) {
    let world = SearchWorld(sessions: [
      ["The technician found a cut cable"], ["The bus is late"], ["The label is gone"],
    ])
    #expect(world.found(id).isEmpty)
    // The same word alone is a slip.
    #expect(world.found("kabel") == ["The label is gone"])
  }

  @Test func `a short record with the words goes before its neighbours without them`() {
    let long = "Technician will come on Monday morning between eight and ten"
    let other = (0..<40).map { ["Invoice \($0) sent by post", "Router restarted", "All is well"] }
    let world = SearchWorld(
      sessions: [
        ["Refund promised", long, "Line tested, signal is fine"],
        ["Customer asks about HBO?", long, "Line tested, signal is fine"],
      ] + other)
    #expect(world.found("refund").first == "Refund promised")
    #expect(world.found("promised refund").first == "Refund promised")
    #expect(world.found("HBO").first == "Customer asks about HBO?")
  }

  @Test func `a neighbour's words help a record, another session's do not`() {
    let world = SearchWorld(sessions: [
      ["Which router is it?", "A Speedport 4"], ["Something else", "A Speedport 4"],
    ])
    let index = SearchIndex(world, count: 4)
    let hits = index.search("router speedport", in: world).map(\.record)
    #expect(hits.firstIndex(of: 1)! < hits.firstIndex(of: 3)!)
  }

  @Test func `a filter bounds what is found`() {
    let world = SearchWorld(sessions: [["router one"], ["router two"], ["router three"]])
    #expect(Set(world.found("router", among: .records([0, 2]))) == ["router one", "router three"])
    #expect(world.found("router", among: .records([])).isEmpty)
  }

  @Test func `a query of stop words, of nothing or of signs finds nothing`() {
    let world = SearchWorld(sessions: [["the end"]])
    for query in ["", "   ", "what is the", "?!", "\u{0}", "🙂"] {
      #expect(world.found(query).isEmpty, "\(query)")
    }
    #expect(SearchWorld([]).found("end").isEmpty)
  }

  @Test func `limit and offset cut pages that join without a gap`() {
    let world = SearchWorld.random(300, seed: 3)
    var options = SearchOptions()
    options.limit = 30
    let all = world.found("wao wbo wco", options: options)
    options.limit = 10
    var pages: [String] = []
    for offset in [0, 10, 20] {
      options.offset = offset
      pages += world.found("wao wbo wco", options: options)
    }
    #expect(pages == all)
    options.limit = 0
    #expect(world.found("wao", options: options).isEmpty)
  }

  @Test func `the agent that a query names goes first`() {
    let world = SearchWorld([
      .init(text: "The fee was waived", agent: "sales", session: 0),
      .init(text: "The fee was waived", agent: "network-agent", session: 1),
      .init(text: "The fee was waived", agent: "triage", session: 2),
    ])
    let index = SearchIndex(world, count: 3)
    let hits = index.search("What fee did the network agent waive?", in: world)
    #expect(hits.first?.record == 1)
  }

  @Test func `a month and a year that the query names are preferred`() {
    let may = Timestamp.days(year: 2024, month: 5, day: 8) * 86_400_000
    let june = Timestamp.days(year: 2024, month: 6, day: 8) * 86_400_000
    let world = SearchWorld([
      .init(text: "Technician came", session: 0, time: june),
      .init(text: "Technician came", session: 1, time: may),
    ])
    let index = SearchIndex(world, count: 2)
    for (query, first) in [
      ("technician in May", 1), ("technician June 2024", 0), ("technician 2024-05-08", 1),
    ] {
      #expect(index.search(query, in: world).first?.record == first, "\(query)")
    }
  }

  @Test func `importance and recency decide between equals, and can be switched off`() {
    let world = SearchWorld([
      .init(text: "router", session: 0, time: 0, importance: 0.9),
      .init(text: "router", session: 1, time: 0, importance: 0.1),
    ])
    var options = SearchOptions()
    let index = SearchIndex(world, count: 2)
    #expect(index.search("router", in: world, options: options).map(\.record) == [0, 1])
    options.usesImportance = false
    let equal = index.search("router", in: world, options: options)
    #expect(equal.map(\.record) == [1, 0])
    #expect(equal[0].score == equal[1].score)
  }
}
