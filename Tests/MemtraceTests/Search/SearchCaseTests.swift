// Ids, scripts, languages and phrases: what is found by what.

import Testing

@testable import Memtrace

@Suite struct SearchCaseTests {
  /// Among records of other things, in one part, in several and in the tail.
  private static func check(_ it: SearchCase, _ location: SourceLocation = #_sourceLocation) {
    let others = (0..<6).map { "Filler number \($0 + 70) of nothing" }
    let all = it.not + it.texts.reversed() + others
    let world = SearchWorld(sessions: all.map { [$0] })
    for (base, parts) in [(all.count, 1), (all.count, 3), (0, 1)] {
      var index = SearchIndex(world, count: base, parts: parts)
      for _ in base..<all.count { index.append(from: world) }
      let found = index.search(it.query, in: world).map { all[$0.record] }
      #expect(found.first == it.texts[0], sourceLocation: location)
      for text in it.not { #expect(!found.contains(text), sourceLocation: location) }
    }
  }

  @Test(arguments: SearchCase.identifiers)
  func `an id is found however it is written, and before others`(it: SearchCase) { Self.check(it) }

  @Test(arguments: SearchCase.scripts)
  func `letters that people hold for the same are the same, and an emoji is a word`(
    it: SearchCase
  ) { Self.check(it) }

  @Test(arguments: SearchCase.languages)
  func `a word is found in another form, and a compound by its halves, over everything`(
    it: SearchCase
  ) { Self.check(it) }

  @Test(arguments: SearchCase.phrases)
  func `a quoted phrase is a phrase, and a sentence word for word stands first`(it: SearchCase) {
    Self.check(it)
  }

  @Test func `a query of stop words or signs alone says so, and so does a phrase that nobody said`()
  {
    #expect(SearchHint.text(for: "router", best: nil) == nil)
    #expect(SearchHint.text(for: "what is it", best: nil)?.contains("commonest") == true)
    #expect(SearchHint.text(for: "?!", best: nil)?.contains("no letter") == true)
    #expect(SearchHint.text(for: "🎉", best: nil) == nil)
    #expect(SearchHint.text(for: "\"new router\"", best: "The new router") == nil)
    #expect(
      SearchHint.text(for: "\"new router\"", best: "The router is new")?.contains("quotation")
        == true)
  }

  @Test(arguments: [
    ("I am in an old war", TextLanguage.english), ("Die hard", .english), ("", .english),
    ("Die Rechnung ist noch nicht da", .german), ("La factura no es de mi casa", .spanish),
    ("Je ne trouve pas la facture", .french), ("Não recebi a fatura deste mês", .portuguese),
  ])
  func `a text's language is told by its commonest words`(text: String, language: TextLanguage) {
    var tokenizer = Tokenizer()
    tokenizer.forEachTerm(of: text) { _ in }
    #expect(tokenizer.language == language)
  }
}
