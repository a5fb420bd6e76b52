// The few colours, each by what it means.

/// A meaning that colour can support; the text says it too.
enum Style: String {
  case heading = "1"
  case failure = "1;31"
  case hint = "36"
}

extension Screen {
  /// The text in a style, or as it is where there is no colour.
  func styled(_ text: String, _ style: Style) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
