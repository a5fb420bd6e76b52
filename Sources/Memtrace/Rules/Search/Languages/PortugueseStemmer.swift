// Takes Portuguese endings off: "faturas" and "fatura" are one term.

/// The Snowball project's algorithm for Portuguese.
struct PortugueseStemmer: Sendable {
  private let alphabet: StemAlphabet
  private let vowels: Set<UInt8>
  private let standard: Endings
  private let beforeMente: Endings
  private let beforeLongMente: Endings
  private let beforeIdade: Endings
  private let verbs: Endings
  private let rest: Endings
  private let last: Endings

  /// Letters with a tilde are two, the tilde a consonant; folded ones have none.
  private static func tilde(_ endings: String, _ alphabet: StemAlphabet) -> String {
    alphabet == .folded ? endings.filter { $0 != "~" } : endings
  }

  init(_ alphabet: StemAlphabet) {
    self.alphabet = alphabet
    vowels = Set(alphabet.bytes("aeiouáéíóúâêô")!)
    standard = Endings(
      alphabet,
      Self.tilde(
        """
        eza ezas ico ica icos icas ismo ismos ável ível ista istas oso osa osos osas amento amentos \
        imento imentos adora ador aça~o adoras adores aço~es ante antes ância
        """, alphabet), "logia logias", Self.tilde("uça~o uço~es", alphabet), "ência ências",
      "amente", "mente", "idade idades", "iva ivo ivas ivos", "ira iras")
    beforeMente = Endings(alphabet, "iv", "os ic ad")
    beforeLongMente = Endings(alphabet, "ante avel ível")
    beforeIdade = Endings(alphabet, "abil ic iv")
    verbs = Endings(
      alphabet,
      Self.tilde(
        """
        ada ida ia aria eria iria ará ara erá era irá ava asse esse isse aste este iste ei arei erei \
        irei am iam ariam eriam iriam aram eram iram avam em arem erem irem assem essem issem ado ido \
        ando endo indo ara~o era~o ira~o ar er ir as adas idas ias arias erias irias arás aras erás \
        eras irás avas es ardes erdes irdes ares eres ires asses esses isses astes estes istes is ais \
        eis íeis aríeis eríeis iríeis áreis areis éreis ereis íreis ireis ásseis ésseis ísseis áveis \
        ados idos ámos amos íamos aríamos eríamos iríamos áramos éramos íramos ávamos emos aremos \
        eremos iremos ássemos êssemos íssemos imos armos ermos irmos eu iu ou ira iras
        """, alphabet))
    rest = Endings(alphabet, "os a i o á í ó")
    // Folded, a "ç" is a "c" already.
    last = alphabet == .latin1 ? Endings(alphabet, "e é ê", "ç") : Endings(alphabet, "e")
  }

  func stem(_ letters: [UInt8]) -> [UInt8] {
    var word = SuffixWord(withTildesApart(letters), vowels: vowels)
    word.markRV()
    word.markR1AndR2()
    if cutStandard(&word) || cutVerb(&word) {
      if word.ends("ci") { word.cut("i", from: word.rv) }
    } else if let (start, _) = rest.longest(in: word.bytes, end: word.count), start >= word.rv {
      word.cut(at: start)
    }
    cutLast(&word)
    return withTildesOn(word.bytes)
  }

  private func cutStandard(_ word: inout SuffixWord) -> Bool {
    guard let (start, action) = standard.longest(in: word.bytes, end: word.count) else {
      return false
    }
    if action == 8 {
      guard start >= word.rv, word.ends("e", at: start) else { return false }
      word.replace(from: start, by: "ir")
      return true
    }
    guard start >= (action == 4 ? word.r1 : word.r2) else { return false }
    word.cut(at: start)
    switch action {
    case 1: word.replace(from: start, by: "log")
    case 2: word.replace(from: start, by: "u")
    case 3: word.replace(from: start, by: "ente")
    case 4:
      if let (inner, action) = beforeMente.longest(in: word.bytes, end: start), inner >= word.r2 {
        word.cut(at: inner)
        if action == 0 { word.cut("at", from: word.r2) }
      }
    case 5, 6:
      let table = action == 5 ? beforeLongMente : beforeIdade
      if let (inner, _) = table.longest(in: word.bytes, end: start), inner >= word.r2 {
        word.cut(at: inner)
      }
    case 7: word.cut("at", from: word.r2)
    default: break
    }
    return true
  }

  private func cutVerb(_ word: inout SuffixWord) -> Bool {
    guard let (start, _) = verbs.longest(in: word.bytes, end: word.count, limit: word.rv) else {
      return false
    }
    word.cut(at: start)
    return true
  }

  private func cutLast(_ word: inout SuffixWord) {
    guard let (start, action) = last.longest(in: word.bytes, end: word.count) else { return }
    if action == 1 {
      word.replace(from: start, by: "c")
    } else if start >= word.rv {
      word.cut(at: start)
      if word.ends("gu") {
        word.cut("u", from: word.rv)
      } else if word.ends("ci") {
        word.cut("i", from: word.rv)
      }
    }
  }

  // MARK: - Tildes

  private static let tilde = UInt8(ascii: "~")

  private func withTildesApart(_ letters: [UInt8]) -> [UInt8] {
    guard alphabet == .latin1 else { return letters }
    return letters.flatMap { byte -> [UInt8] in
      switch byte {
      case 0xE3: [UInt8(ascii: "a"), Self.tilde]
      case 0xF5: [UInt8(ascii: "o"), Self.tilde]
      default: [byte]
      }
    }
  }

  private func withTildesOn(_ bytes: [UInt8]) -> [UInt8] {
    guard alphabet == .latin1 else { return bytes }
    var letters: [UInt8] = []
    for byte in bytes {
      switch (letters.last, byte) {
      case (UInt8(ascii: "a"), Self.tilde): letters[letters.count - 1] = 0xE3
      case (UInt8(ascii: "o"), Self.tilde): letters[letters.count - 1] = 0xF5
      default: letters.append(byte)
      }
    }
    return letters
  }
}
