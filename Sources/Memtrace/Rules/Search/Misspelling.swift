// What a word that no record has may be a slip of.

/// The words one slip away: a letter too many, one missing, another one, or two that changed places. Four of five
/// misspelled words are one of these (F. J. Damerau, "A technique for computer detection and correction of spelling
/// errors", CACM 7(3), 1964).
struct Misspelling {
  /// Shorter words have too many neighbours: "Lena" is no slip of "Lina".
  static let leastLetters = 5
  private let letters: [Unicode.Scalar]
  private let alphabet: ClosedRange<UInt32>

  /// Nil for what is no word of one alphabet, or has more than 32 letters.
  /// - Parameter word: folded.
  init?(_ word: String) {
    letters = Array(word.unicodeScalars)
    guard (Self.leastLetters...32).contains(letters.count), let first = letters.first,
      let alphabet = Self.alphabets.first(where: { $0.contains(first.value) }),
      letters.allSatisfy({ alphabet.contains($0.value) })
    else { return nil }
    self.alphabet = alphabet
  }

  /// Latin, Greek and Cyrillic, as folding leaves them.
  private static let alphabets: [ClosedRange<UInt32>] = [
    0x61...0x7A, 0x3B1...0x3C9, 0x430...0x44F,
  ]

  private var isLatin: Bool { alphabet.lowerBound == 0x61 }

  /// Calls with each neighbour and the hash of its term; some come more than once. Endings may hide a slip or be hit
  /// by one, so Latin words are looked at before and after they are stemmed.
  /// - Parameter languages: of the records.
  func forEachNeighbour(
    _ languages: LanguageSet, _ body: (_ text: String, _ term: UInt64) -> Void
  ) {
    edit(letters) { edited in
      let text = Self.text(edited)
      let bytes = Array(text.utf8)
      guard isLatin else { return body(text, TermHash.of(bytes)) }
      for language in TextLanguage.allCases
      where language == .english || languages.contains(language) {
        body(text, language.term(language.stem(bytes)))
      }
    }
    guard isLatin else { return }
    let stem = PorterStemmer.stem(Array(Self.text(letters).utf8))
    edit(stem.map(Unicode.Scalar.init)) { edited in
      let text = Self.text(edited)
      body(text, TermHash.of(text.utf8))
    }
  }

  private static func text(_ letters: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: letters)
    return String(text)
  }

  private func edit(_ word: [Unicode.Scalar], _ body: ([Unicode.Scalar]) -> Void) {
    for place in word.indices {
      var edited = word
      edited.remove(at: place)
      body(edited)
      if place > 0, word[place] != word[place - 1] {
        edited = word
        edited.swapAt(place - 1, place)
        body(edited)
      }
    }
    for letter in alphabet.compactMap(Unicode.Scalar.init) {
      for place in 0...word.count {
        var edited = word
        edited.insert(letter, at: place)
        body(edited)
        guard place < word.count, word[place] != letter else { continue }
        edited = word
        edited[place] = letter
        body(edited)
      }
    }
  }
}
