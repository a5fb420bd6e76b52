// Which terms a text has.

import Testing

@testable import Memtrace

@Suite struct TokenizerTests {
  /// The spellings of the terms, in order.
  private func terms(_ text: String) -> [String] {
    var tokenizer = Tokenizer()
    var places: [Range<Int>] = []
    tokenizer.forEachTerm(of: text) { places.append($0.place) }
    return places.map { String(decoding: tokenizer.folding.bytes[$0], as: UTF8.self) }
  }

  private func hashes(_ text: String) -> [UInt64] {
    var tokenizer = Tokenizer()
    var hashes: [UInt64] = []
    tokenizer.forEachTerm(of: text) { hashes.append($0.hash) }
    return hashes
  }

  @Test(arguments: [
    ("The router was restarted.", ["router", "restarted"]),
    ("Don't, it's Ann's", ["ann's"]),
    ("INV-2048123!", ["inv", "2048123", "inv-2048123"]),
    ("ann.lee+x@example.org.", ["ann", "lee", "x", "example", "org", "ann.lee+x@example.org"]),
    ("self-care portal", ["self", "care", "portal"]),
    ("14:30", ["14", "30", "14:30"]),
    ("+44 7123 456789", ["44", "7123", "456789", "44 7123 456789"]),
    ("3 of 4", ["3", "4"]),
    ("ＡＢＣ１２", ["abc12", "abc", "12"]),
    ("E401", ["e401", "e", "401"]),
    ("NullPointer", ["nullpointer", "null", "pointer"]),
    ("C++ or C#", ["c++", "c#"]),
    ("0x8007", ["0x8007", "8007"]),
    ("v2.4.1", ["v2", "4", "1", "v2.4.1", "2.4.1"]),
    ("Straße ﬁn", ["strasse", "fin"]),
    ("Ελλάδα", ["ελλαδα"]),
    ("日本語", ["日本", "本語"]),
    ("日", ["日"]),
    ("ok日本ok", ["ok", "日本", "ok"]),
    ("— … \u{FFFD}", []),
  ])
  func `a text has these terms`(text: String, expected: [String]) {
    #expect(terms(text) == expected)
  }

  @Test func `equal stems and equal spellings are equal terms`() {
    #expect(hashes("charged") == hashes("Charges"))
    #expect(hashes("customer's") == hashes("customers"))
    #expect(hashes("e\u{301}tat") == hashes("ÉTAT"))
    #expect(hashes("0161 496 0000").last == hashes("01614960000").last)
    #expect(hashes("charge") != hashes("change"))
  }

  @Test func `any bytes are read without a crash`() {
    var random = SearchWorld.Random(state: 1)
    var tokenizer = Tokenizer()
    for _ in 0..<2_000 {
      let bytes = (0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      bytes.withUnsafeBufferPointer { tokenizer.forEachTerm(of: $0) { _ in } }
    }
  }

  @Test func `about a hundred and fifty stop words`() {
    #expect((140...200).contains(StopWords.words.count))
    #expect(StopWords.words.allSatisfy { $0.utf8.allSatisfy { (97...122).contains($0) } })
  }
}
