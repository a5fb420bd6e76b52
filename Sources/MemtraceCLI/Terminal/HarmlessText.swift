// Text from anywhere, made safe to print: no escape reaches the terminal, nothing invisible deceives.

/// Control characters become their pictures (`␛`), and invisible ones that steer the direction or hide
/// text become `\u{202E}`. Line feeds and tabs stay; joiners that scripts and emoji need stay too.
func harmless(_ text: String) -> String {
  if text.utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A || $0 == 0x09 }) { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if scalar == "\n" || scalar == "\t" {
      result.append(scalar)
    } else {
      appendHarmless(scalar, to: &result)
    }
  }
  return String(result)
}

/// The same on one line: each line break and each tab becomes a space.
func harmlessLine(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
  var result = String.UnicodeScalarView()
  var followsReturn = false
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n" where followsReturn: break
    case "\n", "\r", "\t", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": result.append(" ")
    default: appendHarmless(scalar, to: &result)
    }
    followsReturn = scalar == "\r"
  }
  return String(result)
}

private func appendHarmless(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
  switch scalar.value {
  case 0x00..<0x20:
    if let picture = Unicode.Scalar(0x2400 + scalar.value) { result.append(picture) }
  case 0x20..<0x7F: result.append(scalar)
  case 0x7F: result.append("\u{2421}")
  default:
    if scalar.isDeceptive {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      result.append(contentsOf: "\\u{\(digits)}".unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
}

extension Unicode.Scalar {
  /// Upper-half controls, line and paragraph separators, direction controls and what has no look of
  /// its own, but for the two joiners.
  fileprivate var isDeceptive: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format:
      (properties.isDefaultIgnorableCodePoint || properties.isBidiControl || isAnnotation)
        && value != 0x200C && value != 0x200D
    default: false
    }
  }

  /// Interlinear annotation, which hides text between its marks.
  private var isAnnotation: Bool { (0xFFF9...0xFFFB).contains(value) }
}
