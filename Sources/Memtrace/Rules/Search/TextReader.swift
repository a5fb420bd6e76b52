// What the second stage reads in a record's text.

struct TextTraits {
  let endsInQuestion: Bool
  let hasTimeWord: Bool
  /// Whether it has what the query puts in quotation marks.
  let hasPhrases: Bool
  /// Whether it has the query word for word.
  let saysQuery: Bool
}

/// Reads texts one after another: their trigrams, and whether they ask or tell a time.
struct TextReader {
  private(set) var trigrams: TrigramScores
  private(set) var traits: [TextTraits] = []
  private let source: any SearchSource
  private let wantsTrigrams: Bool
  private let wantsTimeWords: Bool
  private let phrases: [[UInt64]]
  /// The query, if it is a sentence.
  private let sentence: [UInt64]
  private var folding = TextFolding()
  private var text: [UInt8] = []

  init(_ source: any SearchSource, _ query: SearchQuery, wantsTrigrams: Bool) {
    self.source = source
    trigrams = TrigramScores(query.trigrams)
    self.wantsTrigrams = wantsTrigrams
    wantsTimeWords = query.asksForTime
    phrases = query.phrases
    sentence = query.words.count > 2 && query.terms.count > 1 ? query.words : []
  }

  mutating func read(_ record: Int) {
    text.removeAll(keepingCapacity: true)
    source.appendText(of: record, to: &text)
    if wantsTrigrams || wantsTimeWords || !phrases.isEmpty || !sentence.isEmpty {
      text.withUnsafeBufferPointer { folding.fold($0) }
    }
    if wantsTrigrams { trigrams.add(folding.bytes) }
    let last = text.last { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") }
    // What has the sentence has its trigrams.
    let mayBeSentence =
      !sentence.isEmpty && (!wantsTrigrams || trigrams.lastShare > 0.99)
    let words =
      mayBeSentence || !phrases.isEmpty ? QuotedPhrases.hashes(folding.bytes) : []
    traits.append(
      TextTraits(
        endsInQuestion: last == UInt8(ascii: "?"),
        hasTimeWord: wantsTimeWords && TimeWords.occur(in: folding.bytes),
        hasPhrases: phrases.allSatisfy { QuotedPhrases.occur($0, in: words) },
        saysQuery: mayBeSentence && QuotedPhrases.occur(sentence, in: words)))
  }
}

/// Words that place something in time.
enum TimeWords {
  private static let hashes: Set<UInt64> = Set(
    """
    yesterday today tonight tomorrow ago last next week weeks weekend weekends month months year \
    years day days hour hours minute minutes morning afternoon evening night since until recently \
    soon monday tuesday wednesday thursday friday saturday sunday january february march april may \
    june july august september october november december
    """.split(separator: " ").map { TermHash.of($0.utf8) })

  static func occur(in folded: [UInt8]) -> Bool {
    var i = 0
    while i < folded.count {
      var hash = TermHash.start
      let start = i
      while i < folded.count, ByteClass.table[Int(folded[i])].isWord {
        hash = TermHash.adding(folded[i], to: hash)
        i += 1
      }
      if i > start, hashes.contains(TermHash.finished(hash)) { return true }
      i += 1
    }
    return false
  }
}
