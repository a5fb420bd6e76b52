// A question about what holds now finds the newest word on it first; one about what was does not.

import Testing

@testable import Memtrace

@Suite struct UpdateTests {
  /// In the order of time: what the question finds, the newest word being the second.
  struct Case: CustomStringConvertible, Sendable {
    let question: String
    let texts: [String]

    init(_ question: String, _ texts: String...) {
      self.question = question
      self.texts = texts
    }

    var description: String { question }
  }

  private static let filler = (0..<40).map { "Nothing of that sort happened on floor \($0 + 100)" }

  private static func found(
    _ it: Case, sessions: [Int]? = nil, isOfOneCustomer: Bool = true, correcting: Bool = false,
    updates: Bool = true
  ) -> [String] {
    let texts = filler + it.texts
    let world = SearchWorld(
      texts.enumerated().map { n, text in
        SearchWorld.Record(
          text: text, agent: n % 2 == 0 ? "billing-agent" : "tv-agent",
          session: n < filler.count ? 1_000 + n : sessions?[n - filler.count] ?? n,
          time: Int64(n) * 86_400_000)
      })
    var options = SearchOptions()
    options.isOfOneCustomer = isOfOneCustomer
    if !updates { options.recipe.update = 0 }
    let first = filler.count
    return world.found(
      it.question, options: options,
      supersededBy: { correcting && $0 == first + 1 ? first + 2 : nil })
  }

  static let cases = [
    Case(
      "What is the monthly limit of the credit line?",
      "The monthly limit of the credit line is 500 euros, the customer says",
      "He writes that the limit of his credit line was raised to 700"),
    Case(
      "When is the technician's visit?",
      "The technician's visit is on May 3 at 10, a visit of an hour",
      "Technician's visit rescheduled to May 5"),
    Case(
      "Wann ist der Termin mit dem Techniker?",
      "Der Termin mit dem Techniker ist am 3. Mai und der Techniker ruft vor dem Termin an",
      "Der Techniker hat den Termin auf den 5. Mai verschoben"),
    Case(
      "¿Cuál es el límite de la tarjeta?",
      "El límite de la tarjeta es de 500 euros por tarjeta y mes",
      "El límite de la tarjeta ha aumentado a 700"),
    Case(
      "Quel est le plafond de la carte ?",
      "Le plafond de la carte est de 500 euros par carte et par mois",
      "Le plafond de la carte a été augmenté, 700 maintenant"),
    Case(
      "Qual é o limite do cartão?", "O limite do cartão é de 500 euros por cartão e por mês",
      "O limite do cartão aumentou para 700"),
  ]

  @Test(arguments: cases)
  func `the newer word stands above the older, whoever said it`(it: Case) {
    #expect(Self.found(it, updates: false).first == it.texts[0])
    let found = Self.found(it)
    #expect(found.first == it.texts[1])
    #expect(found.dropFirst().first == it.texts[0])
  }

  @Test(arguments: [
    "What was the monthly limit of the credit line?", "monthly limit of the credit line",
    "How do I read the monthly limit of the credit line?",
  ])
  func `what was, a way to do it and words alone are ranked by what they say`(query: String) {
    #expect(
      Self.found(Case(query, Self.cases[0].texts[0], Self.cases[0].texts[1])).first
        == Self.cases[0].texts[0])
  }

  @Test func `another customer's word, another thing and what was corrected change nothing`() {
    let it = Self.cases[0]
    #expect(Self.found(it, isOfOneCustomer: false).first == it.texts[0])
    #expect(Self.found(it, sessions: [7, 7], isOfOneCustomer: false).first == it.texts[1])
    let other = Case(it.question, it.texts[0], "The credit of the phone was raised")
    #expect(Self.found(other).first == it.texts[0])
    let corrected = Case(it.question, it.texts[0], it.texts[1], "The limit is 500")
    #expect(Self.found(corrected, correcting: true).first != it.texts[1])
  }

  @Test func `who is among the first ten does not change, and scores go down`() throws {
    var random = SearchWorld.Random(state: 7)
    for _ in 0..<20 {
      var world = SearchWorld.random(300, seed: random.next())
      world = SearchWorld(
        world.records.map {
          var record = $0
          if random.below(2) == 0 { record.text = "now " + record.text }
          return record
        })
      let index = SearchIndex(world, count: world.records.count)
      let question = "what is \(random.word()) \(random.word()) \(random.word())?"
      var (with, without) = (SearchOptions(), SearchOptions())
      with.isOfOneCustomer = true
      without.recipe.update = 0
      let lifted = index.search(question, in: world, options: with)
      let plain = index.search(question, in: world, options: without)
      #expect(Set(lifted.prefix(10).map(\.record)) == Set(plain.prefix(10).map(\.record)))
      #expect(lifted.dropFirst(10).map(\.record) == plain.dropFirst(10).map(\.record))
      #expect(zip(lifted, lifted.dropFirst()).allSatisfy { $0.score >= $1.score })
      for start in [0, 3, 9] {
        var page = with
        (page.offset, page.limit) = (start, 2)
        #expect(
          index.search(question, in: world, options: page).map(\.record)
            == lifted.dropFirst(start).prefix(2).map(\.record))
      }
    }
  }
}
