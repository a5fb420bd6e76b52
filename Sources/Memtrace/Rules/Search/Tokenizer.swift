// Text to terms: words as stems, numbers and ids whole as well as in parts, scripts without spaces by pairs.

/// A term of a text.
struct FoundTerm {
  let hash: UInt64
  /// Where its spelling lies in the folded bytes.
  let place: Range<Int>
  /// Whether it is part of a word that is a term itself ("401" of "E401"): it can be found, but makes no text longer.
  let isExtra: Bool
}

/// Cuts text into terms. Keeps its scratch memory and the stems it met, so use one for many texts.
///
/// - A word of ASCII letters is stemmed and stop words are left out, by the rules of the text's language; "'s" falls
///   away.
/// - Parts that "-", "_", ".", "@", "/", ":" or "+" join are terms; if a digit or "@" is among them, so is the
///   whole ("inv-1234567", "ann@example.org", "49.90"), as `Tokenizer+Identifiers` spells it.
/// - Groups of digits, 7 to 19 together, are one number as well ("+44 7123 456789").
/// - Chinese, Japanese, Korean, Thai and their like: every two neighbouring characters. A pictograph stands alone.
struct Tokenizer {
  private(set) var folding = TextFolding()
  private(set) var language = TextLanguage.english
  var found: [FoundTerm] = []
  private var votes = LanguageVotes()
  private var nextHump = 0
  /// By the hash of a word: that hash, the hash of its English stem or 0 for a stop word, and whose stop word it is.
  private var stems: [(word: UInt64, stem: UInt64, stops: LanguageSet)]
  private let mask: Int
  /// Of the other languages; by number.
  private var foreignStems: [[UInt64: UInt64]]

  /// - Parameter cache: how many stems are kept, a power of two.
  init(cache: Int = 1 << 10) {
    stems = Array(repeating: (0, 0, []), count: cache)
    mask = cache - 1
    foreignStems = Array(repeating: [:], count: TextLanguage.allCases.count)
  }

  /// Calls with each term's hash and the place of its spelling in `folding.bytes`.
  mutating func forEachTerm(
    of text: UnsafeBufferPointer<UInt8>, _ body: (_ term: FoundTerm) -> Void
  ) {
    read(text)
    for term in found { body(term) }
  }

  mutating func forEachTerm(of text: String, _ body: (FoundTerm) -> Void) {
    var text = text
    text.withUTF8 { forEachTerm(of: $0, body) }
  }

  /// Finds the terms of a text, in `found`, and its language.
  mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
    folding.fold(text)
    let bytes = folding.bytes
    bytes.withUnsafeBufferPointer { bytes in
      scan(bytes, as: .english)
      let winner = votes.winner
      if winner != .english { scan(bytes, as: winner) }
    }
  }

  // MARK: - Scanning

  private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, as language: TextLanguage) {
    self.language = language
    found.removeAll(keepingCapacity: true)
    votes.clear()
    nextHump = 0
    let classes = ByteClass.table
    var numbers = NumberRun()
    var i = 0
    while i < bytes.count {
      guard classes[Int(bytes[i])].isWord else {
        i += 1
        continue
      }
      let start = i
      var parts = 0
      var all = ByteClass()
      while true {
        let partStart = i
        var seen = ByteClass()
        var hash = TermHash.start
        while i < bytes.count {
          let kind = classes[Int(bytes[i])]
          if kind.isWord {
            seen.formUnion(kind)
            hash = TermHash.adding(bytes[i], to: hash)
          } else if bytes[i] == UInt8(ascii: "'"), i + 1 < bytes.count,
            classes[Int(bytes[i + 1])].isWord
          {
            seen.formUnion(.apostrophe)
          } else {
            break
          }
          i += 1
        }
        parts += 1
        all.formUnion(seen)
        if seen == .letter, let end = Self.endOfLanguageName(bytes, partStart..<i) {
          i = end
          add(TermHash.of(bytes[partStart..<end]), partStart..<end)
        } else {
          emit(bytes, partStart..<i, hash, seen)
        }
        if seen == .digit {
          if let number = numbers.add(bytes, partStart..<i) { addExtra(number.hash, number.place) }
        } else {
          if let number = numbers.end() { addExtra(number.hash, number.place) }
        }
        guard i + 1 < bytes.count, classes[Int(bytes[i])] == .joiner,
          classes[Int(bytes[i + 1])].isWord
        else { break }
        if bytes[i] == UInt8(ascii: "@") { all.formUnion(.joiner) }
        i += 1
      }
      if parts > 1, all.contains(.digit) || all.contains(.joiner), i - start <= 64 {
        emitWhole(bytes, start..<i, all)
      }
    }
    if let number = numbers.end() { addExtra(number.hash, number.place) }
  }

  @inline(__always)
  mutating func add(_ hash: UInt64, _ place: Range<Int>) {
    if hash != 0 { found.append(FoundTerm(hash: hash, place: place, isExtra: false)) }
  }

  @inline(__always)
  mutating func addExtra(_ hash: UInt64, _ place: Range<Int>) {
    if hash != 0 { found.append(FoundTerm(hash: hash, place: place, isExtra: true)) }
  }

  private mutating func emit(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>, _ hash: UInt64, _ seen: ByteClass
  ) {
    if seen.contains(.other) {
      emitOtherScripts(bytes, place)
    } else if seen.contains(.apostrophe) {
      emitWithApostrophe(bytes, place, seen)
    } else {
      let finished = TermHash.finished(hash)
      if seen.contains(.digit) {
        add(finished, place)
        emitParts(bytes, place)
      } else {
        add(term(of: bytes[place], finished), place)
        if language == .german { emitHalves(bytes, place) }
      }
      emitHumps(bytes, place)
    }
  }

  private mutating func emitWithApostrophe(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>, _ seen: ByteClass
  ) {
    // "l'abonnement": what stands before is elided.
    if let apostrophe = bytes[place].firstIndex(of: UInt8(ascii: "'")),
      apostrophe - place.lowerBound <= 2, place.upperBound - apostrophe > 3
    {
      let rest = apostrophe + 1..<place.upperBound
      let term = term(of: bytes[rest], TermHash.of(bytes[rest]))
      if language == .french { return add(term, rest) }
      addExtra(term, rest)
    }
    var word = bytes[place].filter { $0 != UInt8(ascii: "'") }
    if bytes[place].suffix(2).elementsEqual("'s".utf8) { word.removeLast() }
    let hash = TermHash.of(word)
    add(seen.contains(.digit) ? hash : term(of: word[...], hash), place)
  }

  /// The hash of the stem of a word of letters, 0 for a stop word; remembered.
  @inline(__always)
  mutating func term(of word: some Collection<UInt8>, _ hash: UInt64) -> UInt64 {
    let slot = Int(truncatingIfNeeded: hash) & mask
    if stems[slot].word != hash { remember(word, hash, slot) }
    votes.add(stems[slot].stops)
    return language == .english ? stems[slot].stem : foreignTerm(of: word, hash, stems[slot].stops)
  }

  private mutating func remember(_ word: some Collection<UInt8>, _ hash: UInt64, _ slot: Int) {
    let stops = LanguageSet.withStopWord(hash)
    let stem =
      stops.contains(.english)
      ? 0 : word.count > 64 ? hash : TermHash.of(PorterStemmer.stem(Array(word)))
    stems[slot] = (hash, stem, stops)
  }

  private mutating func foreignTerm(
    of word: some Collection<UInt8>, _ hash: UInt64, _ stops: LanguageSet
  ) -> UInt64 {
    if stops.contains(language) { return 0 }
    let number = Int(language.rawValue)
    if let stem = foreignStems[number][hash] { return stem }
    let stem = word.count > 64 ? hash : language.term(language.stem(Array(word)))
    if foreignStems[number].count > 1 << 15 { foreignStems[number] = [:] }
    foreignStems[number][hash] = stem
    return stem
  }

  /// Calls with each place among the humps that lie in it.
  private mutating func emitHumps(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) {
    let humps = folding.humps
    while nextHump < humps.count, humps[nextHump] <= place.lowerBound { nextHump += 1 }
    var start = place.lowerBound
    while nextHump < humps.count, humps[nextHump] < place.upperBound {
      emitHump(bytes, start..<humps[nextHump])
      start = humps[nextHump]
      nextHump += 1
    }
    if start > place.lowerBound { emitHump(bytes, start..<place.upperBound) }
  }

  private mutating func emitHump(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) {
    guard place.count > 1 else { return }
    let hash = TermHash.of(bytes[place])
    let isWord = bytes[place].allSatisfy { ByteClass.table[Int($0)] == .letter }
    addExtra(isWord ? term(of: bytes[place], hash) : hash, place)
  }

  /// Words of other alphabets whole, characters of scripts without spaces by twos.
  private mutating func emitOtherScripts(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>
  ) {
    var runStart = place.lowerBound
    var runIsSpaceless = false
    var last = place.lowerBound
    var characters = 0
    func isRun(_ end: Int) -> Bool { end > runStart && (!runIsSpaceless || characters == 1) }
    var i = place.lowerBound
    while i < place.upperBound {
      let length = Self.length(of: bytes[i])
      let isSpaceless = length > 2 && Self.isSpaceless(bytes, i, length)
      if Self.isPictograph(bytes, i, length) {
        if isRun(i) { add(TermHash.of(bytes[runStart..<i]), runStart..<i) }
        addExtra(TermHash.of(bytes[i..<i + length]), i..<i + length)
        i += length
        (runStart, runIsSpaceless, characters, last) = (i, false, 0, i)
        continue
      }
      if isSpaceless != runIsSpaceless {
        if isRun(i) { add(TermHash.of(bytes[runStart..<i]), runStart..<i) }
        (runStart, runIsSpaceless, characters) = (i, isSpaceless, 0)
      }
      characters += 1
      if isSpaceless, characters > 1 {
        add(TermHash.of(bytes[last..<i + length]), last..<i + length)
      }
      last = i
      i += length
    }
    let end = place.upperBound
    if isRun(end) { add(TermHash.of(bytes[runStart..<end]), runStart..<end) }
  }

  private static func length(of lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  private static func isPictograph(
    _ bytes: UnsafeBufferPointer<UInt8>, _ i: Int, _ length: Int
  ) -> Bool {
    if length == 4 { return bytes[i] == 0xF0 && bytes[i + 1] == 0x9F }  // U+1F000 to U+1FFFF
    return length == 3 && bytes[i] == 0xE2 && (0x98...0x9E).contains(bytes[i + 1])  // U+2600 on
  }

  private static func isSpaceless(
    _ bytes: UnsafeBufferPointer<UInt8>, _ i: Int, _ length: Int
  ) -> Bool {
    if length == 4 { return bytes[i + 1] >= 0xA0 }  // from U+20000: ideographs
    let scalar =
      UInt32(bytes[i] & 0x0F) << 12 | UInt32(bytes[i + 1] & 0x3F) << 6 | UInt32(bytes[i + 2] & 0x3F)
    return switch scalar {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x2FDF, 0x3005...0x30FF,
      0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
      0xFF66...0xFFDC:
      true
    default: false
    }
  }
}
