// A text as the gate reads it: look-alikes of ASCII are ASCII, and what nobody sees is not there.

/// Full-width and other digits, letters of other alphabets that look like Latin ones, accents, and characters without
/// width are what text tries to slip through with.
struct GateText {
  var bytes: [UInt8] = []
  /// Where each byte began in the text as given, and the text's end.
  var origins: [Int32] = []

  /// Nil where the text is ASCII and stands for itself.
  static func plain(_ text: UnsafeBufferPointer<UInt8>) -> GateText? {
    guard !text.isASCII else { return nil }
    var result = GateText()
    result.bytes.reserveCapacity(text.count)
    result.origins.reserveCapacity(text.count + 1)
    var place = 0
    while place < text.count {
      let first = text[place]
      if first < 0x80 {
        result.bytes.append(first)
        result.origins.append(Int32(place))
        place += 1
        continue
      }
      let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      var scalar = UInt32(first & (0x7F >> UInt8(length)))
      for offset in 1..<length where place + offset < text.count {
        scalar = scalar << 6 | UInt32(text[place + offset] & 0x3F)
      }
      let end = min(place + length, text.count)
      switch look(scalar) {
      case .nothing: break
      case .one(let byte):
        result.bytes.append(byte)
        result.origins.append(Int32(place))
      case .itself:
        for offset in place..<end {
          result.bytes.append(text[offset])
          result.origins.append(Int32(place))
        }
      }
      place = end
    }
    result.origins.append(Int32(text.count))
    return result
  }

  /// What a character passes for.
  enum Look {
    case one(UInt8)
    case nothing
    case itself
  }

  static func look(_ scalar: UInt32) -> Look {
    switch scalar {
    // No width: joiners, direction marks, soft hyphen, variation selectors, tags, combining marks.
    case 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F,
      0xFE00...0xFE0F,
      0xFEFF, 0x0300...0x036F, 0xE0000...0xE01EF, 0x115F, 0x1160, 0x3164:
      return .nothing
    case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return .one(0x20)
    case 0x2028, 0x2029, 0x85: return .one(0x0A)
    case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: return .one(0x2D)
    case 0x2018, 0x2019, 0x201A, 0x201B: return .one(0x27)
    case 0x201C...0x201F, 0xAB, 0xBB: return .one(0x22)
    case 0x2192: return .one(0x3D)
    case 0xFF01...0xFF5E: return .one(UInt8(scalar - 0xFF01 + 0x21))
    case 0x1D7CE...0x1D7FF: return .one(UInt8((scalar - 0x1D7CE) % 10) + 0x30)
    case 0x1D400...0x1D6A3:
      let letter = UInt8((scalar - 0x1D400) % 52)
      return .one(letter < 26 ? letter + 0x41 : letter - 26 + 0x61)
    case 0x24B6...0x24CF: return .one(UInt8(scalar - 0x24B6) + 0x41)
    case 0x24D0...0x24E9: return .one(UInt8(scalar - 0x24D0) + 0x61)
    case 0x2460...0x2468: return .one(UInt8(scalar - 0x2460) + 0x31)
    case 0x2070, 0x2080: return .one(0x30)
    case 0x2074...0x2079: return .one(UInt8(scalar - 0x2070) + 0x30)
    case 0x2081...0x2089: return .one(UInt8(scalar - 0x2080) + 0x30)
    case 0xB9: return .one(0x31)
    case 0xB2, 0xB3: return .one(UInt8(scalar - 0xB0) + 0x30)
    default: break
    }
    for zero in zeros where scalar >= zero && scalar < zero + 10 {
      return .one(UInt8(scalar - zero) + 0x30)
    }
    return twins[scalar].map(Look.one) ?? .itself
  }

  /// The zeros of other scripts' digits.
  private static let zeros: [UInt32] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50,
    0xED0, 0xF20, 0x1040, 0x17E0,
  ]

  /// Letters that look like an ASCII one, and Latin letters without their accent.
  private static let twins: [UInt32: UInt8] = {
    var found: [UInt32: UInt8] = [:]
    let rows = [
      "aàáâãäåāăąаɑα", "AÀÁÂÃÄÅĀĂĄАΑ", "BВΒ", "cçćčсϲ", "CÇĆČСϹ", "dďđԁ", "DĎĐ", "eèéêëēėęěе",
      "EÈÉÊËĒĖĘĚЕΕ", "gğɡ", "GĞ", "hһ",
      "HНΗ", "iìíîïīįıіι", "IÌÍÎÏĪĮİІΙӀ", "jј", "JЈ", "kκк", "KКΚK", "lłĺľ", "LŁĹĽ", "MМΜ",
      "nñńňոп", "NÑŃŇΝ", "oòóôõöøōőоο", "OÒÓÔÕÖØŌŐОΟ",
      "pрρ", "PРΡ", "qԛ", "rřŕг", "RŘŔ", "sśşšѕ", "SŚŞŠЅ", "tťţт", "TŤŢТΤ", "uùúûüūůűųυ",
      "UÙÚÛÜŪŮŰŲ", "vνѵ", "wԝω", "WԜ", "xхχ", "XХΧ", "yýÿу",
      "YÝŸУΥ", "zźżž", "ZŹŻŽΖ", "3З", "-‐",
    ]
    for row in rows {
      let scalars = Array(row.unicodeScalars)
      for scalar in scalars.dropFirst() { found[scalar.value] = UInt8(scalars[0].value) }
    }
    return found
  }()
}

extension UnsafeBufferPointer<UInt8> {
  /// Eight bytes at a time.
  fileprivate var isASCII: Bool {
    let raw = UnsafeRawBufferPointer(self)
    var place = 0
    while place + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { return false }
      place += 8
    }
    return raw[place...].allSatisfy { $0 < 0x80 }
  }
}
