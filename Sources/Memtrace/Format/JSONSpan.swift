// Where a value stands in JSON text, and what it is.

/// A value by its place: of a string, the bytes between the quotes.
struct JSONSpan {
  enum Form: UInt8 {
    case absent, null, `true`, `false`, number
    /// A string whose bytes are its text.
    case plain
    /// A string with at least one escape.
    case escaped
    case array, object
  }

  let start: UInt32
  let end: UInt32
  let form: Form

  static let absent = JSONSpan(.absent, 0, 0)

  @inline(__always)
  init(_ form: Form, _ start: Int, _ end: Int) {
    self.form = form
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  var count: Int { @inline(__always) get { Int(end &- start) } }
  var range: Range<Int> { Int(start)..<Int(end) }
  var isString: Bool { @inline(__always) get { form == .plain || form == .escaped } }
  /// Nothing was said: the key is missing, or its value is null.
  var isNothing: Bool { @inline(__always) get { form == .absent || form == .null } }
}
