// The shape of one published format of keys: fixed text, and runs of a set of characters.

internal import Glibc

/// Written as `ghp_{w36}`: text, and in braces a set (`ByteSet.named`) with how many of it: `{d4}`, `{u27-300}`. `{uuid}`
/// stands for one.
struct SecretPattern: Sendable {
  enum Part: Sendable {
    case text([UInt8])
    case run(ByteSet, ClosedRange<Int>)
  }

  let parts: [Part]
  /// All that its runs hold at least.
  let least: Int

  init(_ written: String) {
    var parts: [Part] = []
    var rest = Array(written.utf8)[...]
    while let first = rest.first {
      if first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
        parts += Self.run(rest[(rest.startIndex + 1)..<end])
        rest = rest[(end + 1)...]
      } else {
        let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "{")) ?? rest.endIndex
        parts.append(.text(Array(rest[..<end])))
        rest = rest[end...]
      }
    }
    self.init(parts: parts)
  }

  /// What stands between two braces.
  private static func run(_ written: ArraySlice<UInt8>) -> [Part] {
    guard let first = written.first, let set = ByteSet.named[first], written.count > 1 else {
      return []
    }
    if written.elementsEqual("uuid".utf8) { return uuid }
    var bounds = [0]
    for byte in written.dropFirst() {
      if byte == UInt8(ascii: "-") {
        bounds.append(0)
      } else {
        bounds[bounds.count - 1] = bounds[bounds.count - 1] * 10 + Int(byte & 15)
      }
    }
    return [.run(set, bounds[0]...bounds[bounds.count - 1])]
  }

  private static let uuid = SecretPattern("{x8}-{x4}-{x4}-{x4}-{x12}").parts

  init(parts: [Part]) {
    self.parts = parts
    least = parts.reduce(0) { sum, part in
      if case .run(_, let bounds) = part { return sum + bounds.lowerBound }
      return sum
    }
  }

  /// The text with which it begins; empty where that is a run.
  var prefix: [UInt8] {
    if case .text(let text)? = parts.first { return text }
    return []
  }

  /// Where it ends, if it stands here whole, and what its runs hold looks drawn by chance.
  func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let end = end(in: bytes, at: start, part: 0) else { return nil }
    return isRandom(bytes, start..<end) ? end : nil
  }

  private func end(in bytes: UnsafeBufferPointer<UInt8>, at start: Int, part: Int) -> Int? {
    guard part < parts.count else {
      return start < bytes.count && bytes[start].isLetterOrDigit ? nil : start
    }
    switch parts[part] {
    case .text(let text):
      guard start + text.count <= bytes.count else { return nil }
      for place in 0..<text.count where bytes[start + place] != text[place] { return nil }
      return end(in: bytes, at: start + text.count, part: part + 1)
    case .run(let set, let bounds):
      var (place, count) = (start, 0)
      while place < bytes.count, count < bounds.upperBound {
        if set.contains(bytes[place]) {
          place += 1
          count += 1
        } else if count >= 4, count < bounds.lowerBound,
          let next = Self.afterBreak(bytes, place), next < bytes.count, set.contains(bytes[next])
        {
          // A long key that a mail or a terminal has broken.
          place = next
        } else {
          break
        }
      }
      guard count >= bounds.lowerBound else { return nil }
      // Only where the following text could stand inside of the run a shorter one may fit.
      let mayShorten =
        if part + 1 < parts.count, case .text(let text) = parts[part + 1] {
          set.contains(text[0])
        } else { false }
      while true {
        if let end = end(in: bytes, at: place, part: part + 1) { return end }
        guard mayShorten, count > bounds.lowerBound else { return nil }
        place -= 1
        count -= 1
      }
    }
  }

  /// After one line break and the white space around it.
  private static func afterBreak(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int? {
    var (next, breaks) = (place, 0)
    while next < bytes.count, next < place + 6, bytes[next] <= 0x20 {
      if bytes[next] == 0x0A { breaks += 1 }
      next += 1
    }
    return breaks == 1 ? next : nil
  }

  /// Keys are random; `ghp_xxxxxxxx` and `sk_live_YOUR_KEY_EXAMPLE` are documentation. Shannon entropy of the letters,
  /// in bits a character.
  private func isRandom(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    guard least >= 12 else { return true }
    let body = UnsafeBufferPointer(
      rebasing: bytes[(range.lowerBound + prefix.count)..<range.upperBound])
    for word in Self.samples where body.containsFolded(word) { return false }
    return entropy(of: body) >= 2.3
  }

  private static let samples = ["example", "xxxxxx", "your_", "your-", "......"].map {
    Array($0.utf8)
  }
}

/// Bits a character.
func entropy(of bytes: UnsafeBufferPointer<UInt8>) -> Double {
  guard !bytes.isEmpty else { return 0 }
  return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 256) { counts in
    counts.initialize(repeating: 0)
    for byte in bytes { counts[Int(byte)] &+= 1 }
    let total = Double(bytes.count)
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / total
      return sum - share * log2(share)
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isCapital: Bool { self >= 0x41 && self <= 0x5A }
  var isSmall: Bool { self >= 0x61 && self <= 0x7A }
  var isLetter: Bool { isSmall || isCapital }
  var isLetterOrDigit: Bool { isLetter || isDigit }
  /// A capital as the small letter.
  var folded: UInt8 { isCapital ? self | 0x20 : self }
}

extension UnsafeBufferPointer<UInt8> {
  /// - Parameter word: in small letters.
  func containsFolded(_ word: [UInt8]) -> Bool {
    guard count >= word.count else { return false }
    return (0...(count - word.count)).contains { start in
      word.indices.allSatisfy { self[start + $0].folded == word[$0] }
    }
  }
}
