// Takes French endings off: "factures" and "facture" are one term.

/// The Snowball project's algorithm for French. Elided words ("l'", "d'") are cut off before.
struct FrenchStemmer: Sendable {
  private let vowels: Set<UInt8>
  private let (eAcute, eGrave, cCedilla): (UInt8, UInt8, UInt8)
  private let (eDiaeresis, iDiaeresis): (UInt8?, UInt8?)
  private let standard: Endings
  private let beforeEment: Endings
  private let beforeIte: Endings
  private let iVerbs: Endings
  private let verbs: Endings
  /// What "ais" belongs to: "palais", "mauvais", "déplais".
  private let keepAis: Endings
  private let rest: Endings
  private let doubles: Endings

  init(_ alphabet: StemAlphabet) {
    let isLatin1 = alphabet == .latin1
    vowels = Set(alphabet.bytes("aeiouyâàëéêèïîôûù")!)
    (eAcute, eGrave) = isLatin1 ? (0xE9, 0xE8) : (UInt8(ascii: "e"), UInt8(ascii: "e"))
    cCedilla = isLatin1 ? 0xE7 : UInt8(ascii: "c")
    (eDiaeresis, iDiaeresis) = isLatin1 ? (0xEB, 0xEF) : (nil, nil)
    standard = Endings(
      alphabet, "ance iqUe isme able iste eux ances iqUes ismes ables istes",
      "atrice ateur ation atrices ateurs ations", "logie logies", "usion ution usions utions",
      "ence ences", "ement ements", isLatin1 ? "ité ités" : "ite ites", "if ive ifs ives", "eaux",
      "aux", "oux", "euse euses", "issement issements", "amment", "emment", "ment ments")
    beforeEment = Endings(alphabet, "iv", "eus", "abl iqU", "ièr Ièr")
    beforeIte = Endings(alphabet, "abil", "ic", "iv")
    iVerbs = Endings(
      alphabet,
      """
      îmes ît îtes i ie ies ir ira irai iraIent irais irait iras irent irez iriez irions irons iront \
      is issaIent issais issait issant issante issantes issants isse issent isses issez issiez \
      issions issons it
      """)
    verbs = Endings(
      alphabet, "ions",
      """
      é ée ées és èrent er era erai eraIent erais erait eras erez eriez erions erons eront ez iez
      """,
      """
      âmes ât âtes a ai aIent ait ant ante antes ants as asse assent asses assiez assions
      """, "ais aise aises", "eais")
    keepAis = Endings(alphabet, "al", "auv épl")
    rest = Endings(alphabet, "ion", "ier ière Ier Ière", "e")
    doubles = Endings(alphabet, "enn onn ett ell eill")
  }

  func stem(_ letters: [UInt8]) -> [UInt8] {
    var word = SuffixWord(prepared(letters), vowels: vowels)
    markRV(&word)
    word.markR1AndR2()
    if cutStandard(&word) || cutIVerb(&word) || cutVerb(&word) {
      if word.ends("Y") {
        word.bytes[word.count - 1] = UInt8(ascii: "i")
      } else if word.bytes.last == cCedilla {
        word.bytes[word.count - 1] = UInt8(ascii: "c")
      }
    } else {
      cutRest(&word)
    }
    if doubles.longest(in: word.bytes, end: word.count) != nil { word.cut(at: word.count - 1) }
    takeAccentOff(&word)
    return finished(word.bytes)
  }

  // MARK: - Consonants in the guise of vowels

  /// Capital letters are consonants: "u" and "i" between vowels, "y" beside one, "u" after "q".
  private func prepared(_ letters: [UInt8]) -> [UInt8] {
    var marked = letters
    var bytes: [UInt8] = []
    for i in marked.indices {
      var next = i + 1 < marked.count ? marked[i + 1] : 0
      if vowels.contains(marked[i]) {
        let isBetween = i + 2 < marked.count && vowels.contains(marked[i + 2])
        if next == UInt8(ascii: "y") || isBetween && "ui".utf8.contains(next) {
          next -= 32
          marked[i + 1] = next
        }
      }
      switch marked[i] {
      case eDiaeresis: bytes += "He".utf8
      case iDiaeresis: bytes += "Hi".utf8
      case UInt8(ascii: "y") where vowels.contains(next): bytes.append(UInt8(ascii: "Y"))
      default:
        if marked[i] == UInt8(ascii: "q"), next == UInt8(ascii: "u") {
          marked[i + 1] = UInt8(ascii: "U")
        }
        bytes.append(marked[i])
      }
    }
    return bytes
  }

  private func finished(_ bytes: [UInt8]) -> [UInt8] {
    var letters: [UInt8] = []
    var i = 0
    while i < bytes.count {
      switch bytes[i] {
      case UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "Y"): letters.append(bytes[i] + 32)
      case UInt8(ascii: "H"):
        let next = i + 1 < bytes.count ? bytes[i + 1] : 0
        if next == UInt8(ascii: "e"), let eDiaeresis {
          letters.append(eDiaeresis)
          i += 1
        } else if next == UInt8(ascii: "i"), let iDiaeresis {
          letters.append(iDiaeresis)
          i += 1
        }
      default: letters.append(bytes[i])
      }
      i += 1
    }
    return letters
  }

  private func markRV(_ word: inout SuffixWord) {
    let exceptions: [StaticString] = ["par", "col", "tap"]
    if word.count > 2, word.isVowel(0), word.isVowel(1) {
      word.rv = 3
    } else if let exception = exceptions.first(where: {
      word.count >= $0.utf8CodeUnitCount && word.ends($0, at: $0.utf8CodeUnitCount)
    }) {
      word.rv = exception.utf8CodeUnitCount
    } else if word.count > 2, word.ends("ni", at: 2), word.isVowel(2) {
      word.rv = 3
    } else {
      word.rv = word.place(afterVowel: true, from: 1) ?? word.count
    }
  }

  // MARK: - Endings

  /// Whether an ending fell; some are only changed, and then those of verbs have their turn.
  private func cutStandard(_ word: inout SuffixWord) -> Bool {
    guard let (start, action) = standard.longest(in: word.bytes, end: word.count) else {
      return false
    }
    let (inRV, inR1, inR2) = (start >= word.rv, start >= word.r1, start >= word.r2)
    switch action {
    case 0 where inR2: word.cut(at: start)
    case 1 where inR2:
      word.cut(at: start)
      cutOrMarkIc(&word)
    case 2 where inR2: word.replace(from: start, by: "log")
    case 3 where inR2: word.replace(from: start, by: "u")
    case 4 where inR2: word.replace(from: start, by: "ent")
    case 5 where inRV:
      word.cut(at: start)
      cutBeforeEment(&word)
    case 6 where inR2:
      word.cut(at: start)
      cutBeforeIte(&word)
    case 7 where inR2:
      word.cut(at: start)
      if word.cut("at", from: word.r2) { cutOrMarkIc(&word) }
    case 8: word.replace(from: start, by: "eau")
    case 9 where inR1: word.replace(from: start, by: "al")
    case 10 where start > 0 && "bhjlnp".utf8.contains(word.bytes[start - 1]):
      word.replace(from: start, by: "ou")
    case 11 where inR2: word.cut(at: start)
    case 11 where inR1: word.replace(from: start, by: "eux")
    case 12 where inR1 && start > 0 && !word.isVowel(start - 1): word.cut(at: start)
    case 13 where inRV:
      word.replace(from: start, by: "ant")
      return false
    case 14 where inRV:
      word.replace(from: start, by: "ent")
      return false
    case 15 where start > word.rv && word.isVowel(start - 1):
      word.cut(at: start)
      return false
    default: return false
    }
    return true
  }

  private func cutOrMarkIc(_ word: inout SuffixWord) {
    if !word.cut("ic", from: word.r2), word.ends("ic") {
      word.replace(from: word.count - 2, by: "iqU")
    }
  }

  private func cutBeforeEment(_ word: inout SuffixWord) {
    guard let (start, action) = beforeEment.longest(in: word.bytes, end: word.count) else { return }
    switch action {
    case 0 where start >= word.r2:
      word.cut(at: start)
      word.cut("at", from: word.r2)
    case 1 where start >= word.r2, 2 where start >= word.r2: word.cut(at: start)
    case 1 where start >= word.r1: word.replace(from: start, by: "eux")
    case 3 where start >= word.rv: word.replace(from: start, by: "i")
    default: break
    }
  }

  private func cutBeforeIte(_ word: inout SuffixWord) {
    guard let (start, action) = beforeIte.longest(in: word.bytes, end: word.count) else { return }
    if start >= word.r2 {
      word.cut(at: start)
    } else if action == 0 {
      word.replace(from: start, by: "abl")
    } else if action == 1 {
      word.replace(from: start, by: "iqU")
    }
  }

  private func cutIVerb(_ word: inout SuffixWord) -> Bool {
    guard let (start, _) = iVerbs.longest(in: word.bytes, end: word.count, limit: word.rv),
      start > word.rv, !word.isVowel(start - 1), !word.ends("H", at: start)
    else { return false }
    word.cut(at: start)
    return true
  }

  private func cutVerb(_ word: inout SuffixWord) -> Bool {
    guard let (start, action) = verbs.longest(in: word.bytes, end: word.count, limit: word.rv)
    else { return false }
    if action == 0, start < word.r2 { return false }
    if action == 3, let (stem, kind) = keepAis.longest(in: word.bytes, end: start),
      kind == 1 || stem == 1
    {
      return false
    }
    word.cut(at: start)
    if action == 2 { word.cut("e", from: word.rv) }
    return true
  }

  private func cutRest(_ word: inout SuffixWord) {
    if word.ends("s"), word.count > 1,
      word.ends("His")
        || !"aious".utf8.contains(word.bytes[word.count - 2])
          && (word.bytes[word.count - 2] != eGrave || eGrave == UInt8(ascii: "e"))
    {
      word.cut(at: word.count - 1)
    }
    guard let (start, action) = rest.longest(in: word.bytes, end: word.count, limit: word.rv) else {
      return
    }
    switch action {
    case 0:
      if start >= word.r2, start > word.rv, word.ends("s", at: start) || word.ends("t", at: start) {
        word.cut(at: start)
      }
    case 1: word.replace(from: start, by: "i")
    default: word.cut(at: start)
    }
  }

  private func takeAccentOff(_ word: inout SuffixWord) {
    guard let last = word.bytes.indices.last(where: word.isVowel), last < word.count - 1,
      word.bytes[last] == eAcute || word.bytes[last] == eGrave
    else { return }
    word.bytes[last] = UInt8(ascii: "e")
  }
}
