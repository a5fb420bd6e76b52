// Names that a person cannot tell apart by looking at them: one declaration of characters, for the rule and for the schema.

extension AgentName {
  /// What is wrong with a name that looks like another one; nil where it says what it seems to say.
  ///
  /// Refused: characters that cannot be seen, spaces but U+0020, such at either end or two in a row, full-width forms,
  /// and letters of Latin, Greek and Cyrillic in one word.
  static func lookalike(_ name: String) -> String? {
    let scalars = name.unicodeScalars
    if scalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
      return "must not hold control characters"
    }
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return spaces(name) }
    for scalar in scalars where contains(refused, scalar) {
      return
        "must not hold U+\(String(scalar.value, radix: 16, uppercase: true)), which cannot be seen"
    }
    for word in scalars.split(whereSeparator: { contains(separators, $0) }) {
      let found = scripts.filter { script in word.contains { contains(script.letters, $0) } }
      if found.count > 1 {
        return "mixes letters of \(found.map(\.name).joined(separator: " and ")) that look alike"
      }
    }
    return spaces(name)
  }

  private static func spaces(_ name: String) -> String? {
    name.hasPrefix(" ") || name.hasSuffix(" ") || name.contains("  ")
      ? "must not begin or end with a space, or hold two in a row" : nil
  }

  /// Whether an agent of this name may come to be by its first use. Any other name is registered first: a typing error
  /// in it would be another agent.
  static func isPlain(_ name: String) -> Bool {
    (1...128).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: "-")
      }
  }

  // MARK: - The declaration

  typealias Characters = [ClosedRange<UInt32>]

  /// Control and formatting characters, spaces but U+0020, marks that most programs draw as nothing, private use of the
  /// first plane, and full-width forms of ASCII. Written down, so that every clone and every client refuses the same
  /// whatever its edition of Unicode. The private planes 15 and 16 are not among them: they are drawn as boxes, which can be
  /// seen, and clients that generate names from the schema go through ranges one character at a time.
  static let refused: Characters = [
    0x00...0x1F, 0x7F...0xA0, 0xAD...0xAD, 0x34F...0x34F, 0x600...0x605, 0x61C...0x61C,
    0x6DD...0x6DD, 0x70F...0x70F, 0x890...0x891, 0x8E2...0x8E2, 0x115F...0x1160,
    0x1680...0x1680, 0x17B4...0x17B5, 0x180B...0x180F, 0x2000...0x200F, 0x2028...0x202F,
    0x205F...0x206F, 0x3000...0x3000, 0x3164...0x3164, 0xE000...0xF8FF, 0xFDD0...0xFDEF,
    0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFF01...0xFF5E, 0xFFA0...0xFFA0, 0xFFF0...0xFFFB,
    0xFFFE...0xFFFF, 0x110BD...0x110BD, 0x110CD...0x110CD, 0x13430...0x1343F,
    0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0x1FFFE...0x1FFFF, 0x2FFFE...0x2FFFF,
    0x3FFFE...0x3FFFF, 0xE0000...0xE0FFF,
  ]

  /// What ends a word: ASCII but letters, signs of Latin-1, general punctuation.
  static let separators: Characters = [
    0x20...0x40, 0x5B...0x60, 0x7B...0x7E, 0xA1...0xA9, 0xAB...0xB4, 0xB6...0xB9, 0xBB...0xBF,
    0xD7...0xD7, 0xF7...0xF7, 0x2010...0x205E,
  ]

  /// The three scripts whose letters are drawn alike.
  static let scripts: [(name: String, letters: Characters)] = [
    (
      "Latin",
      [
        0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF,
      ]
    ),
    ("Greek", [0x370...0x3FF, 0x1F00...0x1FFF]),
    ("Cyrillic", [0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F]),
  ]

  private static func contains(_ ranges: Characters, _ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
  }

  /// The same rule as a regular expression of ECMA 262 with its flag `u`, as JSON Schema has them; Python's `re` reads
  /// it too.
  static let pattern: String = {
    let inWord = "[^\(text(separators))]*"
    let mixed = scripts.indices.map { i in
      let others = scripts.indices.filter { $0 != i }.flatMap { scripts[$0].letters }
      return "[\(text(scripts[i].letters))]\(inWord)[\(text(others))]"
    }
    return
      "^(?! )(?!.*(?: $|  ))(?!.*(?:\(mixed.joined(separator: "|"))))[^\(text(refused))]+$"
  }()

  private static func text(_ ranges: Characters) -> String {
    ranges.map { range in
      range.count == 1
        ? text(range.lowerBound) : "\(text(range.lowerBound))-\(text(range.upperBound))"
    }.joined()
  }

  /// Past the first plane a character stands for itself: no way to write its number is common to all.
  private static func text(_ value: UInt32) -> String {
    if value > 0xFFFF { return Unicode.Scalar(value).map { String(Character($0)) } ?? "" }
    let digits = String(value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
