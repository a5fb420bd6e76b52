// When two spellings name one customer: an address in another case, a telephone number with spaces.

/// The text by which values of metadata are compared; what was given is kept and shown.
enum IdentityForm {
  /// E-mail addresses in lower case; under a key that speaks of telephones, or after a `+`, the digits of a number without
  /// the `+` or `00` in front. Anything else as it is.
  static func of(_ key: String, _ text: String) -> ExactText {
    if let digits = digits(text), text.utf8.first == UInt8(ascii: "+") || isTelephone(key) {
      return ExactText(digits)
    }
    return ExactText(isAddress(text) ? text.lowercased() : text)
  }

  /// One `@` with something on both sides, and no white space.
  private static func isAddress(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.allSatisfy { $0 > 0x20 && $0 != 0x7F }
      }
  }

  /// The number's own digits, at least five; nil where it holds more than digits and what people put between them.
  private static func digits(_ text: String) -> String? {
    var digits: [UInt8] = []
    for (place, scalar) in text.unicodeScalars.enumerated() {
      switch scalar {
      case "0"..."9": digits.append(UInt8(scalar.value))
      case "+" where place == 0: break
      case " ", "-", "(", ")", ".", "/", "\u{A0}", "\u{202F}", "\u{2011}", "\u{2013}": break
      default: return nil
      }
    }
    if text.utf8.first != UInt8(ascii: "+"), digits.starts(with: "00".utf8) {
      digits.removeFirst(2)
    }
    return digits.count >= 5 ? String(decoding: digits, as: UTF8.self) : nil
  }

  private static func isTelephone(_ key: String) -> Bool {
    let key = key.lowercased()
    return words.contains { key.contains($0) }
  }

  private static let words = [
    "phone", "telefon", "mobile", "movil", "msisdn", "whatsapp", "sms", "handy", "cell", "fax",
  ]
}
