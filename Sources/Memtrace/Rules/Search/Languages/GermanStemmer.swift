// Takes German endings off: "Rechnungen" and "Rechnung" are one term.

/// The Snowball project's algorithm for German, which reads "ae" as "ä".
struct GermanStemmer: Sendable {
  private let vowels: Set<UInt8>
  private let umlauts: [UInt8: UInt8]
  private let step1: Endings
  private let step2: Endings
  private let step3: Endings
  /// What "et" belongs to: "planet", "ticket".
  private let keepEt: Endings
  private let beforeEt: Set<UInt8>
  private let sharpS: UInt8?

  init(_ alphabet: StemAlphabet) {
    vowels = Set(alphabet.bytes("aeiouyäöü")!)
    umlauts = Dictionary(
      uniqueKeysWithValues: zip("aou".utf8, "äöü".unicodeScalars).map {
        ($0, alphabet == .latin1 ? UInt8($1.value) : $0)
      })
    sharpS = alphabet == .latin1 ? 0xDF : nil
    step1 = Endings(alphabet, "em", "ern er erin erinnen", "e en es", "s", "ln lns")
    step2 = Endings(alphabet, "en er est", "st", "et")
    keepEt = Endings(alphabet, "geordn intern plan tick tr")
    beforeEt = Set("dfgklmnrstUz".utf8 + (alphabet == .latin1 ? [0xE4] : []))
    step3 = Endings(alphabet, "end ung", "ig ik isch", "lich heit", "keit")
  }

  func stem(_ letters: [UInt8]) -> [UInt8] {
    var word = SuffixWord(prepared(letters), vowels: vowels)
    word.markR1AndR2()
    if word.count < 3 { word.r1 = word.count } else { word.r1 = max(3, word.r1) }
    cutInflection(&word)
    cutComparison(&word)
    cutDerivation(&word)
    return word.bytes.map { byte in
      switch byte {
      case UInt8(ascii: "U"): UInt8(ascii: "u")
      case UInt8(ascii: "Y"): UInt8(ascii: "y")
      default: umlauts.first { $0.value == byte }?.key ?? byte
      }
    }
  }

  /// "u" and "y" between vowels are consonants; "ß" is "ss", "ae" is "ä", but not in "quer".
  private func prepared(_ letters: [UInt8]) -> [UInt8] {
    var marked = letters
    for i in marked.indices.dropFirst().dropLast()
    where vowels.contains(marked[i - 1]) && vowels.contains(marked[i + 1]) {
      if marked[i] == UInt8(ascii: "u") { marked[i] = UInt8(ascii: "U") }
      if marked[i] == UInt8(ascii: "y") { marked[i] = UInt8(ascii: "Y") }
    }
    var bytes: [UInt8] = []
    var i = 0
    while i < marked.count {
      let next = i + 1 < marked.count ? marked[i + 1] : 0
      if marked[i] == sharpS {
        bytes += "ss".utf8
      } else if marked[i] == UInt8(ascii: "q"), next == UInt8(ascii: "u") {
        bytes += "qu".utf8
        i += 1
      } else if let umlaut = umlauts[marked[i]], next == UInt8(ascii: "e") {
        bytes.append(umlaut)
        i += 1
      } else {
        bytes.append(marked[i])
      }
      i += 1
    }
    return bytes
  }

  private func cutInflection(_ word: inout SuffixWord) {
    guard let (start, action) = step1.longest(in: word.bytes, end: word.count), start >= word.r1
    else { return }
    switch action {
    case 0: if !word.ends("syst", at: start) { word.cut(at: start) }
    case 2:
      word.cut(at: start)
      if word.ends("niss") { word.cut(at: word.count - 1) }
    case 3: if start > 0, "bdfghklmnrt".utf8.contains(word.bytes[start - 1]) { word.cut(at: start) }
    case 4: word.replace(from: start, by: "l")
    default: word.cut(at: start)
    }
  }

  private func cutComparison(_ word: inout SuffixWord) {
    guard let (start, action) = step2.longest(in: word.bytes, end: word.count), start >= word.r1
    else { return }
    if action == 0 {
      word.cut(at: start)
    } else if action == 2 {
      if beforeEt.contains(word.bytes[start - 1]), keepEt.longest(in: word.bytes, end: start) == nil
      {
        word.cut(at: start)
      }
    } else if start > 3, "bdfghklmnt".utf8.contains(word.bytes[start - 1]) {
      word.cut(at: start)
    }
  }

  private func cutDerivation(_ word: inout SuffixWord) {
    guard let (start, action) = step3.longest(in: word.bytes, end: word.count), start >= word.r2
    else { return }
    switch action {
    case 0:
      word.cut(at: start)
      if word.ends("ig"), !word.ends("eig") { word.cut("ig", from: word.r2) }
    case 1: if !word.ends("e", at: start) { word.cut(at: start) }
    case 2:
      word.cut(at: start)
      if word.ends("er") || word.ends("en"), word.count - 2 >= word.r1 {
        word.cut(at: word.count - 2)
      }
    default:
      word.cut(at: start)
      if !word.cut("lich", from: word.r2), !word.ends("lich") { word.cut("ig", from: word.r2) }
    }
  }
}
