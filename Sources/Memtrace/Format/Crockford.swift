// ULIDs out of bytes at the speed of a scan: the table lies where it is used.

/// The value of each byte in Crockford's base 32, 0xFF where it has none.
struct Crockford {
  private let values = Self.table

  /// Made once and kept.
  private nonisolated(unsafe) static let table: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    table.initialize(repeating: 0xFF, count: 256)
    for value in 0..<32 { table[Int(ULID.alphabet.utf8Start[value])] = UInt8(value) }
    return UnsafePointer(table)
  }()

  /// The ULID in the 26 bytes from `text` on; nil as `ULID(text:)`.
  @inline(__always)
  func ulid(_ text: UnsafePointer<UInt8>) -> ULID? {
    var seen: UInt8 = 0
    @inline(__always)
    func bits(_ range: Range<Int>) -> UInt64 {
      var bits: UInt64 = 0
      for i in range {
        let value = values[Int(text[i])]
        seen |= value
        bits = bits &<< 5 | UInt64(value)
      }
      return bits
    }
    // 10 characters of time, then twice 8 of 40 random bits.
    let (time, upper, lower) = (bits(0..<10), bits(10..<18), bits(18..<26))
    guard seen < 32, text[0] <= UInt8(ascii: "7") else { return nil }
    return ULID(high: time &<< 16 | upper &>> 24, low: upper &<< 40 | lower)
  }

  /// As `RecordID(text:)`.
  @inline(__always)
  func recordID(_ text: UnsafeBufferPointer<UInt8>) -> RecordID? {
    guard text.count == RecordID.textLength, let base = text.baseAddress else { return nil }
    let prefix =
      UInt32(base[0]) | UInt32(base[1]) &<< 8 | UInt32(base[2]) &<< 16 | UInt32(base[3]) &<< 24
    let kind: RecordID.Kind
    switch prefix {
    case Self.word("m", "e", "m"): kind = .memory
    case Self.word("d", "e", "c"): kind = .decision
    case Self.word("e", "v", "t"): kind = .event
    case Self.word("r", "e", "v"): kind = .review
    case Self.word("a", "c", "c"): kind = .acceptance
    case Self.word("e", "r", "a"): kind = .erasure
    default: return nil
    }
    guard let ulid = ulid(base + 4), ulid.isPlausible else { return nil }
    return RecordID(kind, ulid)
  }

  @inline(__always)
  private static func word(_ a: Unicode.Scalar, _ b: Unicode.Scalar, _ c: Unicode.Scalar) -> UInt32
  {
    a.value | b.value << 8 | c.value << 16 | 0x5F << 24
  }

  /// As `SessionID(_:)`.
  @inline(__always)
  func session(_ text: UnsafeBufferPointer<UInt8>) -> SessionID? {
    if text.count == 31, let base = text.baseAddress, text.starts(with: SessionID.prefix.utf8),
      let ulid = ulid(base + 5)
    {
      return ulid.isPlausible ? .own(ulid) : nil
    }
    return SessionID(String(decoding: text, as: UTF8.self))
  }
}
