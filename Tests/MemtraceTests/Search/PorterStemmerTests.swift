// Porter's algorithm against the words of its paper; StemmerTests has it against the Snowball project's.

import Testing

@testable import Memtrace

@Suite struct PorterStemmerTests {
  @Test func `words of the paper and hundreds of others have the published stems`() {
    for (word, stem) in PorterStemmerWords.pairs { #expect(Self.stem(word) == stem, "\(word)") }
    #expect(PorterStemmerWords.pairs.count > 500)
  }

  @Test func `one and two letters stay as they are`() {
    for word in ["", "a", "s", "is", "as", "by"] { #expect(Self.stem(word) == word) }
  }

  private static func stem(_ word: String) -> String {
    String(decoding: PorterStemmer.stem(Array(word.utf8)), as: UTF8.self)
  }
}
