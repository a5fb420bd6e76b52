// Numbers of payment cards: the check digit (Luhn, ISO/IEC 7812-1), the ranges that issuers have, how people group them.

enum CardNumber {
  /// How sure the range is of itself.
  private enum Range {
    /// A card's for certain, so grouping or a bare number of its usual length is enough.
    case common
    /// Used by others too: only with a word.
    case rare
  }

  /// Where a card's number ends that begins here, at a digit with none before it.
  /// - Parameters:
  ///   - hasWord: a card is spoken of shortly before.
  ///   - isReference: what stands before says that it is a number of another kind.
  static func end(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, hasWord: Bool, isReference: () -> Bool
  ) -> Int? {
    var digits: [UInt8] = []
    var groups: [Int] = []
    var (place, group) = (start, 0)
    var best: Int?
    while place < bytes.count, digits.count < 19 {
      if bytes[place].isDigit {
        digits.append(bytes[place] - 0x30)
        group += 1
        place += 1
        let isLast = place == bytes.count || !bytes[place].isLetterOrDigit
        if isLast {
          groups.append(group)
          if digits.count >= 12, isCard(digits, groups, hasWord: hasWord, isReference: isReference)
          {
            best = place
          }
          group = 0
        }
        continue
      }
      guard group == 0, let next = afterSeparator(bytes, place) else { break }
      place = next
    }
    return best
  }

  /// Whether twelve digits follow, with no more between them than separators: what most numbers fail at.
  static func mayBegin(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    var (place, digits, others) = (start, 0, 0)
    while place < bytes.count {
      if bytes[place].isDigit {
        digits += 1
        others = 0
        if digits == 12 { return true }
      } else {
        others += 1
        if others > 3 || bytes[place] > 0x2F && bytes[place] != 0x5F { return false }
      }
      place += 1
    }
    return false
  }

  /// One space, hyphen or point, or a line break.
  static func afterSeparator(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int? {
    var next = place
    switch bytes[place] {
    case 0x20, 0x2D, 0x2E, 0x2F, 0x5F, 0x09: next += 1
    case 0x0D where place + 1 < bytes.count && bytes[place + 1] == 0x0A: next += 2
    case 0x0A: next += 1
    default: return nil
    }
    // A line break may have a space beside it.
    while next < bytes.count, next < place + 3, bytes[next] == 0x20 || bytes[next] == 0x0A {
      next += 1
    }
    return next < bytes.count && bytes[next].isDigit ? next : nil
  }

  private static func isCard(
    _ digits: [UInt8], _ groups: [Int], hasWord: Bool, isReference: () -> Bool
  ) -> Bool {
    guard let range = range(digits), isLuhn(digits), Set(digits).count > 1 else { return false }
    if hasWord { return true }
    if range == .rare { return false }
    if groups.count == 1 {
      // Bare: the usual lengths only. Barcodes have 13 digits, times and numbers of parcels more.
      return (digits.count == 16 || (digits.count == 15 && digits[0] == 3)) && !isReference()
    }
    return usualGroups.contains(groups) || groups.allSatisfy { $0 == 1 }
      || groups.dropLast().allSatisfy { $0 == 4 } && digits.count >= 15
  }

  private static let usualGroups: [[Int]] = [
    [4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [4, 4, 4, 4, 3], [4, 4, 4, 1], [8, 8], [6, 13], [6, 10],
    [4, 5, 6], [4, 4, 4, 3],
  ]

  private static func range(_ digits: [UInt8]) -> Range? {
    func first(_ count: Int) -> Int { digits[0..<count].reduce(0) { $0 * 10 + Int($1) } }
    let count = digits.count
    let (two, three, four) = (first(2), first(3), first(4))
    switch digits[0] {
    case 4: return [13, 16, 19].contains(count) ? .common : nil
    case 5 where (51...55).contains(two): return count == 16 ? .common : nil
    case 2 where (2_221...2_720).contains(four): return count == 16 ? .common : nil
    case 2 where (2_200...2_204).contains(four): return (16...19).contains(count) ? .common : nil
    case 3 where two == 34 || two == 37: return count == 15 ? .common : nil
    case 3
    where (300...305).contains(three) || two == 36 || two == 38 || two == 39 || four == 3_095:
      return (14...19).contains(count) ? .common : nil
    case 3 where (3_528...3_589).contains(four): return (16...19).contains(count) ? .common : nil
    case 6 where four == 6_011 || (644...649).contains(three) || two == 65:
      return (16...19).contains(count) ? .common : nil
    case 6 where two == 62: return (16...19).contains(count) ? .common : nil
    case 6 where [6_304, 6_759, 6_761, 6_762, 6_763].contains(four): return .common
    case 5 where [5_018, 5_020, 5_038, 5_893].contains(four): return .common
    case 9 where four == 9_792: return count == 16 ? .common : nil
    case 1: return count == 15 ? .rare : nil
    case 5, 6, 8: return .rare
    default: return nil
    }
  }

  /// From the right, each second digit doubled.
  static func isLuhn(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
    var (sum, isSecond) = (0, false)
    for digit in digits.reversed() {
      let value = Int(digit) * (isSecond ? 2 : 1)
      sum += value > 9 ? value - 9 : value
      isSecond.toggle()
    }
    return sum % 10 == 0
  }
}
