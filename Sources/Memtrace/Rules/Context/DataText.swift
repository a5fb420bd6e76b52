// Recorded text made harmless for a reader that follows instructions: a model.

/// Text on one line that cannot pass for markup of ours and hides nothing.
enum DataText {
  /// White space of any kind becomes one space; control characters, direction marks and all that has no look of
  /// its own goes; `<` before a name, three backticks or tildes, and `![` lose their meaning; curly quotation marks, in
  /// which texts of records stand, become straight ones.
  /// - Parameter limit: characters to keep, in Unicode scalars; a cut is said.
  static func line(_ text: String, limit: Int = .max) -> String {
    var text = text
    return text.withUTF8 { clean($0, limit: limit, keepsLines: false) }
  }

  /// The same for JSON, where quoting keeps text in its place: line feeds and markup stay.
  static func block(_ text: String, limit: Int = .max) -> String {
    var text = text
    return text.withUTF8 { clean($0, limit: limit, keepsLines: true) }
  }

  /// A value for JSON: what it is, with harmless texts and names. One that takes more than `limit` bytes becomes text, cut.
  static func value(_ json: JSON, limit: Int) -> JSON {
    let harmless = value(json)
    if case .string(let text) = harmless { return .string(line(text, limit: limit)) }
    let bytes = harmless.bytes
    return bytes.count <= limit
      ? harmless : .string(line(String(decoding: bytes, as: UTF8.self), limit: limit))
  }

  private static func value(_ json: JSON) -> JSON {
    switch json {
    case .null, .bool, .number: return json
    case .string(let text): return .string(line(text))
    case .array(let values): return .array(values.map { value($0) })
    case .object(let members):
      var names: Set<String> = []
      return .object(
        members.compactMap { member in
          let name = line(member.key)
          return names.insert(name).inserted ? .init(name, value(member.value)) : nil
        })
    }
  }

  /// Whether a name can stand before a colon without looking like a line of ours: letters, digits, `_`, `-` and `.`,
  /// beginning with a letter.
  static func isName(_ text: String) -> Bool {
    guard text.unicodeScalars.first?.properties.isAlphabetic == true else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar == "_" || scalar == "-" || scalar == "."
    }
  }

  static let cut = "… (cut)"

  private static func clean(
    _ bytes: UnsafeBufferPointer<UInt8>, limit: Int, keepsLines: Bool
  ) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(min(bytes.count, limit == .max ? .max : limit * 4) + 16)
    var count = 0
    var at = 0
    var isSpacePending = false
    while at < bytes.count {
      let start = at
      let byte = bytes[at]
      var isSpace = false
      var isQuote = false
      if byte < 0x80 {
        at += 1
        if keepsLines, byte == 0x0A || byte == 0x09 || byte == 0x20 {
          // Kept as it is.
        } else if byte <= 0x20 {
          guard byte == 0x20 || (0x09...0x0D).contains(byte) else { continue }
          isSpace = true
        } else if byte == 0x7F {
          continue
        }
      } else {
        let scalar = scalar(bytes, &at)
        if isHidden(scalar) { continue }
        isSpace = scalar.properties.isWhitespace
        isQuote = !keepsLines && isQuotationMark(scalar)
      }
      if isSpace {
        isSpacePending = !result.isEmpty
        continue
      }
      if count >= limit {
        result.append(contentsOf: cut.utf8)
        return String(decoding: result, as: UTF8.self)
      }
      if isSpacePending {
        result.append(0x20)
        count += 1
        isSpacePending = false
      }
      if !keepsLines { disarm(bytes, start, &result) }
      if isQuote {
        result.append(UInt8(ascii: "\""))
      } else {
        result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<at]))
      }
      count += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Those in which a text stands, and what looks like them.
  private static func isQuotationMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x201C...0x201F, 0x275D...0x275E, 0x301D...0x301F, 0xFF02: true
    default: false
    }
  }

  /// Writes what takes the meaning from the character that follows; at most replaces what was written before.
  private static func disarm(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ result: inout [UInt8]
  ) {
    let byte = bytes[at]
    switch byte {
    case UInt8(ascii: "`"), UInt8(ascii: "~"):
      // Two of them, then a space: no three in a row.
      if result.count >= 2, result[result.count - 1] == byte, result[result.count - 2] == byte {
        result.append(0x20)
      }
    case UInt8(ascii: "["):
      if result.last == UInt8(ascii: "!") { result.append(0x20) }
    case UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "|"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
      if result.last == UInt8(ascii: "<") { result.append(0x20) }
    default: break
    }
  }

  /// Strings are valid UTF-8, so the lead byte tells the length.
  private static func scalar(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int
  ) -> Unicode.Scalar {
    let lead = UInt32(bytes[at])
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    var value = lead & (0xFF >> UInt32(length + 1))
    for i in 1..<length { value = value << 6 | UInt32(bytes[at + i] & 0x3F) }
    at += length
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  /// Controls, direction marks, joiners, variation selectors, tag characters, annotation marks.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0xA0 { return value != 0x85 }
    if value < 0x300 { return value == 0xAD }
    // The common scripts that have nothing to hide.
    if (0x3041...0x30FF).contains(value) || (0x4E00...0x9FFF).contains(value)
      || (0xAC00...0xD7A3).contains(value) || (0x400...0x52F).contains(value)
    {
      return false
    }
    let properties = scalar.properties
    return properties.isDefaultIgnorableCodePoint || properties.isBidiControl
      || (0xFFF9...0xFFFB).contains(value) || properties.generalCategory == .control
  }
}
