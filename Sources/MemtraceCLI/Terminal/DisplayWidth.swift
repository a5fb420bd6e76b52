// How many columns text takes on a terminal.

extension String {
  /// Columns: 2 for East Asian wide characters and emoji, 0 for combining marks.
  var displayWidth: Int {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
    return reduce(0) { $0 + $1.displayWidth }
  }

  /// At most this many columns; what does not fit gives way to `…`.
  func cut(to width: Int) -> String {
    guard displayWidth > width else { return self }
    var kept = ""
    var columns = 0
    for character in self {
      columns += character.displayWidth
      if columns > width - 1 { break }
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return width > 0 ? kept + "…" : ""
  }

  /// Filled with spaces to this many columns.
  func padded(to width: Int, right: Bool = false) -> String {
    let filler = String(repeating: " ", count: max(0, width - displayWidth))
    return right ? filler + self : self + filler
  }
}

extension Character {
  /// An emoji sequence is drawn as one, in two columns; elsewhere the columns of the parts add up.
  var displayWidth: Int {
    let isEmoji = unicodeScalars.contains { $0.properties.isEmojiPresentation || $0 == "\u{FE0F}" }
    return isEmoji ? 2 : unicodeScalars.reduce(0) { $0 + $1.columns }
  }
}

extension Unicode.Scalar {
  fileprivate var columns: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: 0
    default: isMedialJamo ? 0 : isWide ? 2 : 1
    }
  }

  /// Vowels and finals of conjoining Hangul, drawn into the block of their initial.
  private var isMedialJamo: Bool {
    (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value)
  }

  private var isWide: Bool {
    value >= 0x1100 && Self.wide.contains { $0.contains(value) }
  }

  /// East_Asian_Width W and F of Unicode 14 but for emoji, joined across unassigned code points.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF,
    0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB,
    0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]
}
