// Characters beyond ASCII: which belong to words, and what each of the others costs.

extension Tokens {
  /// Those of Latin, Greek and Cyrillic script that people write in; the rest counts one by one.
  static func isLetter(_ value: UInt32) -> Bool {
    switch value {
    case 0xD7, 0xF7: false
    case 0xC0..<0x180, 0x1A0...0x1A1, 0x1AF...0x1B0, 0x218..<0x21C, 0x1EA0..<0x1EFA: true
    case 0x386..<0x3CF, 0x400..<0x460: true
    default: false
    }
  }

  /// By script: what a character costs in the worse of the two vocabularies.
  static func cost(of value: UInt32) -> Int {
    switch value {
    case ..<0xC0: 17
    case 0x530..<0x590: 34
    case 0x5D0..<0x5F0: 22
    case 0x620..<0x64B: 19
    case 0x900..<0x980: 28
    case 0x980..<0xA00: 31
    case 0xE00..<0xE4C: 22
    case ..<0x800: 32
    case 0x800..<0x1_0000: basicPlane(value)
    case 0x1_F300..<0x1_FA00, 0x1_D400..<0x1_D800: 48
    default: 64
    }
  }

  private static func basicPlane(_ value: UInt32) -> Int {
    // Dashes, quotation marks and the ellipsis are in every vocabulary.
    if (0x2013...0x2014).contains(value) || (0x2018...0x201D).contains(value) || value == 0x2026 {
      return 17
    }
    if isWhole[Int(value >> 6)] >> UInt64(value & 63) & 1 == 1 { return 16 }
    return switch value {
    case 0xB80..<0xC00, 0x10D0..<0x1100, 0x2000..<0x2070, 0x2100..<0x2190: 32
    case 0x3041..<0x3100, 0xFF00..<0xFFF0: 30
    case 0x2600..<0x27C0: 45
    case 0x4E00..<0xA000: 42
    case 0xAC00..<0xD7B0: 44
    default: 48
    }
  }
}
