// Strings of JSON text: found and checked eight bytes at a time.

extension JSONCursor {
  /// A string; `at` is on its opening quote and ends up behind the closing one.
  ///
  /// Checks escapes, surrogate pairs and UTF-8, so that reading the span later cannot fail.
  @inline(__always)
  mutating func string() throws(JSONFault) -> JSONSpan {
    try expect(UInt8(ascii: "\""), "a string was expected")
    if let stop = plainEnd(at) {
      let span = JSONSpan(.plain, at, stop)
      at = stop &+ 1
      return span
    }
    return try anyString()
  }

  /// The same behind the opening quote, for text of any kind.
  private mutating func anyString() throws(JSONFault) -> JSONSpan {
    let start = at
    var form = JSONSpan.Form.plain
    var seen: UInt64 = 0
    while true {
      let stop = plainRun(&seen)
      switch stop {
      case UInt8(ascii: "\""):
        if seen & 0x8080_8080_8080_8080 != 0 { try checkUTF8(start) }
        let span = JSONSpan(form, start, at)
        at &+= 1
        return span
      case UInt8(ascii: "\\"):
        form = .escaped
        try escape()
      default:
        throw fault("a control character in a string")
      }
    }
  }

  /// Moves to the next quote, backslash or control character and returns it; 0 also at the end.
  @inline(__always)
  private mutating func plainRun(_ seen: inout UInt64) -> UInt8 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    var p = at
    while p &+ 8 <= end {
      let word = word(p)
      let quote = word ^ 0x2222_2222_2222_2222
      let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
      // Exact up to the lowest hit, which is all that is used (Warren, "Hacker's Delight", 6-1).
      let hits =
        (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
          | ((word &- 0x2020_2020_2020_2020) & ~word)) & tops
      if hits == 0 {
        seen |= word
        p &+= 8
        continue
      }
      let shift = UInt64(hits.trailingZeroBitCount & 0x38)
      seen |= word & ((1 &<< shift) &- 1)
      at = p &+ Int(shift >> 3)
      return UInt8(truncatingIfNeeded: word &>> shift)
    }
    while p < end {
      let byte = base[p]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        at = p
        return byte
      }
      seen |= UInt64(byte)
      p &+= 1
    }
    at = end
    return 0
  }

  /// Eight bytes from `start` on, the first one lowest; they must be there.
  @inline(__always)
  func word(_ start: Int) -> UInt64 {
    UnsafeRawPointer(base + start).loadUnaligned(as: UInt64.self).littleEndian
  }

  /// The place of the closing quote of a string that starts at `start`; nil where the string is not
  /// all ASCII without escapes, so that it takes the long way.
  @inline(__always)
  func plainEnd(_ start: Int) -> Int? {
    var p = start
    while p &+ 8 <= end {
      let word = word(p)
      // For ASCII the subtraction alone tells; a byte past ASCII is a hit itself.
      let hits =
        (((word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101)
          | ((word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101)
          | (word &- 0x2020_2020_2020_2020) | word) & 0x8080_8080_8080_8080
      if hits != 0 {
        p &+= hits.trailingZeroBitCount &>> 3
        return base[p] == UInt8(ascii: "\"") ? p : nil
      }
      p &+= 8
    }
    return nil
  }

  private mutating func escape() throws(JSONFault) {
    let start = at
    at &+= 1
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at &+= 1
    case UInt8(ascii: "u"):
      at &+= 1
      let unit = try hexUnit()
      guard unit & 0xF800 == 0xD800 else { return }
      guard unit < 0xDC00 else { throw JSONFault("half of a surrogate pair", at: start) }
      guard next == UInt8(ascii: "\\"), at + 1 < end, base[at + 1] == UInt8(ascii: "u") else {
        throw JSONFault("half of a surrogate pair", at: start)
      }
      at &+= 2
      guard try hexUnit() & 0xFC00 == 0xDC00 else {
        throw JSONFault("half of a surrogate pair", at: start)
      }
    default:
      throw fault("an unknown escape")
    }
  }

  private mutating func hexUnit() throws(JSONFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = JSONText.hexDigit(next) else { throw fault("an unknown escape") }
      unit = unit << 4 | digit
      at &+= 1
    }
    return unit
  }

  /// Throws where `start..<at` is not UTF-8 (Unicode 15, table 3-7).
  private func checkUTF8(_ start: Int) throws(JSONFault) {
    var p = start
    while p < at {
      let lead = base[p]
      if lead < 0x80 {
        p &+= 1
        continue
      }
      let (more, second): (Int, ClosedRange<UInt8>) =
        switch lead {
        case 0xC2...0xDF: (1, 0x80...0xBF)
        case 0xE0: (2, 0xA0...0xBF)
        case 0xED: (2, 0x80...0x9F)
        case 0xE1...0xEF: (2, 0x80...0xBF)
        case 0xF0: (3, 0x90...0xBF)
        case 0xF1...0xF3: (3, 0x80...0xBF)
        case 0xF4: (3, 0x80...0x8F)
        default: (0, 0x80...0xBF)
        }
      guard more > 0, p &+ more < at, second.contains(base[p &+ 1]),
        more < 2 || base[p &+ 2] & 0xC0 == 0x80, more < 3 || base[p &+ 3] & 0xC0 == 0x80
      else { throw JSONFault("not UTF-8", at: p) }
      p &+= 1 &+ more
    }
  }
}
