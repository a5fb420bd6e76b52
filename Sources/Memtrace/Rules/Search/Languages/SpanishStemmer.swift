// Takes Spanish endings off: "facturas" and "factura" are one term.

/// The Snowball project's algorithm for Spanish.
struct SpanishStemmer: Sendable {
  private let vowels: Set<UInt8>
  private let plain: [UInt8: UInt8]
  private let pronouns: Endings
  private let beforePronouns: Endings
  private let standard: Endings
  private let beforeMente: Endings
  private let beforeLongMente: Endings
  private let beforeIdad: Endings
  private let yVerbs: Endings
  private let verbs: Endings
  private let rest: Endings

  init(_ alphabet: StemAlphabet) {
    vowels = Set(alphabet.bytes("aeiouáéíóúü")!)
    plain =
      alphabet == .folded
      ? [:]
      : Dictionary(
        uniqueKeysWithValues: zip("áéíóú".unicodeScalars, "aeiou".utf8).map {
          (UInt8($0.value), $1)
        })
    pronouns = Endings(alphabet, "me se sela selo selas selos la le lo las les los nos")
    beforePronouns = Endings(alphabet, "iéndo ándo ár ér ír", "ando iendo ar er ir", "yendo")
    standard = Endings(
      alphabet,
      """
      anza anzas ico ica icos icas ismo ismos able ables ible ibles ista istas oso osa osos osas \
      amiento amientos imiento imientos
      """, "adora ador ación adoras adores aciones ante antes ancia ancias acion", "logía logías",
      "ución uciones", "encia encias", "amente", "mente", "idad idades", "iva ivo ivas ivos")
    beforeMente = Endings(alphabet, "iv", "os ic ad")
    beforeLongMente = Endings(alphabet, "ante able ible")
    beforeIdad = Endings(alphabet, "abil ic iv")
    yVerbs = Endings(alphabet, "ya ye yan yen yeron yendo yo yó yas yes yais yamos")
    verbs = Endings(
      alphabet, "en es éis emos",
      """
      arían arías arán arás aríais aría aréis aríamos aremos ará aré erían erías erán erás eríais \
      ería eréis eríamos eremos erá eré irían irías irán irás iríais iría iréis iríamos iremos irá \
      iré aba ada ida ía ara iera ad ed id ase iese aste iste an aban ían aran ieran asen iesen aron \
      ieron ado ido ando iendo ió ar er ir as abas adas idas ías aras ieras ases ieses ís áis abais \
      íais arais ierais aseis ieseis asteis isteis ados idos amos ábamos íamos imos áramos iéramos \
      iésemos ásemos
      """)
    rest = Endings(alphabet, "os a o á í ó", "e é")
  }

  func stem(_ letters: [UInt8]) -> [UInt8] {
    var word = SuffixWord(letters, vowels: vowels)
    word.markRV()
    word.markR1AndR2()
    cutPronoun(&word)
    if !cutStandard(&word), !cutYVerb(&word) { cutVerb(&word) }
    cutRest(&word)
    return plain.isEmpty ? word.bytes : word.bytes.map { plain[$0] ?? $0 }
  }

  private func cutPronoun(_ word: inout SuffixWord) {
    guard let (start, _) = pronouns.longest(in: word.bytes, end: word.count),
      let (verb, action) = beforePronouns.longest(in: word.bytes, end: start), verb >= word.rv
    else { return }
    if action == 2, !word.ends("u", at: verb) { return }
    word.cut(at: start)
    if action == 0 {
      for i in verb..<start { word.bytes[i] = plain[word.bytes[i]] ?? word.bytes[i] }
    }
  }

  private func cutStandard(_ word: inout SuffixWord) -> Bool {
    guard let (start, action) = standard.longest(in: word.bytes, end: word.count),
      start >= (action == 5 ? word.r1 : word.r2)
    else { return false }
    word.cut(at: start)
    switch action {
    case 1: word.cut("ic", from: word.r2)
    case 2: word.replace(from: start, by: "log")
    case 3: word.replace(from: start, by: "u")
    case 4: word.replace(from: start, by: "ente")
    case 5:
      if let (inner, action) = beforeMente.longest(in: word.bytes, end: start), inner >= word.r2 {
        word.cut(at: inner)
        if action == 0 { word.cut("at", from: word.r2) }
      }
    case 6, 7:
      let table = action == 6 ? beforeLongMente : beforeIdad
      if let (inner, _) = table.longest(in: word.bytes, end: start), inner >= word.r2 {
        word.cut(at: inner)
      }
    case 8: word.cut("at", from: word.r2)
    default: break
    }
    return true
  }

  private func cutYVerb(_ word: inout SuffixWord) -> Bool {
    guard let (start, _) = yVerbs.longest(in: word.bytes, end: word.count, limit: word.rv),
      word.ends("u", at: start)
    else { return false }
    word.cut(at: start)
    return true
  }

  private func cutVerb(_ word: inout SuffixWord) {
    guard let (start, action) = verbs.longest(in: word.bytes, end: word.count, limit: word.rv)
    else { return }
    word.cut(at: start)
    if action == 0, word.ends("gu") { word.cut(at: start - 1) }
  }

  private func cutRest(_ word: inout SuffixWord) {
    guard let (start, action) = rest.longest(in: word.bytes, end: word.count), start >= word.rv
    else { return }
    word.cut(at: start)
    if action == 1, word.ends("gu") { word.cut("u", from: word.rv) }
  }
}
