// What the stemmers of the Snowball project share: regions of a word, and its longest ending out of a table.

/// How the letters of a word are written.
enum StemAlphabet {
  /// Latin-1, as the algorithms were published.
  case latin1
  /// Letters without their marks, as `TextFolding` leaves them; the tables are folded too, so that "facturación" and
  /// "facturacion" have one stem.
  case folded

  /// The bytes of a word or an ending; nil for a letter that is in neither alphabet.
  func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard scalar.value < 0x100 else { return nil }
      switch self {
      case .latin1: bytes.append(UInt8(scalar.value))
      case .folded: bytes += scalar.isASCII ? [UInt8(scalar.value)] : Self.folded(scalar)
      }
    }
    return bytes
  }

  private static func folded(_ scalar: Unicode.Scalar) -> [UInt8] {
    Array(TextFolding.folded(scalar).utf8)
  }
}

/// Endings, each with the number of what is done with it.
struct Endings: Sendable {
  /// Longest first.
  private let entries: [(ending: [UInt8], action: Int)]

  /// - Parameter groups: endings parted by spaces; the place in the list is the action.
  init(_ alphabet: StemAlphabet, _ groups: String...) {
    var entries: [(ending: [UInt8], action: Int)] = []
    for (action, group) in groups.enumerated() {
      for ending in group.split(separator: " ") {
        if let bytes = alphabet.bytes(ending) { entries.append((bytes, action)) }
      }
    }
    // Folding makes some endings equal: the first group counts.
    self.entries = entries.enumerated().sorted {
      $0.element.ending.count != $1.element.ending.count
        ? $0.element.ending.count > $1.element.ending.count : $0.offset < $1.offset
    }.map(\.element)
  }

  /// The longest one that ends at `end` and does not begin before `limit`.
  func longest(in word: [UInt8], end: Int, limit: Int = 0) -> (start: Int, action: Int)? {
    guard end > limit else { return nil }
    for (ending, action) in entries {
      let start = end - ending.count
      if start >= limit, word[start..<end].elementsEqual(ending) { return (start, action) }
    }
    return nil
  }
}

/// A word while its endings fall, and the regions in which they may.
struct SuffixWord {
  var bytes: [UInt8]
  /// Where the regions RV, R1 and R2 begin.
  var (rv, r1, r2) = (0, 0, 0)
  private let vowels: Set<UInt8>

  init(_ bytes: [UInt8], vowels: Set<UInt8>) {
    self.bytes = bytes
    self.vowels = vowels
    (rv, r1, r2) = (bytes.count, bytes.count, bytes.count)
  }

  var count: Int { bytes.count }

  func isVowel(_ place: Int) -> Bool { vowels.contains(bytes[place]) }

  /// The place after the first vowel, or consonant, from a place on.
  func place(afterVowel isVowel: Bool, from: Int) -> Int? {
    guard from <= count else { return nil }
    return (from..<count).first { self.isVowel($0) == isVowel }.map { $0 + 1 }
  }

  /// R1 and R2: after the first consonant that follows a vowel, and the same once more.
  mutating func markR1AndR2() {
    guard let vowel = place(afterVowel: true, from: 0),
      let first = place(afterVowel: false, from: vowel)
    else { return }
    r1 = first
    guard let next = place(afterVowel: true, from: first),
      let second = place(afterVowel: false, from: next)
    else { return }
    r2 = second
  }

  /// RV of Spanish and Portuguese.
  mutating func markRV() {
    guard count > 1 else { return }
    if isVowel(1) == isVowel(0), isVowel(0) {
      rv = place(afterVowel: false, from: 2) ?? count
    } else if !isVowel(1) {
      rv = place(afterVowel: true, from: 2) ?? count
    } else if count > 2 {
      rv = 3
    }
  }

  func ends(_ ending: StaticString, at end: Int? = nil) -> Bool {
    let end = end ?? count
    let size = ending.utf8CodeUnitCount
    return end >= size
      && bytes[(end - size)..<end].elementsEqual(
        UnsafeBufferPointer(start: ending.utf8Start, count: size))
  }

  mutating func cut(at start: Int) { bytes.removeLast(count - start) }

  mutating func replace(from start: Int, by ending: StaticString) {
    cut(at: start)
    bytes += UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount)
  }

  /// Cuts the ending off if it stands there and begins in the region.
  @discardableResult
  mutating func cut(_ ending: StaticString, from region: Int) -> Bool {
    let start = count - ending.utf8CodeUnitCount
    guard ends(ending), start >= region else { return false }
    cut(at: start)
    return true
  }
}
