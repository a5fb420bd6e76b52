// The characters that HTML writes by name or number.

enum Entities {
  /// An entity that is none stays as it is.
  static func decoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...]
      let name = rest.dropFirst().prefix(12).prefix { $0 != ";" && !$0.isWhitespace && $0 != "&" }
      if rest[name.endIndex...].first == ";", let character = character(name) {
        result.append(character)
        rest = rest[name.endIndex...].dropFirst()
      } else {
        result.append("&")
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }

  private static func character(_ name: Substring) -> Character? {
    guard name.first == "#" else { return named[String(name)] }
    let digits = name.dropFirst()
    let number =
      digits.first?.lowercased() == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map(Character.init)
  }

  private static let named: [String: Character] = {
    var all: [String: Character] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "hellip": "…",
      "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“",
      "rdquo": "”", "bdquo": "„", "laquo": "«", "raquo": "»", "euro": "€", "pound": "£",
      "yen": "¥", "cent": "¢", "copy": "©", "reg": "®", "trade": "™", "deg": "°", "middot": "·",
      "bull": "•", "times": "×", "divide": "÷", "plusmn": "±", "para": "¶", "sect": "§",
      "frac12": "½", "frac14": "¼", "iexcl": "¡", "iquest": "¿", "ordf": "ª", "ordm": "º",
      "shy": "\u{AD}", "zwj": "\u{200D}", "zwnj": "\u{200C}", "szlig": "ß", "oelig": "œ",
      "OElig": "Œ", "larr": "←", "rarr": "→", "check": "✓",
    ]
    // Latin letters with their marks stand in Latin-1 in a fixed order.
    let letters = [
      "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
      "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
      "Ocirc", "Otilde", "Ouml", "", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
      "THORN",
    ]
    for (place, name) in letters.enumerated() where !name.isEmpty {
      all[name] = Unicode.Scalar(UInt32(0xC0 + place)).map(Character.init)
      let small =
        name.hasPrefix("AE")
        ? "aelig"
        : name == "ETH"
          ? "eth"
          : name == "THORN"
            ? "thorn"
            : name.prefix(1).lowercased() + name.dropFirst()
      all[small] = Unicode.Scalar(UInt32(0xE0 + place)).map(Character.init)
    }
    return all
  }()
}
