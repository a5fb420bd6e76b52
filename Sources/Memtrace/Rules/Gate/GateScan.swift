// One pass over a text, without an engine of patterns: each beginning of a word or number costs one lookup.

/// What the pass has seen so far.
struct GateScan {
  let bytes: UnsafeBufferPointer<UInt8>
  let gate: Gate
  /// Where the value begins, if the text is a key and its value.
  let valueFrom: Int?
  private(set) var found: [Gate.Finding] = []
  /// Words that say something about numbers or tokens near them.
  private(set) var words: [(word: GateWord, range: Range<Int>)] = []
  /// A text inside a text is not looked into again.
  private let isInner: Bool

  static func findings(
    in bytes: UnsafeBufferPointer<UInt8>, gate: Gate, valueFrom: Int? = nil, isInner: Bool = false
  ) -> [Gate.Finding] {
    var scan = GateScan(bytes: bytes, gate: gate, valueFrom: valueFrom, isInner: isInner)
    scan.run()
    scan.lookBesideWords()
    return scan.chosen()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, gate: Gate, valueFrom: Int?, isInner: Bool) {
    (self.bytes, self.gate, self.valueFrom, self.isInner) = (bytes, gate, valueFrom, isInner)
  }

  mutating func add(
    _ kind: Gate.Kind, _ placeholder: String, _ range: Range<Int>, isCertain: Bool = true
  ) {
    guard gate[kind] != .allow else { return }
    found.append(.init(kind: kind, placeholder: placeholder, range: range, isCertain: isCertain))
  }

  /// Certain ones first, then the longest; none overlaps another.
  private func chosen() -> [Gate.Finding] {
    guard found.count > 1 else { return found }
    let ranked = found.sorted {
      ($0.isCertain ? 0 : 1, -$0.range.count, $0.range.lowerBound)
        < ($1.isCertain ? 0 : 1, -$1.range.count, $1.range.lowerBound)
    }
    var kept: [Gate.Finding] = []
    for finding in ranked where !kept.contains(where: { $0.range.overlaps(finding.range) }) {
      kept.append(finding)
    }
    return kept.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  // MARK: The pass

  private mutating func run() {
    let triggers = GateTriggers.shared
    // Looked at so often that it must lie in a register.
    let (bytes, kinds) = (bytes, triggers.kinds)
    // Up to where a long text was looked at as a whole.
    var (place, looked) = (0, 0)
    while place < bytes.count {
      let first = kinds[Int(bytes[place])]
      guard first & ByteKind.wordly != 0 else {
        place = (first & ByteKind.mark != 0 ? mark(at: place) : nil) ?? place + 1
        continue
      }
      var next = place
      if triggers.mayBegin(bytes, place) { next = lookUp(triggers, place) ?? place }
      var (end, seen, last) = (place + 1, first, first)
      while end < bytes.count {
        let kind = kinds[Int(bytes[end])]
        guard kind & ByteKind.wordly != 0 else { break }
        if kind & ByteKind.capital != 0, last & ByteKind.small != 0,
          triggers.mayBegin(bytes, end)
        {
          _ = lookUp(triggers, end, onlyWords: true)
        }
        seen |= kind
        last = kind
        end += 1
      }
      if next == place, first & ByteKind.digit != 0 {
        next = number(at: place) ?? place
      } else if next == place, seen & ByteKind.digit != 0, end - place >= 4,
        bytes[place + 2].isDigit, bytes[place + 3].isDigit
      {
        next = account(at: place) ?? place
      }
      if next == place, place >= looked {
        var long = end
        while long < bytes.count, kinds[Int(bytes[long])] & ByteKind.longText != 0 {
          seen |= kinds[Int(bytes[long])]
          long += 1
        }
        looked = long
        if long - place >= 16, seen & ByteKind.digit != 0 {
          next = longText(place..<long, triggers) ?? place
        }
      }
      place = max(next, end)
    }
  }

  /// What a mark alone begins; where it ends.
  private mutating func mark(at place: Int) -> Int? {
    switch bytes[place] {
    case UInt8(ascii: "-"): return privateKey(at: place)
    case UInt8(ascii: ":"): addressPassword(at: place)
    case UInt8(ascii: "@") where gate[.email] != .allow: email(at: place)
    case UInt8(ascii: "+") where gate[.phone] != .allow: phone(at: place)
    default: break
    }
    return nil
  }

  /// What begins here, of all formats and words; where it ends, if it is a finding.
  /// Not inlined: the pass needs its registers.
  @inline(never)
  private mutating func lookUp(_ triggers: GateTriggers, _ place: Int, onlyWords: Bool = false)
    -> Int?
  {
    let hash = GateTriggers.hash(bytes[place], bytes[place + 1], bytes[place + 2])
    var key: (end: Int, format: Int)?
    for number in Int(triggers.heads[hash])..<Int(triggers.heads[hash + 1]) {
      let entry = triggers.entries[number]
      let text = UnsafeBufferPointer(rebasing: triggers.texts[entry.text])
      switch entry.target {
      case .format(let number):
        guard !onlyWords, matches(text, at: place),
          let end = triggers.formats[number].pattern.end(in: bytes, from: place)
        else { continue }
        if end > key?.end ?? 0 { key = (end, number) }
      case .word(let word):
        // What a placeholder says is no word of the text.
        guard key == nil, place == 0 || bytes[place - 1] != UInt8(ascii: "["),
          let end = wordEnd(text, at: place)
        else { continue }
        meet(word, place..<end)
        // Companies may be called as another word is.
        if case .company = word { continue }
        return nil
      }
    }
    guard let key else { return nil }
    add(.secret, "[\(triggers.formats[key.format].name)]", place..<key.end)
    return key.end
  }

  private func matches(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard place + text.count <= bytes.count else { return false }
    for offset in text.indices where bytes[place + offset] != text[offset] { return false }
    return true
  }

  /// A space of a word stands for one, for `_` or `-`, or nothing; no letter follows it.
  private func wordEnd(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int? {
    var next = place
    for byte in text {
      if byte == 0x20 {
        if next < bytes.count, Self.gap.contains(bytes[next]) { next += 1 }
        continue
      }
      guard next < bytes.count, bytes[next].folded == byte else { return nil }
      next += 1
    }
    // A capital after a small letter begins another word.
    if next < bytes.count, bytes[next].isLetter, !(bytes[next].isCapital && bytes[next - 1].isSmall)
    {
      return nil
    }
    return next
  }

  private static let gap = ByteSet(" _-")

  private mutating func meet(_ word: GateWord, _ range: Range<Int>) {
    switch word {
    case .password: password(after: range)
    case .pin: digits(after: range, 4...8, .password, "[PIN]")
    case .cardCode: digits(after: range, 3...4, .card, "[card code]")
    case .secret:
      words.append((word, range))
      secret(after: range)
    case .card, .reference, .nationalID, .company: words.append((word, range))
    }
  }

  /// Whether such a word ends so many bytes before, at most.
  func hasWord(_ word: GateWord, before place: Int, within distance: Int) -> Bool {
    for said in words.reversed() {
      if place - said.range.upperBound > distance { return false }
      if said.word == word, said.range.upperBound <= place { return true }
    }
    return false
  }

  // MARK: Numbers

  private mutating func number(at place: Int) -> Int? {
    guard gate[.card] != .allow, CardNumber.mayBegin(in: bytes, at: place) else { return nil }
    let hasWord = hasWord(.card, before: place, within: 48)
    // A point, hyphen or slash ties it to what stands before: it is a part of something longer.
    let isTied =
      place >= 2 && [0x2D, 0x2E, 0x2F, 0x5F, 0x23].contains(bytes[place - 1])
      && bytes[place - 2] > 0x20
    guard
      let end = CardNumber.end(
        in: bytes, from: place, hasWord: hasWord,
        isReference: { isTied || self.hasWord(.reference, before: place, within: 20) })
    else { return nil }
    let last = bytes[place..<end].filter(\.isDigit).suffix(4)
    add(.card, "[card ending \(String(decoding: last, as: UTF8.self))]", place..<end)
    return end
  }

  private mutating func account(at place: Int) -> Int? {
    guard gate[.iban] != .allow, let end = BankAccount.end(in: bytes, from: place) else {
      return nil
    }
    let last = bytes[place..<end].filter(\.isLetterOrDigit).suffix(4)
    add(.iban, "[IBAN ending \(String(decoding: last, as: UTF8.self))]", place..<end)
    return end
  }

  // MARK: Long texts

  /// Formats without a beginning of their own, and what is written in another way.
  private mutating func longText(_ range: Range<Int>, _ triggers: GateTriggers) -> Int? {
    guard gate[.secret] != .allow || gate[.privateKey] != .allow || gate[.password] != .allow else {
      return nil
    }
    for shape in triggers.shapes {
      guard let end = shape.pattern.end(in: bytes, from: range.lowerBound) else { continue }
      add(.secret, "[\(shape.name)]", range.lowerBound..<end)
      return end
    }
    guard !isInner, range.count >= 20 else { return nil }
    var end = range.lowerBound
    while end < range.upperBound, !Self.notEncoded.contains(bytes[end]) { end += 1 }
    guard end - range.lowerBound >= 20,
      let text = EncodedText.decoded(UnsafeBufferPointer(rebasing: bytes[range.lowerBound..<end]))
    else { return nil }
    let inner = text.withUnsafeBufferPointer {
      GateScan.findings(in: $0, gate: gate, isInner: true)
    }
    guard let first = inner.first else { return nil }
    add(first.kind, first.placeholder, range.lowerBound..<end)
    return end
  }

  private static let notEncoded = ByteSet(".:~$%")
}
