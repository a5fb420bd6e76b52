// Characters beyond ASCII: which belong to words, and what each of the others costs.

extension TokenCosts {
  static let any = TokenCosts(
    triples: anyTriples, whole: anyWhole, beyondASCII: 16, capital: 8, readsSemitic: false,
    scripts: [
      (0xBF, 17), (0x52F, 32), (0x58F, 34), (0x5CF, 32), (0x5EF, 22), (0x61F, 32), (0x64A, 19),
      (0x8FF, 32),
      (0x97F, 28), (0x9FF, 31), (0xB7F, 48), (0xBFF, 32), (0xDFF, 48), (0xE4B, 22), (0x10CF, 48),
      (0x10FF, 32),
      (0x1FFF, 48), (0x206F, 32), (0x20FF, 48), (0x218F, 32), (0x25FF, 48), (0x27BF, 45),
      (0x3040, 48),
      (0x30FF, 30), (0x4DFF, 48), (0x9FFF, 42), (0xABFF, 48), (0xD7AF, 44), (0xFEFF, 48),
      (0xFFEF, 30),
      (0xFFFF, 48), (0x1_D3FF, 64), (0x1_D7FF, 48), (0x1_F2FF, 64), (0x1_F9FF, 48),
    ])

  static let o200k = TokenCosts(
    triples: o200kTriples, whole: o200kWhole, beyondASCII: 4, capital: 16, readsSemitic: true,
    scripts: [
      (0xBF, 17), (0x52F, 32), (0x58F, 9), (0x5CF, 16), (0x5EF, 10), (0x61F, 32), (0x6FF, 10),
      (0x8FF, 32),
      (0x97F, 8), (0x9FF, 9), (0xA7F, 14), (0xAFF, 10), (0xB7F, 32), (0xBFF, 9), (0xCFF, 10),
      (0xD7F, 8),
      (0xDFF, 18), (0xE7F, 9), (0xEFF, 18), (0xFFF, 32), (0x109F, 13), (0x10FF, 8), (0x11FF, 32),
      (0x137F, 34),
      (0x177F, 48), (0x17FF, 13), (0x1FFF, 40), (0x206F, 32), (0x20FF, 48), (0x218F, 32),
      (0x25FF, 48),
      (0x27BF, 45), (0x3040, 48), (0x30FF, 28), (0x4DFF, 48), (0x9FFF, 34), (0xABFF, 48),
      (0xD7AF, 36),
      (0xFEFF, 48), (0xFFEF, 30), (0xFFFF, 48), (0x1_D3FF, 64), (0x1_D7FF, 48), (0x1_F2FF, 64),
      (0x1_F9FF, 48),
    ])

  /// Those of Latin, Greek and Cyrillic script that people write in, and Arabic and Hebrew where the vocabulary has words of
  /// them; the rest counts one by one.
  func isLetter(_ value: UInt32) -> Bool {
    switch value {
    case 0xD7, 0xF7: false
    case 0xC0..<0x180, 0x1A0...0x1A1, 0x1AF...0x1B0, 0x218..<0x21C, 0x1EA0..<0x1EFA: true
    case 0x386..<0x3CF, 0x400..<0x460: true
    case 0x5D0..<0x5EB, 0x620..<0x660, 0x671..<0x6D4: readsSemitic
    default: false
    }
  }

  /// Of a character that is no letter of a word.
  func cost(of value: UInt32) -> Int {
    // Dashes, quotation marks and the ellipsis are in every vocabulary.
    if (0x2013...0x2014).contains(value) || (0x2018...0x201D).contains(value) || value == 0x2026 {
      return 17
    }
    if value >= 0x2000 || !readsSemitic && value >= 0x800, value < 0x1_0000,
      isWhole[Int(value >> 6)] >> UInt64(value & 63) & 1 == 1
    {
      // Syllables and kana stand in longer pieces, where there are any.
      return readsSemitic && (0x3041..<0x3100 ~= value || 0xAC00..<0xD7B0 ~= value) ? 13 : 16
    }
    for script in scripts where value <= script.last { return script.cost }
    return 64
  }
}
