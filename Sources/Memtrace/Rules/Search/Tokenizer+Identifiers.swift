// One spelling for an id however people write it: with or without signs, spaces, letters in front.

extension Tokenizer {
  /// The whole of parts that are joined, one of them with a digit or an "@" among them.
  ///
  /// - "SUP-1182" is "sup1182": signs between a letter and a digit or between letters are left out.
  /// - "2.4.1", "14:30" and "2024-05-08" keep theirs, and so does an address with "@"; "v2.4.1" is "2.4.1" as well.
  /// - "00:1A:2B:3C:4D:5E" is "001a2b3c4d5e".
  mutating func emitWhole(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>, _ all: ByteClass
  ) {
    func isDigit(_ i: Int) -> Bool { ByteClass.table[Int(bytes[i])] == .digit }
    if all.contains(.joiner) || all.contains(.other) || all.contains(.apostrophe) {
      return add(TermHash.of(bytes[place]), place)
    }
    let isAddress = Self.isHardwareAddress(bytes[place])
    if !isAddress, !all.contains(.letter) { return add(TermHash.of(bytes[place]), place) }
    var hash = TermHash.start
    var keepsSigns = false
    for i in place {
      if ByteClass.table[Int(bytes[i])] == .joiner {
        let isInNumber = isDigit(i - 1) && isDigit(i + 1) && ".:".utf8.contains(bytes[i])
        if isAddress || !isInNumber { continue }
        keepsSigns = true
      }
      hash = TermHash.adding(bytes[i], to: hash)
    }
    add(TermHash.finished(hash), place)
    guard keepsSigns, let digit = place.first(where: isDigit), digit - place.lowerBound <= 3,
      digit > place.lowerBound, bytes[digit..<place.upperBound].allSatisfy(Self.isDigitOrDot)
    else { return }
    addExtra(TermHash.of(bytes[digit..<place.upperBound]), digit..<place.upperBound)
  }

  private static func isDigitOrDot(_ byte: UInt8) -> Bool {
    ByteClass.table[Int(byte)] == .digit || byte == UInt8(ascii: ".")
  }

  /// Six pairs of hexadecimal digits, or three fours.
  private static func isHardwareAddress(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard bytes.count == 17 || bytes.count == 14 else { return false }
    let size = bytes.count == 17 ? 2 : 4
    return bytes.enumerated().allSatisfy { n, byte in
      (n + 1) % (size + 1) == 0 ? ByteClass.table[Int(byte)] == .joiner : isHexadecimal(byte)
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    ByteClass.table[Int(byte)] == .digit || byte &- UInt8(ascii: "a") < 6
  }

  /// What else a word with a digit in it is found by: "E401" by "e" and "401", "0x80070057" by "80070057", a card's
  /// number by its last four digits, the first group of an IBAN by the whole of it.
  mutating func emitParts(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) {
    let word = bytes[place]
    let isNumber = word.allSatisfy { ByteClass.table[Int($0)] == .digit }
    if isNumber {
      if (12...19).contains(word.count) {
        let end = place.upperBound - 4..<place.upperBound
        addExtra(TermHash.of(bytes[end]), end)
      }
      return
    }
    if word.count > 3, word.starts(with: "0x".utf8),
      word.dropFirst(2).allSatisfy(Self.isHexadecimal)
    {
      let rest = place.lowerBound + 2..<place.upperBound
      return addExtra(TermHash.of(bytes[rest]), rest)
    }
    if place.count == 4 { emitAccount(bytes, place) }
    guard (3...24).contains(place.count) else { return }
    let isDigit = { (i: Int) in ByteClass.table[Int(bytes[i])] == .digit }
    let borders = place.dropFirst().filter { isDigit($0) != isDigit($0 - 1) }
    guard borders.count == 1 else { return }
    for part in [place.lowerBound..<borders[0], borders[0]..<place.upperBound] {
      let hash = TermHash.of(bytes[part])
      addExtra(isDigit(part.lowerBound) ? hash : term(of: bytes[part], hash), part)
    }
  }

  /// "DE89 3704 0044 0532 0130 00" is "de89370400440532013000" as well: groups of four after the country's letters and
  /// two digits, the last one shorter at times. The second may be a bank's letters.
  private mutating func emitAccount(_ bytes: UnsafeBufferPointer<UInt8>, _ first: Range<Int>) {
    func isDigit(_ i: Int) -> Bool { ByteClass.table[Int(bytes[i])] == .digit }
    let start = first.lowerBound
    guard !isDigit(start), !isDigit(start + 1), isDigit(start + 2), isDigit(start + 3) else {
      return
    }
    var hash = bytes[first].reduce(TermHash.start) { TermHash.adding($1, to: $0) }
    var (count, end, groups) = (4, first.upperBound, 1)
    while end + 1 < bytes.count, bytes[end] == UInt8(ascii: " "), count < 34 {
      var next = end + 1
      while next < bytes.count, ByteClass.table[Int(bytes[next])].isWord { next += 1 }
      let group = end + 1..<next
      guard (1...4).contains(group.count), groups == 1 || group.contains(where: isDigit) else {
        break
      }
      hash = bytes[group].reduce(hash) { TermHash.adding($1, to: $0) }
      (count, end, groups) = (count + group.count, next, groups + 1)
      if group.count < 4 { break }
    }
    if count >= 15 { addExtra(TermHash.finished(hash), start..<end) }
  }

  /// "C++" and "C#" are names of their own: the end of one that begins with these letters.
  static func endOfLanguageName(
    _ bytes: UnsafeBufferPointer<UInt8>, _ letters: Range<Int>
  ) -> Int? {
    guard letters.count <= 2 else { return nil }
    let end = letters.upperBound
    func isEnd(_ i: Int) -> Bool { i >= bytes.count || !ByteClass.table[Int(bytes[i])].isWord }
    if end < bytes.count, bytes[end] == UInt8(ascii: "#"), isEnd(end + 1) { return end + 1 }
    if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "+"), bytes[end + 1] == UInt8(ascii: "+"),
      isEnd(end + 2)
    {
      return end + 2
    }
    return nil
  }

  /// The halves of a German compound.
  mutating func emitHalves(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) {
    guard place.count >= 9 else { return }
    for half in GermanCompounds.halves(of: Array(bytes[place])) {
      addExtra(term(of: half, TermHash.of(half)), place)
    }
  }
}
