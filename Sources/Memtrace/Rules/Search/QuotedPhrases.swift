// What a query has in quotation marks, and whether a text says it.

enum QuotedPhrases {
  private static let marks: [Character: Character] = [
    "\"": "\"", "\u{201C}": "\u{201D}", "\u{201E}": "\u{201C}", "\u{AB}": "\u{BB}",
  ]

  /// The words of each phrase, by their hashes; of two words or more, for one word is a phrase anyway.
  static func words(in query: String) -> [[UInt64]] {
    var phrases: [[UInt64]] = []
    var rest = query[...]
    while let start = rest.firstIndex(where: { marks[$0] != nil }), let close = marks[rest[start]] {
      let inside = rest[rest.index(after: start)...]
      guard let end = inside.firstIndex(where: { $0 == close || $0 == "\u{201D}" }) else { break }
      var folding = TextFolding()
      var phrase = String(inside[..<end])
      phrase.withUTF8 { folding.fold($0) }
      let words = hashes(folding.bytes)
      if words.count > 1 { phrases.append(words) }
      rest = inside[inside.index(after: end)...]
    }
    return phrases
  }

  /// The words of a folded text, by their hashes.
  static func hashes(_ folded: [UInt8]) -> [UInt64] {
    var words: [UInt64] = []
    var hash = TermHash.start
    var isInside = false
    for byte in folded {
      if ByteClass.table[Int(byte)].isWord {
        hash = TermHash.adding(byte, to: hash)
        isInside = true
      } else if isInside {
        words.append(TermHash.finished(hash))
        (hash, isInside) = (TermHash.start, false)
      }
    }
    if isInside { words.append(TermHash.finished(hash)) }
    return words
  }

  /// Whether the words of a text have those of a phrase one after another.
  static func occur(_ phrase: [UInt64], in words: [UInt64]) -> Bool {
    guard let first = phrase.first, phrase.count <= words.count else { return false }
    return (0...words.count - phrase.count).contains { i in
      words[i] == first && words[i...].starts(with: phrase)
    }
  }
}
