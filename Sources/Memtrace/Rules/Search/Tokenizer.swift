// Text to terms: words as stems, numbers and ids whole as well as in parts, scripts without spaces by pairs.

/// Cuts text into terms. Keeps its scratch memory and the stems it met, so use one for many texts.
///
/// - A word of ASCII letters is stemmed; stop words are left out; "'s" falls away.
/// - Parts that "-", "_", ".", "@", "/", ":" or "+" join are terms; if a digit or "@" is among them, so is the
///   whole ("inv-1234567", "ann@example.org", "49.90").
/// - Groups of digits, 7 to 19 together, are one number as well ("+44 7123 456789").
/// - Chinese, Japanese, Korean, Thai and their like: every two neighbouring characters.
struct Tokenizer {
  private(set) var folding = TextFolding()
  /// By the hash of a word: that hash, and the hash of its stem or 0 for a stop word.
  private var stems: [(word: UInt64, stem: UInt64)]
  private let mask: Int

  /// - Parameter cache: how many stems are kept, a power of two.
  init(cache: Int = 1 << 10) {
    stems = Array(repeating: (0, 0), count: cache)
    mask = cache - 1
  }

  /// Calls with each term's hash and the place of its spelling in `folding.bytes`.
  mutating func forEachTerm(
    of text: UnsafeBufferPointer<UInt8>, _ body: (_ term: UInt64, _ place: Range<Int>) -> Void
  ) {
    folding.fold(text)
    let bytes = folding.bytes
    bytes.withUnsafeBufferPointer { scan($0, body) }
  }

  mutating func forEachTerm(of text: String, _ body: (UInt64, Range<Int>) -> Void) {
    var text = text
    text.withUTF8 { forEachTerm(of: $0, body) }
  }

  // MARK: - Scanning

  private mutating func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt64, Range<Int>) -> Void
  ) {
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
      var isWhole = false
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
        isWhole = isWhole || seen.contains(.digit)
        emit(bytes, partStart..<i, hash, seen, body)
        if seen == .digit {
          numbers.add(bytes, partStart..<i, body)
        } else {
          numbers.end(body)
        }
        guard i + 1 < bytes.count, classes[Int(bytes[i])] == .joiner,
          classes[Int(bytes[i + 1])].isWord
        else { break }
        isWhole = isWhole || bytes[i] == UInt8(ascii: "@")
        i += 1
      }
      if parts > 1, isWhole, i - start <= 64 {
        body(TermHash.of(bytes[start..<i]), start..<i)
      }
    }
    numbers.end(body)
  }

  private mutating func emit(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>, _ hash: UInt64, _ seen: ByteClass,
    _ body: (UInt64, Range<Int>) -> Void
  ) {
    if seen.contains(.other) {
      emitOtherScripts(bytes, place, body)
    } else if seen.contains(.apostrophe) {
      var word = bytes[place].filter { $0 != UInt8(ascii: "'") }
      if bytes[place].suffix(2).elementsEqual("'s".utf8) { word.removeLast() }
      let term = self.term(of: word[...], TermHash.of(word), isWord: !seen.contains(.digit))
      if term != 0 { body(term, place) }
    } else {
      let finished = TermHash.finished(hash)
      if seen.contains(.digit) {
        body(finished, place)
      } else {
        let slot = stems[Int(truncatingIfNeeded: finished) & mask]
        let term =
          slot.word == finished
          ? slot.stem : self.term(of: bytes[place], finished, isWord: true)
        if term != 0 { body(term, place) }
      }
    }
  }

  /// The hash of the word's stem, 0 for a stop word; remembered.
  private mutating func term(
    of word: some Collection<UInt8>, _ hash: UInt64, isWord: Bool
  ) -> UInt64 {
    guard isWord, word.count <= 64 else { return hash }
    let stem =
      StopWords.hashes.contains(hash) ? 0 : TermHash.of(PorterStemmer.stem(Array(word)))
    stems[Int(truncatingIfNeeded: hash) & mask] = (hash, stem)
    return stem
  }

  /// Words of other alphabets whole, characters of scripts without spaces by twos.
  private func emitOtherScripts(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>,
    _ body: (UInt64, Range<Int>) -> Void
  ) {
    var runStart = place.lowerBound
    var runIsSpaceless = false
    var last = place.lowerBound
    var characters = 0
    func endRun(at end: Int) {
      guard end > runStart else { return }
      if !runIsSpaceless || characters == 1 {
        body(TermHash.of(bytes[runStart..<end]), runStart..<end)
      }
    }
    var i = place.lowerBound
    while i < place.upperBound {
      let length = Self.length(of: bytes[i])
      let isSpaceless = length > 2 && Self.isSpaceless(bytes, i, length)
      if isSpaceless != runIsSpaceless {
        endRun(at: i)
        (runStart, runIsSpaceless, characters) = (i, isSpaceless, 0)
      }
      characters += 1
      if isSpaceless, characters > 1 {
        body(TermHash.of(bytes[last..<i + length]), last..<i + length)
      }
      last = i
      i += length
    }
    endRun(at: place.upperBound)
  }

  private static func length(of lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
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
