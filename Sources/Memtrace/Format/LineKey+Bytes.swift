// Keys by their bytes, two words at a time: a line has ten of them.

/// What a key of ours looks like in compact JSON after its opening quote: name, quote, colon.
struct KeyPattern {
  private let first: UInt64
  private let firstMask: UInt64
  private let second: UInt64
  private let secondMask: UInt64
  /// Bytes of the pattern, 16 at most.
  let length: Int
  let key: LineKey

  init(_ key: LineKey) {
    var words: [UInt64] = [0, 0]
    var masks: [UInt64] = [0, 0]
    let bytes = Array("\(key.name)\":".utf8)
    for (i, byte) in bytes.enumerated() {
      words[i / 8] |= UInt64(byte) << UInt64(i % 8 * 8)
      masks[i / 8] |= 0xFF << UInt64(i % 8 * 8)
    }
    (first, second) = (words[0], words[1])
    (firstMask, secondMask) = (masks[0], masks[1])
    length = bytes.count
    self.key = key
  }

  /// Whether sixteen bytes, as two little-endian words, begin with this key.
  @inline(__always)
  func matches(_ first: UInt64, _ second: UInt64) -> Bool {
    first & firstMask == self.first && second & secondMask == self.second
  }
}

/// Finds keys by looking first at the one that came after the same key last time.
struct KeyTable {
  /// In the order of the keys' raw values.
  private let patterns = Self.patterns
  /// The guess for what follows each key; the last place stands for the start of a line.
  private var following: InlineArray<20, UInt8>
  private var previous = 19

  /// Made once and kept.
  private nonisolated(unsafe) static let patterns: UnsafePointer<KeyPattern> = {
    let patterns = UnsafeMutableBufferPointer<KeyPattern>.allocate(capacity: LineKey.allCases.count)
    _ = patterns.initialize(from: LineKey.allCases.map(KeyPattern.init))
    return UnsafePointer(patterns.baseAddress!)
  }()

  init() {
    following = InlineArray { UInt8($0 % 19) }
  }

  @inline(__always)
  mutating func startLine() { previous = 19 }

  /// The key that sixteen bytes begin with, and the length of its pattern.
  @inline(__always)
  mutating func find(_ first: UInt64, _ second: UInt64) -> (key: LineKey, length: Int)? {
    let guess = Int(following[previous])
    if patterns[guess].matches(first, second) {
      previous = guess
      return (patterns[guess].key, patterns[guess].length)
    }
    return search(first, second)
  }

  @inline(never)
  private mutating func search(
    _ first: UInt64, _ second: UInt64
  ) -> (key: LineKey, length: Int)? {
    for i in 0..<19 where patterns[i].matches(first, second) {
      following[previous] = UInt8(i)
      previous = i
      return (patterns[i].key, patterns[i].length)
    }
    return nil
  }
}

extension LineKey {
  /// The key with these bytes; nil for one that this version does not know.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let key = LineKey.allCases.first { key in
      let name = UnsafeBufferPointer(start: key.name.utf8Start, count: key.name.utf8CodeUnitCount)
      return name.elementsEqual(bytes)
    }
    guard let key else { return nil }
    self = key
  }
}
