// The words of a text that a reader cannot guess: identifiers, dates, amounts, names.

/// What losing a word would cost, by its look alone, so in any language.
enum TextValues {
  enum Kind: Int {
    /// No value.
    case word
    /// Begins with a capital where no sentence does, or joins words with `_` or `@`.
    case name
    case number
    case date
    /// Letters and digits, or digits in several groups: order numbers, error codes, telephone numbers.
    case code

    var weight: Double {
      switch self {
      case .word: 0.35
      case .name: 0.8
      case .number: 0.7
      case .date: 1.6
      case .code: 3
      }
    }
  }

  /// Calls with the hash of each word, in small letters, and what it is.
  static func scan(_ bytes: ArraySlice<UInt8>, _ body: (UInt64, Kind) -> Void) {
    bytes.withUnsafeBufferPointer { scan($0, body) }
  }

  private static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt64, Kind) -> Void
  ) {
    var at = 0
    var isFirst = true
    while at < bytes.count {
      guard isInside(bytes[at]) else {
        at += 1
        continue
      }
      let start = at
      while at < bytes.count, isInside(bytes[at]) || isJoint(bytes[at]) { at += 1 }
      var end = at
      while end > start, isJoint(bytes[end - 1]) { end -= 1 }
      word(bytes, start..<end, isFirst: isFirst, body)
      isFirst = false
    }
  }

  private static func word(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, isFirst: Bool,
    _ body: (UInt64, Kind) -> Void
  ) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var (digits, letters, marks, dashes) = (0, 0, 0, 0)
    for at in range {
      var byte = bytes[at]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        byte |= 0x20
        letters += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...: letters += 1
      case UInt8(ascii: "_"), UInt8(ascii: "@"): marks += 1
      case UInt8(ascii: "-"), UInt8(ascii: "/"): dashes += 1
      default: break
      }
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[range.lowerBound])
    let kind: Kind
    if digits >= 6, dashes == 2, digits >= letters * 4 {
      kind = .date
    } else if digits > 0, letters > 0 || marks > 0 || dashes > 1 || digits >= 7 {
      kind = .code
    } else if digits > 1 {
      kind = .number
    } else if marks > 0, letters > 0 {
      kind = .name
    } else {
      kind = isCapital && !isFirst && letters > 2 ? .name : .word
    }
    body(hash, kind)
  }

  private static func isInside(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte >= 0x80
      || byte == UInt8(ascii: "_")
  }

  /// Stands between the characters of one value.
  private static func isJoint(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "#"):
      true
    default: false
    }
  }
}
