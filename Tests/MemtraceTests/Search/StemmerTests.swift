// The stemmers against the Snowball project's own, by words that are made by a recipe.

import Foundation
import Testing

@testable import Memtrace

/// `Tests/Stems/sums.py` prints the sums, from PyStemmer, and any word whose stem differs.
@Suite struct StemmerTests {
  private static let sums: [(language: String, sum: UInt64)] = [
    ("porter", 0x0154_ae82_4922_0184), ("german", 0x6918_1d3c_6c49_602c),
    ("spanish", 0x45d1_337d_976c_783c), ("french", 0x400b_3592_99d4_a885),
    ("portuguese", 0xfa79_d53a_b132_85a3),
  ]

  @Test(arguments: sums.indices)
  func `twenty thousand words have the stems that PyStemmer gives them`(place: Int) throws {
    let (language, expected) = Self.sums[place]
    let stem = Self.stemmer(language)
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    for word in try Self.words(language, count: 20_000) {
      let letters = try #require(StemAlphabet.latin1.bytes(word))
      let text = String(String.UnicodeScalarView(stem(letters).map { Unicode.Scalar($0) }))
      for byte in "\(text)\n".utf8 { sum = TermHash.adding(byte, to: sum) }
    }
    #expect(sum == expected, "\(language)")
  }

  @Test func `an accent that was not typed changes no stem`() throws {
    for (language, text) in [
      (TextLanguage.german, "kündigung größe häuser"),
      (.spanish, "facturación teléfono rápidamente"),
      (.french, "résiliée hypothèse façade"), (.portuguese, "faturação ligações possível"),
    ] {
      for word in text.split(separator: " ") {
        let folded = try #require(StemAlphabet.folded.bytes(word))
        #expect(folded.allSatisfy { $0 < 0x80 })
        #expect(language.stem(folded).count <= folded.count)
      }
    }
    #expect(Self.folded(.spanish, "facturación") == Self.folded(.spanish, "facturas"))
    #expect(Self.folded(.german, "kündigungen") == Self.folded(.german, "kündigung"))
    #expect(Self.folded(.french, "résiliées") == Self.folded(.french, "résilier"))
    #expect(Self.folded(.portuguese, "faturações") == Self.folded(.portuguese, "faturação"))
  }

  private static func folded(_ language: TextLanguage, _ word: String) -> [UInt8] {
    language.stem(StemAlphabet.folded.bytes(word) ?? [])
  }

  private static func stemmer(_ language: String) -> ([UInt8]) -> [UInt8] {
    switch language {
    case "german": GermanStemmer(.latin1).stem
    case "spanish": SpanishStemmer(.latin1).stem
    case "french": FrenchStemmer(.latin1).stem
    case "portuguese": PortugueseStemmer(.latin1).stem
    default: PorterStemmer.stem
    }
  }

  private static func words(_ language: String, count: Int) throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Stems/recipes.txt")
    let recipes = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let recipe = try #require(recipes.first { $0.hasPrefix("\(language)|") })
    let parts = recipe.split(separator: "|").dropFirst().map { $0.split(separator: " ") }
    var random = SearchWorld.Random(state: 5)
    func picked(_ part: Int) -> Substring { parts[part][random.below(parts[part].count)] }
    return (0..<count).map { _ in
      var word = ""
      for _ in 0..<1 + random.below(3) {
        if random.below(8) > 0 { word += picked(0) }
        word += picked(1)
      }
      if random.below(2) > 0 { word += picked(2) }
      for _ in 0..<random.below(3) { word += picked(3) }
      return word.unicodeScalars.count > 2 ? word : word + "ing"
    }
  }
}
