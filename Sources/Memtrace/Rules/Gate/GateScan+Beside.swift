// What a text shows only as a whole: numbers and tokens near their words, keys of many lines, addresses.

extension GateScan {
  /// Numbers of persons, and tokens of companies: they need their word, before or after.
  mutating func lookBesideWords() {
    for (word, range) in words {
      switch word {
      case .nationalID(let number): nationalID(number, beside: range)
      case .company(let number): token(SecretFormats.allNamed[number].formats, after: range)
      default: break
      }
    }
  }

  private mutating func nationalID(_ number: Int?, beside word: Range<Int>) {
    guard gate[.nationalID] != .allow else { return }
    let ids = number.map { [NationalID.all[$0]] } ?? NationalID.all.filter(\.isStrong)
    var place = max(0, word.lowerBound - 28)
    let last = min(bytes.count, word.upperBound + 40)
    while place < last {
      guard bytes[place].isLetterOrDigit else {
        place += 1
        continue
      }
      // In the middle of what was cut off, nothing begins.
      let isStart = place == 0 || !bytes[place - 1].isLetterOrDigit
      if isStart, !word.contains(place), let (id, end) = first(of: ids, at: place) {
        add(.nationalID, "[\(id.name)]", place..<end, isCertain: false)
        place = end
        continue
      }
      while place < last, bytes[place].isLetterOrDigit { place += 1 }
    }
  }

  private func first(of ids: [NationalID], at place: Int) -> (NationalID, Int)? {
    for id in ids {
      if let end = id.end(in: bytes, from: place) { return (id, end) }
    }
    return nil
  }

  private mutating func token(_ formats: [SecretFormat], after word: Range<Int>) {
    guard gate[.secret] != .allow,
      words.contains(where: {
        $0.word == .secret && $0.range.lowerBound >= word.lowerBound - 40
          && $0.range.upperBound <= word.upperBound + 48
      })
    else { return }
    var place = word.upperBound
    let last = min(bytes.count, word.upperBound + 80)
    while place < last {
      guard bytes[place].isLetterOrDigit, !bytes[place - 1].isLetterOrDigit else {
        place += 1
        continue
      }
      for format in formats {
        guard let end = format.pattern.end(in: bytes, from: place) else { continue }
        let text = bytes[place..<end]
        // A long word is none.
        guard text.contains(where: \.isLetter),
          text.contains(where: \.isDigit)
            || (text.contains(where: \.isSmall) && text.dropFirst().contains(where: \.isCapital))
            || Self.isNoWord(text)
        else { continue }
        return add(.secret, "[\(format.name)]", place..<end)
      }
      place += 1
    }
  }

  /// Letters as no language puts them: three rare ones, and four consonants in a row.
  private static func isNoWord(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var (rare, run, longest) = (0, 0, 0)
    for byte in text {
      let letter = byte | 0x20
      if rareLetters.contains(letter) { rare += 1 }
      run = vowels.contains(letter) ? 0 : run + 1
      longest = max(longest, run)
    }
    return rare >= 3 && longest >= 4
  }

  private static let rareLetters = ByteSet("jkqvwxyz")
  private static let vowels = ByteSet("aeiou")

  /// From `-----BEGIN … PRIVATE KEY` to its end, or to the end of the text (RFC 7468).
  mutating func privateKey(at place: Int) -> Int? {
    guard gate[.privateKey] != .allow, isFolded("-----begin ", at: place) else { return nil }
    var end = place + 11
    while end < bytes.count, bytes[end].isLetterOrDigit || bytes[end] == 0x20 { end += 1 }
    let label = UnsafeBufferPointer(rebasing: bytes[place..<end])
    guard label.containsFolded(Array("private key".utf8)) else { return nil }
    while end < bytes.count, !isFolded("-----end ", at: end) { end += 1 }
    if end < bytes.count {
      end += 9
      while end < bytes.count, bytes[end] != UInt8(ascii: "-"), bytes[end] != 0x0A { end += 1 }
      while end < bytes.count, bytes[end] == UInt8(ascii: "-") { end += 1 }
    }
    add(.privateKey, "[private key]", place..<end)
    return end
  }

  /// `https://user:password@host`
  mutating func addressPassword(at place: Int) {
    guard gate[.password] != .allow, isFolded("://", at: place) else { return }
    var (end, colon) = (place + 3, Int?.none)
    while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "/"),
      bytes[end] != UInt8(ascii: "@")
    {
      if bytes[end] == UInt8(ascii: ":"), colon == nil { colon = end }
      end += 1
    }
    guard let colon, end < bytes.count, bytes[end] == UInt8(ascii: "@"), end - colon > 3 else {
      return
    }
    let text = bytes[(colon + 1)..<end]
    guard ![0x2A, 0x3C, 0x5B, 0x7B, 0x24].contains(text[colon + 1]) else { return }
    add(.password, "[password]", (colon + 1)..<end, isCertain: false)
  }

  // MARK: What is allowed as a rule

  mutating func email(at place: Int) {
    var (start, end) = (place, place + 1)
    while start > 0, Self.local.contains(bytes[start - 1]) || bytes[start - 1] >= 0x80 {
      start -= 1
    }
    while end < bytes.count, Self.domain.contains(bytes[end]) || bytes[end] >= 0x80 { end += 1 }
    while end > place, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") {
      end -= 1
    }
    guard start < place, bytes[place..<end].dropFirst(2).contains(UInt8(ascii: ".")) else { return }
    add(.email, "[e-mail]", start..<end)
  }

  private static let local = ByteSet(ByteSet.digits + ByteSet.small + ByteSet.capital + "._%+-'")
  private static let domain = ByteSet(ByteSet.digits + ByteSet.small + ByteSet.capital + ".-")

  /// International numbers (E.164): a plus, then 8 to 15 digits with what people put between them.
  mutating func phone(at place: Int) {
    var (end, last, digits) = (place + 1, place, 0)
    while end < bytes.count, digits < 16 {
      if bytes[end].isDigit {
        digits += 1
        last = end + 1
      } else if !Self.inPhone.contains(bytes[end]) {
        break
      }
      end += 1
    }
    guard (8...15).contains(digits) else { return }
    add(
      .phone, "[telephone ending \(String(decoding: bytes[..<last].suffix(2), as: UTF8.self))]",
      place..<last)
  }

  private static let inPhone = ByteSet(" -()./")
}
