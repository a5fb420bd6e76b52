// A set of small numbers.

/// Which of 0..<n are in; nothing is held while none is.
struct Bits: Sendable {
  private var words: [UInt64] = []
  private(set) var count = 0

  @inline(__always)
  func contains(_ number: Int) -> Bool {
    let word = number >> 6
    return word < words.count && words[word] >> UInt64(number & 63) & 1 == 1
  }

  /// - Returns: false where it is in already.
  @discardableResult
  mutating func insert(_ number: Int) -> Bool {
    guard !contains(number) else { return false }
    let word = number >> 6
    if word >= words.count { words += Array(repeating: 0, count: word + 1 - words.count) }
    words[word] |= 1 << UInt64(number & 63)
    count += 1
    return true
  }

  /// Ascending.
  var numbers: [Int] {
    words.indices.flatMap { word in
      (0..<64).filter { words[word] >> UInt64($0) & 1 == 1 }.map { word << 6 | $0 }
    }
  }
}
