// Unicode's canonical composition, from the standard library's own tables.

@_spi(_Unicode) import Swift

extension AgentName {
  /// The text in NFC (Unicode Standard Annex 15). The standard library compares by it and keeps it behind an
  /// underscore; the public spelling is in full Foundation, which would double the start-up of every command.
  static func composed(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var composed = String.UnicodeScalarView()
    for scalar in text._nfc { composed.append(scalar) }
    return String(composed)
  }
}
