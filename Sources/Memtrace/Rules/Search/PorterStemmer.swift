// Takes English endings off, so that "charged", "charges" and "charging" are one term.

/// The algorithm of M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980, as published:
/// without the later "bli" and "logi" rules.
public struct PorterStemmer: Sendable {
  /// The word; after `stem()` its stem.
  private var word: [UInt8]

  private init(_ word: [UInt8]) {
    self.word = word
  }

  /// The stem of a word of lower-case ASCII letters. One or two letters stay as they are.
  public static func stem(_ word: [UInt8]) -> [UInt8] {
    guard word.count > 2 else { return word }
    var stemmer = PorterStemmer(word)
    stemmer.stem()
    return stemmer.word
  }

  private mutating func stem() {
    step1a()
    step1b()
    step1c()
    replaceLongest(of: Self.step2, measureOver: 0)
    replaceLongest(of: Self.step3, measureOver: 0)
    step4()
    step5()
  }

  // MARK: - Plurals and participles

  private mutating func step1a() {
    if ends("sses") || ends("ies") {
      word.removeLast(2)
    } else if ends("s"), !ends("ss") {
      word.removeLast()
    }
  }

  private mutating func step1b() {
    if ends("eed") {
      if measure(word.count - 3) > 0 { word.removeLast() }
    } else if ends("ed"), hasVowel(word.count - 2) {
      word.removeLast(2)
      tidyAfter1b()
    } else if ends("ing"), hasVowel(word.count - 3) {
      word.removeLast(3)
      tidyAfter1b()
    }
  }

  private mutating func tidyAfter1b() {
    if ends("at") || ends("bl") || ends("iz") {
      word.append(UInt8(ascii: "e"))
    } else if endsInDoubleConsonant {
      word.removeLast()
    } else if measure(word.count) == 1, endsInShortSyllable(word.count) {
      word.append(UInt8(ascii: "e"))
    }
  }

  private mutating func step1c() {
    if ends("y"), hasVowel(word.count - 1) { word[word.count - 1] = UInt8(ascii: "i") }
  }

  // MARK: - Derived words

  private typealias Rule = (ending: StaticString, replacement: StaticString)

  private static let step2: [Rule] = [
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("abli", "able"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
    ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
  ]

  private static let step3: [Rule] = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
    ("ness", ""),
  ]

  /// A longer ending stands before its own end.
  private static let step4: [StaticString] = [
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti",
    "ous", "ive", "ize", "al", "er", "ic", "ou",
  ]

  private mutating func replaceLongest(of rules: [Rule], measureOver least: Int) {
    for rule in rules where ends(rule.ending) {
      let length = word.count - rule.ending.utf8CodeUnitCount
      if measure(length) > least {
        word.removeLast(rule.ending.utf8CodeUnitCount)
        rule.replacement.withUTF8Buffer { word.append(contentsOf: $0) }
      }
      return
    }
  }

  private mutating func step4() {
    for ending in Self.step4 where ends(ending) {
      let length = word.count - ending.utf8CodeUnitCount
      let isIon = ending.utf8CodeUnitCount == 3 && word[length] == UInt8(ascii: "i") && ends("ion")
      let fits = !isIon || (length > 0 && "st".utf8.contains(word[length - 1]))
      if fits, measure(length) > 1 { word.removeLast(ending.utf8CodeUnitCount) }
      return
    }
  }

  private mutating func step5() {
    if ends("e") {
      let m = measure(word.count - 1)
      if m > 1 || (m == 1 && !endsInShortSyllable(word.count - 1)) { word.removeLast() }
    }
    if ends("ll"), measure(word.count) > 1 { word.removeLast() }
  }

  // MARK: - What a word is like

  private func ends(_ ending: StaticString) -> Bool {
    let count = ending.utf8CodeUnitCount
    guard word.count >= count else { return false }
    var i = count - 1
    var j = word.count - 1
    while i >= 0 {
      guard word[j] == ending.utf8Start[i] else { return false }
      i -= 1
      j -= 1
    }
    return true
  }

  private func isConsonant(_ i: Int) -> Bool {
    switch word[i] {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
      UInt8(ascii: "u"):
      false
    case UInt8(ascii: "y"): i == 0 || !isConsonant(i - 1)
    default: true
    }
  }

  /// Porter's m: how often a vowel is followed by a consonant in the first `length` letters.
  private func measure(_ length: Int) -> Int {
    var m = 0
    var wasVowel = false
    var isVowel = false
    for i in 0..<max(0, length) {
      // A y is a vowel after a consonant.
      switch word[i] {
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
        UInt8(ascii: "u"):
        isVowel = true
      case UInt8(ascii: "y"): isVowel = i > 0 && !wasVowel
      default: isVowel = false
      }
      if wasVowel, !isVowel { m += 1 }
      wasVowel = isVowel
    }
    return m
  }

  private func hasVowel(_ length: Int) -> Bool {
    (0..<max(0, length)).contains { !isConsonant($0) }
  }

  /// The doubles that English makes before "-ed" and "-ing", as the Snowball project reads the paper.
  private var endsInDoubleConsonant: Bool {
    word.count > 1 && word[word.count - 1] == word[word.count - 2]
      && "bdfgmnprt".utf8.contains(word[word.count - 1])
  }

  /// Consonant, vowel, consonant other than w, x and y: "hop", not "snow".
  private func endsInShortSyllable(_ length: Int) -> Bool {
    length > 2 && isConsonant(length - 1) && !isConsonant(length - 2) && isConsonant(length - 3)
      && !"wxy".utf8.contains(word[length - 1])
  }
}
