// Makes spellings alike that people hold for the same: case, accents, width, ligatures.

/// Folds text to the form that is searched: full case folding, Latin and Greek letters without their marks,
/// full-width forms as plain ones, every other sign that is no letter, mark or number as a space.
struct TextFolding {
  /// What was folded last, as UTF-8.
  private(set) var bytes: [UInt8] = []
  private var known: [Unicode.Scalar: [UInt8]] = [:]

  mutating func fold(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    let isASCII = bytes.withUnsafeMutableBufferPointer { buffer in
      var all: UInt8 = 0
      for i in buffer.indices {
        let byte = buffer[i]
        all |= byte
        let isUpper = byte &- 0x41 < 26
        buffer[i] = isUpper ? byte | 0x20 : byte
      }
      return all < 0x80
    }
    if !isASCII { foldScalars(text) }
  }

  private mutating func foldScalars(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        let byte = UInt8(scalar.value)
        bytes.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
      } else if let folded = known[scalar] {
        bytes.append(contentsOf: folded)
      } else {
        let folded = Array(Self.folded(scalar).utf8)
        known[scalar] = folded
        bytes.append(contentsOf: folded)
      }
    }
  }

  /// One scalar that is not ASCII.
  static func folded(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x300...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F,
      0x591...0x5C7, 0x610...0x61A, 0x64B...0x65F, 0x200B...0x200F, 0xFE00...0xFE0F, 0xAD:
      return ""  // combining marks, vowel points, what has no width
    case 0x2018, 0x2019, 0x2BC: return "'"
    case 0x2010...0x2015, 0x2212: return "-"
    case 0xFF01...0xFF5E: return String(Unicode.Scalar(UInt8(scalar.value - 0xFEE0))).lowercased()
    case 0x451, 0x401: return "е"  // Cyrillic io, written as ie as often as not
    default: break
    }
    let properties = scalar.properties
    guard
      properties.isAlphabetic || properties.numericType != nil
        || [.nonspacingMark, .spacingMark].contains(properties.generalCategory)
    else { return " " }
    if properties.numericType == .decimal, let value = properties.numericValue {
      return String(Int(value))
    }
    let lower = properties.uppercaseMapping.lowercased()
    guard lower.unicodeScalars.count == 1, let letter = lower.unicodeScalars.first, !letter.isASCII
    else { return lower }
    return withoutMarks(letter) ?? lower
  }

  /// The letter that the scalar's Unicode name gives before "WITH": "LATIN SMALL LETTER E WITH ACUTE".
  private static func withoutMarks(_ scalar: Unicode.Scalar) -> String? {
    guard let name = scalar.properties.name else { return nil }
    let words = name.split(separator: " ")
    guard words.count >= 4, words[1] == "SMALL", words[2] == "LETTER" || words[2] == "LIGATURE"
    else { return nil }
    switch words[0] {
    case "LATIN":
      if words[3] == "DOTLESS", words.count > 4 { return words[4].lowercased() }
      return words[3].utf8.count <= 2 ? words[3].lowercased() : nil
    case "GREEK":
      return words.count > 4 && words[4] == "WITH" ? greek[String(words[3])] : nil
    default: return nil
    }
  }

  private static let greek = [
    "ALPHA": "α", "EPSILON": "ε", "ETA": "η", "IOTA": "ι", "OMICRON": "ο", "UPSILON": "υ",
    "OMEGA": "ω", "RHO": "ρ",
  ]
}
