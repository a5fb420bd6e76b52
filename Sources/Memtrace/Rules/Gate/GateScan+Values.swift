// What stands after a word: a password, a PIN, a token.

extension GateScan {
  /// How a word is tied to what follows.
  private enum Tie {
    /// `:` or `=`
    case sign
    /// "is", "was", or a few words that end so.
    case verb
    /// Nothing stands between.
    case none
  }

  /// Where the value begins that belongs to a word.
  private func value(after word: Range<Int>) -> (start: Int, tie: Tie)? {
    var place = word.upperBound
    let limit = min(bytes.count, place + 48)
    while place < limit, bytes[place] <= 0x20 || Self.marks.contains(bytes[place]) { place += 1 }
    let direct = place
    var (hasWords, isOpen) = (false, false)
    while place < limit {
      let byte = bytes[place]
      // An attribute's sign is its own: `id="password" class="form"`.
      if byte == UInt8(ascii: "="), hasWords { return nil }
      if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") {
        while place < bytes.count, [0x3A, 0x3D, 0x3E].contains(bytes[place]) { place += 1 }
        skipQuotes(&place)
        return place < bytes.count ? (place, .sign) : nil
      }
      if byte.isLetter {
        let start = place
        while place < bytes.count, bytes[place].isLetter || bytes[place] >= 0x80 { place += 1 }
        let text = bytes[start..<place].map(\.folded)
        if Self.verbs.contains(text) {
          skipQuotes(&place)
          return place < bytes.count ? (place, .verb) : nil
        }
        if Self.aboutIt.contains(text) { return nil }
        hasWords = true
        // A value may begin with letters.
        if place < bytes.count, bytes[place].isDigit { break }
        continue
      }
      if byte == UInt8(ascii: "(") { isOpen = true }
      guard Self.between.contains(byte) || (byte == UInt8(ascii: ")") && isOpen) else { break }
      place += 1
    }
    return direct < bytes.count && direct > word.upperBound ? (direct, .none) : nil
  }

  /// What may stand between a word and its sign.
  private static let marks = ByteSet("\"'`*\\")
  private static let between = ByteSet(" '\"_-(")

  private func skipQuotes(_ place: inout Int) {
    while place < bytes.count, bytes[place] <= 0x20 || bytes[place] == 0x2A || bytes[place] == 0x5C
    { place += 1 }
  }

  private static func list(_ words: String) -> Set<[UInt8]> { Set(GateTriggers.texts(words)) }

  private static let verbs = list(
    "is, was, are, es, era, ist, war, lautet, est, etait, e, foi, to, as, equals, now, jest, is_now"
  )

  /// Words that make it a talk about passwords.
  private static let aboutIt = list(
    "reset, change, changes, policy, manager, field, page, link, expiry, expired, strength, protected, hint, recovery, length, rules, requirements, prompt, screen, form, attempts, based, security, less, only, again, when, because, and, or, but, if, does, did, doesn, didn, wasn, isn, not, every, via, through"
  )

  /// Values that are none.
  private static let noValues = list(
    "reset, changed, change, required, incorrect, wrong, forgotten, forgot, expired, updated, unknown, none, null, nil, yes, no, true, false, set, same, invalid, valid, correct, new, old, protected, hidden, redacted, removed, optional, must, should, masked, missing, empty, undefined, string, text, password, passwort, secret, token, pending, failed, success, successful, requested, sent, shared, unchanged, default, enabled, disabled, locked, verified, confirmed, accepted, rejected, provided, here, there, below, above, attached, n/a, na, ok, done, weak, strong, temporary, encrypted, hashed, working, needed, available"
  )

  // MARK: Passwords

  mutating func password(after word: Range<Int>) {
    guard gate[.password] != .allow, var (start, tie) = value(after: word) else { return }
    var end: Int
    var isQuoted = false
    if let valueFrom, word.upperBound <= valueFrom, start >= valueFrom {
      // The key says it: all of the value, if it is no sentence.
      end = bytes.count
      let spaces = bytes[start..<end].count { $0 == 0x20 }
      if spaces > 4 { return }
      (isQuoted, tie) = (spaces > 0, .sign)
    } else if [0x22, 0x27, 0x60].contains(bytes[start]), let close = closing(start) {
      start += 1
      (end, isQuoted) = (close, true)
    } else {
      end = start
      while end < bytes.count, bytes[end] > 0x20, !Self.ends.contains(bytes[end]) { end += 1 }
      while end > start, Self.trailing.contains(bytes[end - 1]) { end -= 1 }
    }
    guard end - start >= 3, end - start <= 128, isPassword(start..<end, tie, isQuoted) else {
      return
    }
    add(.password, "[password]", start..<end, isCertain: false)
  }

  private static let ends = ByteSet("\"'`<>&|")
  private static let trailing = ByteSet(".,;:)]}?")

  private func closing(_ start: Int) -> Int? {
    var place = start + 1
    while place < bytes.count, place < start + 130, bytes[place] != 0x0A {
      if bytes[place] == bytes[start] { return place }
      place += 1
    }
    return nil
  }

  private func isPassword(_ range: Range<Int>, _ tie: Tie, _ isQuoted: Bool) -> Bool {
    let text = bytes[range]
    // `<password>`, `[removed]`, `{{password}}`, `$PASSWORD`, `****`
    let first = text[range.lowerBound]
    if [0x3C, 0x5B, 0x7B].contains(first) || text.count(where: \.isLetterOrDigit) < 3 {
      return false
    }
    let folded = text.map(\.folded)
    if Self.noValues.contains(folded) || Set(folded).count < 3 { return false }
    if folded.starts(with: "your".utf8) || folded.starts(with: "http".utf8)
      || folded.starts(with: "xxx".utf8)
    {
      return false
    }
    if isCode(text, folded) { return false }
    let letters = text.count(where: \.isLetter)
    let digits = text.count(where: \.isDigit)
    let others = text.count - letters - digits
    let isMixed = zip(text.dropFirst(), text).contains { $0.isCapital && $1.isSmall }
    let isOnlyLetters = digits == 0 && others == 0
    if isQuoted { return text.count >= 4 && (tie == .sign || !isOnlyLetters || isMixed) }
    // "step2", "v2", "2FA", "e-mail", "it's", "and/or"
    let isWordlike =
      digits == 0 && !isMixed
      && text.allSatisfy { $0.isLetter || $0 == 0x2D || $0 == 0x27 || $0 == 0x2F || $0 >= 0x80 }
    switch tie {
    case .sign:
      if isWordlike {
        return (others == 0 || text.count { $0 == 0x2D } >= 2) && text.count >= 6
          && isAtEnd(range.upperBound) && text.allSatisfy { $0 < 0x80 }
      }
      return text.count >= 4 || (valueFrom != nil && digits >= 3)
    case .verb:
      if isWordlike { return false }
      if letters == 0 { return digits >= 6 || (digits >= 4 && isAtEnd(range.upperBound)) }
      return text.count >= 5
    case .none:
      return text.count >= 8 && letters >= 2 && digits >= 1 && !isWordlike
        && (others > 0 || isMixed || digits >= 3) && !folded.contains(UInt8(ascii: ":"))
    }
  }

  /// `data.get(`, `self.password_hash`, `$PASSWORD`: what a program's source says of passwords.
  private func isCode(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ folded: [UInt8]) -> Bool {
    let whole = folded.withUnsafeBufferPointer { folded in
      ["password", "passwd", "hash", "secret"].contains { folded.containsFolded(Array($0.utf8)) }
    }
    let names = text.split { !$0.isLetter && $0 != UInt8(ascii: "_") }.count
    let isName = text.allSatisfy {
      $0.isLetter || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: ".")
    }
    for bracket in [UInt8(ascii: "("), UInt8(ascii: "[")] where text.contains(bracket) {
      if names > 1 || text.last == bracket { return true }
    }
    return isName
      && (whole || names > 1 || text.first == UInt8(ascii: "$") || text.contains(UInt8(ascii: "_")))
  }

  /// At the end of a line, a sentence or the text.
  private func isAtEnd(_ place: Int) -> Bool {
    guard place < bytes.count else { return true }
    if bytes[place] == 0x0A || bytes[place] == 0x0D { return true }
    return [0x2C, 0x2E, 0x3B, 0x22, 0x27, 0x26].contains(bytes[place])
  }

  // MARK: Digits

  mutating func digits(
    after word: Range<Int>, _ count: ClosedRange<Int>, _ kind: Gate.Kind, _ name: String
  ) {
    guard gate[kind] != .allow, let (start, tie) = value(after: word) else { return }
    var place = start
    if place < bytes.count, [0x22, 0x27, 0x23].contains(bytes[place]) { place += 1 }
    var end = place
    while end < bytes.count, bytes[end].isDigit { end += 1 }
    guard count.contains(end - place), end == bytes.count || !bytes[end].isLetterOrDigit else {
      return
    }
    if end + 1 < bytes.count, [0x2E, 0x2C, 0x2D, 0x2F, 0x25, 0x3A].contains(bytes[end]),
      bytes[end + 1].isDigit
    {
      return
    }
    // Postal codes of six digits are called pin codes.
    if kind == .password, end - place == 6, bytes[word].count > 3 { return }
    if tie == .none, kind == .password, end - place != 4 { return }
    add(kind, name, place..<end, isCertain: false)
  }

  // MARK: Tokens

  mutating func secret(after word: Range<Int>) {
    guard gate[.secret] != .allow, let (start, tie) = value(after: word) else { return }
    var place = start
    if [0x22, 0x27, 0x60].contains(bytes[place]) { place += 1 }
    for scheme in ["bearer ", "basic ", "token "] where isFolded(scheme, at: place) {
      place += scheme.utf8.count
    }
    var end = place
    while end < bytes.count, Self.tokens.contains(bytes[end]) { end += 1 }
    while end > place, Self.trailing.contains(bytes[end - 1]) { end -= 1 }
    let text = UnsafeBufferPointer(rebasing: bytes[place..<end])
    guard text.count >= 16, text.count <= 4_096, text.contains(where: \.isDigit),
      text.contains(where: \.isLetter)
    else { return }
    // Names and addresses have words in them.
    let parts = text.split { !$0.isLetterOrDigit }
    guard let longest = parts.map(\.count).max(), longest >= 8,
      entropy(of: text) >= (tie == .none ? 3.3 : 2.9)
    else { return }
    guard !isFolded("http", at: place) else { return }
    add(.secret, "[secret]", place..<end, isCertain: false)
  }

  private static let tokens = ByteSet(ByteSet.digits + ByteSet.small + ByteSet.capital + "_-+/=.~:")

  func isFolded(_ text: String, at place: Int) -> Bool {
    var place = place
    for byte in text.utf8 {
      guard place < bytes.count, bytes[place].folded == byte else { return false }
      place += 1
    }
    return true
  }
}
