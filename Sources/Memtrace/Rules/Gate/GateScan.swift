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
    triggers.bits.withUnsafeBufferPointer { bits in
      var place = 0
      // Up to where a long text was looked at as a whole.
      var looked = 0
      while place < bytes.count {
        let byte = bytes[place]
        guard byte.isLetterOrDigit else {
          switch byte {
          case UInt8(ascii: "-"): place = privateKey(at: place) ?? place + 1
          case UInt8(ascii: ":"):
            addressPassword(at: place)
            place += 1
          case UInt8(ascii: "@") where gate[.email] != .allow:
            email(at: place)
            place += 1
          case UInt8(ascii: "+") where gate[.phone] != .allow:
            phone(at: place)
            place += 1
          default: place += 1
          }
          continue
        }
        var next = lookUp(triggers, bits, place) ?? place
        var end = place
        var hasDigit = false
        while end < bytes.count, bytes[end].isLetterOrDigit {
          if bytes[end].isDigit { hasDigit = true }
          if end > place, bytes[end].isCapital, bytes[end - 1].isSmall {
            _ = lookUp(triggers, bits, end, onlyWords: true)
          }
          end += 1
        }
        if next == place, byte.isDigit {
          next = number(at: place) ?? place
        } else if next == place, hasDigit, end - place >= 4, bytes[place + 2].isDigit,
          bytes[place + 3].isDigit
        {
          next = account(at: place) ?? place
        }
        if next == place, place >= looked {
          let (long, digits) = longEnd(from: end)
          looked = max(long, place + 1)
          if long - place >= 16, hasDigit || digits {
            next = longText(place..<long, triggers) ?? place
          }
        }
        place = max(next, end)
      }
    }
  }

  /// What begins here, of all formats and words; where it ends, if it is a finding.
  private mutating func lookUp(
    _ triggers: GateTriggers, _ bits: UnsafeBufferPointer<UInt64>, _ place: Int,
    onlyWords: Bool = false
  ) -> Int? {
    guard place + 2 < bytes.count else { return nil }
    let hash = GateTriggers.hash(bytes[place], bytes[place + 1], bytes[place + 2])
    guard bits[hash >> 6] >> UInt64(hash & 63) & 1 == 1 else { return nil }
    var key: (end: Int, name: String)?
    for number in Int(triggers.heads[hash])..<Int(triggers.heads[hash + 1]) {
      let entry = triggers.entries[number]
      switch entry.target {
      case .format(let number):
        let format = triggers.formats[number]
        guard !onlyWords, matches(entry.text, at: place),
          let end = format.pattern.end(in: bytes, from: place)
        else { continue }
        if end > key?.end ?? 0 { key = (end, format.name) }
      case .word(let word):
        // What a placeholder says is no word of the text.
        guard key == nil, place == 0 || bytes[place - 1] != UInt8(ascii: "["),
          let end = wordEnd(entry.text, at: place)
        else { continue }
        meet(word, place..<end)
        // Companies may be called as another word is.
        if case .company = word { continue }
        return nil
      }
    }
    guard let key else { return nil }
    add(.secret, "[\(key.name)]", place..<key.end)
    return key.end
  }

  private func matches(_ text: [UInt8], at place: Int) -> Bool {
    guard place + text.count <= bytes.count else { return false }
    for offset in 0..<text.count where bytes[place + offset] != text[offset] { return false }
    return true
  }

  /// A space of a word stands for one, for `_` or `-`, or nothing; no letter follows it.
  private func wordEnd(_ text: [UInt8], at place: Int) -> Int? {
    var next = place
    for byte in text {
      if byte == 0x20 {
        if next < bytes.count, [0x20, 0x5F, 0x2D].contains(bytes[next]) { next += 1 }
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

  private func longEnd(from place: Int) -> (end: Int, hasDigit: Bool) {
    var (end, hasDigit) = (place, false)
    while end < bytes.count, bytes[end].isLetterOrDigit || Self.joining.contains(bytes[end]) {
      if bytes[end].isDigit { hasDigit = true }
      end += 1
    }
    return (end, hasDigit)
  }

  private static let joining = ByteSet("_+/=-.:~$%")

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
