// JSON values out of text, by RFC 8259 to the letter.

extension JSON {
  /// Reads one value with white space around it.
  ///
  /// Refused beyond the grammar: bytes that are not UTF-8, half surrogate pairs, a key twice in one
  /// object, a byte order mark, arrays and objects within each other past `depth`.
  public init(parsing bytes: UnsafeRawBufferPointer, depth: Int = 64) throws(JSONFault) {
    var cursor = try JSONCursor(bytes)
    cursor.skipSpace()
    self = try cursor.json(depth: depth)
    try cursor.finish()
  }

  public init(parsing bytes: [UInt8], depth: Int = 64) throws(JSONFault) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(JSONFault) in try JSON(parsing: bytes, depth: depth) }
    }
    self = try result.get()
  }

  public init(parsing text: String, depth: Int = 64) throws(JSONFault) {
    try self.init(parsing: Array(text.utf8), depth: depth)
  }
}

extension JSONCursor {
  /// A value in full; `at` is on its first byte.
  fileprivate mutating func json(depth: Int) throws(JSONFault) -> JSON {
    switch next {
    case UInt8(ascii: "{"):
      var all: [JSON.Member] = []
      try members(depth: depth) { (cursor, key, depth) throws(JSONFault) in
        all.append(JSON.Member(JSONText.string(cursor.base, key), try cursor.json(depth: depth)))
      }
      return .object(all)
    case UInt8(ascii: "["):
      var all: [JSON] = []
      try elements(depth: depth) { (cursor, depth) throws(JSONFault) in
        all.append(try cursor.json(depth: depth))
      }
      return .array(all)
    default:
      let span = try value(depth: depth)
      switch span.form {
      case .plain, .escaped: return .string(JSONText.string(base, span))
      case .true: return .bool(true)
      case .false: return .bool(false)
      case .number:
        return .number(
          String(
            decoding: UnsafeBufferPointer(start: base + Int(span.start), count: span.count),
            as: UTF8.self))
      default: return .null
      }
    }
  }
}
