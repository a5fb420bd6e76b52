// Whole values of JSON text: walked over with every rule checked.

extension JSONCursor {
  /// A value of any kind; `at` is on its first byte.
  /// - Parameter depth: how many arrays and objects may still be opened.
  @inline(__always)
  mutating func value(depth: Int) throws(JSONFault) -> JSONSpan {
    if next == UInt8(ascii: "\"") { return try string() }
    return try otherValue(depth: depth)
  }

  private mutating func otherValue(depth: Int) throws(JSONFault) -> JSONSpan {
    let start = at
    switch next {
    case UInt8(ascii: "{"):
      try skipObject(depth: depth)
      return JSONSpan(.object, start, at)
    case UInt8(ascii: "["):
      try elements(depth: depth) { (cursor, depth) throws(JSONFault) in
        _ = try cursor.value(depth: depth)
      }
      return JSONSpan(.array, start, at)
    case UInt8(ascii: "t"):
      try word("true")
      return JSONSpan(.true, start, at)
    case UInt8(ascii: "f"):
      try word("false")
      return JSONSpan(.false, start, at)
    case UInt8(ascii: "n"):
      try word("null")
      return JSONSpan(.null, start, at)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try number()
    default:
      throw fault("not a JSON value")
    }
  }

  private mutating func skipObject(depth: Int) throws(JSONFault) {
    try members(depth: depth) { (cursor, _, depth) throws(JSONFault) in
      _ = try cursor.value(depth: depth)
    }
  }

  /// Calls `body` for each key with the cursor on its value, which the body must step over.
  @inline(__always)
  mutating func members(
    depth: Int, _ body: (inout JSONCursor, JSONSpan, Int) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard depth > 0 else { throw fault("nested too deeply") }
    at &+= 1
    skipSpace()
    if next == UInt8(ascii: "}") {
      at &+= 1
      return
    }
    var keys = DistinctKeys()
    while true {
      let start = at
      guard next == UInt8(ascii: "\"") else { throw fault("a key was expected") }
      let key = try string()
      guard keys.insert(key, in: base) else {
        throw JSONFault("the key \(JSONText.string(base, key)) twice", at: start)
      }
      skipSpace()
      try expect(UInt8(ascii: ":"), "a colon was expected")
      skipSpace()
      try body(&self, key, depth &- 1)
      skipSpace()
      if next == UInt8(ascii: "}") {
        at &+= 1
        return
      }
      try expect(UInt8(ascii: ","), "a comma or } was expected")
      skipSpace()
    }
  }

  /// Calls `body` with the cursor on each element, which the body must step over.
  @inline(__always)
  mutating func elements(
    depth: Int, _ body: (inout JSONCursor, Int) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard depth > 0 else { throw fault("nested too deeply") }
    at &+= 1
    skipSpace()
    if next == UInt8(ascii: "]") {
      at &+= 1
      return
    }
    while true {
      try body(&self, depth &- 1)
      skipSpace()
      if next == UInt8(ascii: "]") {
        at &+= 1
        return
      }
      try expect(UInt8(ascii: ","), "a comma or ] was expected")
      skipSpace()
    }
  }

  /// Only white space may follow.
  mutating func finish() throws(JSONFault) {
    skipSpace()
    guard at == end else { throw fault("something after the value") }
  }
}
