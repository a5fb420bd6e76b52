// Names that a person cannot tell apart by looking at them.

extension AgentName {
  /// What is wrong with a name that looks like another one; nil where it says what it seems to say.
  ///
  /// Refused: control and formatting characters (bidirectional marks, zero-width joiners), spaces but U+0020, such at
  /// either end or two in a row, full-width forms, and letters of Latin, Greek and Cyrillic in one word.
  static func lookalike(_ name: String) -> String? {
    let scalars = name.unicodeScalars
    if scalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
      return "must not hold control characters"
    }
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return spaces(name) }
    for scalar in scalars where !isVisible(scalar) {
      return
        "must not hold U+\(String(scalar.value, radix: 16, uppercase: true)), which cannot be seen"
    }
    for word in scalars.split(whereSeparator: { !$0.properties.isAlphabetic }) {
      let scripts = Set(word.compactMap(script))
      if scripts.count > 1 {
        return "mixes letters of \(scripts.sorted().joined(separator: " and ")) that look alike"
      }
    }
    return spaces(name)
  }

  private static func spaces(_ name: String) -> String? {
    name.hasPrefix(" ") || name.hasSuffix(" ") || name.contains("  ")
      ? "must not begin or end with a space, or hold two in a row" : nil
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      false
    case .spaceSeparator: scalar == " "
    default:
      !(0xFF01...0xFF5E).contains(scalar.value) && !scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// The three scripts whose letters are drawn alike.
  private static func script(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: "Latin"
    case 0x370...0x3FF, 0x1F00...0x1FFF: "Greek"
    case 0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F: "Cyrillic"
    default: nil
    }
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
}
