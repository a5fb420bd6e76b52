// Makes spellings alike that people hold for the same: case, accents, width, ligatures.

/// Folds text to the form that is searched: full case folding, Latin and Greek letters without their marks,
/// full-width forms as plain ones, every other sign that is no letter, mark or number as a space.
struct TextFolding {
  /// What was folded last, as UTF-8.
  private(set) var bytes: [UInt8] = []
  /// Where the later parts of names in camel case begin in it ("NullPointerException": 4 and 11), ascending.
  private(set) var humps: [Int] = []
  private var known: [Unicode.Scalar: [UInt8]] = [:]

  mutating func fold(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    humps.removeAll(keepingCapacity: true)
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
    if !isASCII { foldScalars(text) } else { findHumps(text) }
  }

  /// Of ASCII text, whose places are those of the folded bytes.
  private mutating func findHumps(_ text: UnsafeBufferPointer<UInt8>) {
    // Whether a capital stands after a small letter, or before one and after a capital.
    var (before, previous) = (UInt8(0), UInt8(0))
    var hasHump = false
    for byte in text {
      let isAfterSmall = byte &- 0x41 < 26 && previous &- 0x61 < 26
      let isLast = byte &- 0x61 < 26 && previous &- 0x41 < 26 && before &- 0x41 < 26
      hasHump = hasHump || isAfterSmall || isLast
      (before, previous) = (previous, byte)
    }
    guard hasHump else { return }
    for i in text.indices.dropFirst() where Self.isHump(text, i) { humps.append(i) }
  }

  /// A capital after a small letter, or the last of several before two small ones ("HTTPServer").
  private static func isHump(_ text: UnsafeBufferPointer<UInt8>, _ i: Int) -> Bool {
    func isUpper(_ i: Int) -> Bool { i < text.count && text[i] &- 0x41 < 26 }
    func isLower(_ i: Int) -> Bool { i < text.count && text[i] &- 0x61 < 26 }
    guard isUpper(i) else { return false }
    return isLower(i - 1) || isUpper(i - 1) && isLower(i + 1) && isLower(i + 2)
  }

  private mutating func foldScalars(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    var previous: UInt8 = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        let byte = UInt8(scalar.value)
        let isUpper = byte &- 0x41 < 26
        if isUpper, previous &- 0x61 < 26 { humps.append(bytes.count) }
        bytes.append(isUpper ? byte | 0x20 : byte)
        previous = byte
        continue
      }
      previous = 0
      if (0xFF9E...0xFF9F).contains(scalar.value) {
        voiceLast(scalar.value == 0xFF9E ? 1 : 2)
      } else if let folded = known[scalar] {
        bytes.append(contentsOf: folded)
      } else {
        let folded = Array(Self.folded(scalar).utf8)
        known[scalar] = folded
        bytes.append(contentsOf: folded)
      }
    }
  }

  /// Half-width katakana carry their sound marks behind them: "ｶﾞ" is "ガ", the code after "カ".
  private mutating func voiceLast(_ distance: UInt8) {
    guard bytes.count > 2, bytes[bytes.count - 3] == 0xE3, bytes[bytes.count - 2] >= 0x82 else {
      return
    }
    let last = UInt16(bytes[bytes.count - 2]) << 6 | UInt16(bytes[bytes.count - 1] & 0x3F)
    let voiced = last + UInt16(distance)
    bytes[bytes.count - 2] = UInt8(truncatingIfNeeded: voiced >> 6)
    bytes[bytes.count - 1] = UInt8(voiced & 0x3F) | 0x80
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
    case 0x130, 0x131: return "i"  // Turkish, which as often is written without its dots
    case 0x1F3FB...0x1F3FF: return ""  // shades of skin
    case 0x640: return ""  // Arabic tatweel only stretches a line
    case 0x622, 0x623, 0x625, 0x671: return "\u{627}"  // alef, whatever hamza it carries
    case 0x624: return "\u{648}"
    case 0x626, 0x649, 0x6CC: return "\u{64A}"
    case 0x629: return "\u{647}"
    case 0x6A9: return "\u{643}"
    case 0xFF66...0xFF9D: return String(halfWidthKana[Int(scalar.value - 0xFF66)])
    case 0x451, 0x401: return "е"  // Cyrillic io, written as ie as often as not
    default: break
    }
    let properties = scalar.properties
    guard
      properties.isAlphabetic || properties.numericType != nil
        || [.nonspacingMark, .spacingMark].contains(properties.generalCategory)
    else { return properties.isEmojiPresentation || isPictograph(scalar) ? String(scalar) : " " }
    if properties.numericType == .decimal, let value = properties.numericValue {
      return String(Int(value))
    }
    let lower = properties.uppercaseMapping.lowercased()
    guard lower.unicodeScalars.count == 1, let letter = lower.unicodeScalars.first, !letter.isASCII
    else { return lower }
    return withoutMarks(letter) ?? lower
  }

  /// Signs that people write for a word: "☎" is no letter, but can be looked for.
  static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2600...0x27BF, 0x1F000...0x1FAFF: scalar.properties.isEmoji
    default: false
    }
  }

  private static let halfWidthKana = Array(
    "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン")

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
