// International bank account numbers (ISO 13616): each country's length and kinds of characters, and the check modulo 97.

enum BankAccount {
  /// Where an account's number ends that begins here, with two letters and two digits.
  static func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start + 4 < bytes.count else { return nil }
    let (a, b) = (bytes[start].folded, bytes[start + 1].folded)
    guard a.isSmall, b.isSmall, let shape = shapes[UInt16(a) << 8 | UInt16(b)] else { return nil }
    var (remainder, front) = (0, [UInt8]())
    var (place, count) = (start, 0)
    func add(_ byte: UInt8) {
      let value = byte.isDigit ? Int(byte - 0x30) : Int(byte.folded - 0x61) + 10
      remainder = (byte.isDigit ? remainder * 10 + value : remainder * 100 + value) % 97
    }
    while count < shape.count + 4 {
      guard place < bytes.count else { return nil }
      let byte = bytes[place]
      if !byte.isLetterOrDigit {
        guard count >= 2, byte == 0x20 || byte == 0x2D || byte == 0x0A || byte == 0x2E,
          place + 1 < bytes.count,
          bytes[place + 1].isLetterOrDigit
        else { return nil }
        place += 1
        continue
      }
      if count < 4 {
        guard count < 2 || byte.isDigit else { return nil }
        front.append(byte)
      } else {
        switch shape[count - 4] {
        case UInt8(ascii: "n"): guard byte.isDigit else { return nil }
        case UInt8(ascii: "a"): guard byte.isLetter else { return nil }
        default: break
        }
        add(byte)
      }
      count += 1
      place += 1
    }
    guard place == bytes.count || !bytes[place].isLetterOrDigit else { return nil }
    for byte in front { add(byte) }
    return remainder == 1 ? place : nil
  }

  /// By the two letters, `n` digit, `a` letter, `c` either; as SWIFT's registry has them.
  private static let shapes: [UInt16: [UInt8]] = {
    var found: [UInt16: [UInt8]] = [:]
    for row in registry.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let letters = Array(row.utf8)
      var (shape, number) = ([UInt8](), 0)
      for byte in letters[2...] {
        if byte.isDigit {
          number = number * 10 + Int(byte - 0x30)
        } else {
          shape += [UInt8](repeating: byte, count: number)
          number = 0
        }
      }
      found[UInt16(letters[0].folded) << 8 | UInt16(letters[1].folded)] = shape
    }
    return found
  }()

  private static let registry = """
    AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c CZ20n
    DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c
    GT24c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c
    LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n
    OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n
    SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c
    """
}
