// The values of a line's fields, each with its type checked.

extension LineFields {
  func fault(_ key: LineKey, _ problem: String) -> JSONFault {
    JSONFault("\(key.name) \(problem)", at: Int(self[key].start))
  }

  /// A string; nil where nothing was said.
  @inline(__always)
  func optionalText(_ key: LineKey) throws(JSONFault) -> String? {
    let span = self[key]
    if span.isString { return JSONText.string(base, span) }
    guard span.isNothing else { throw fault(key, "is not a string") }
    return nil
  }

  @inline(__always)
  func requiredText(_ key: LineKey) throws(JSONFault) -> String {
    guard let text = try optionalText(key) else { throw fault(key, "is missing") }
    return text
  }

  /// The same for texts that repeat from line to line.
  @inline(__always)
  func repeatedText(_ key: LineKey) throws(JSONFault) -> String? {
    let span = self[key]
    return span.form == .plain
      ? try memo.pointee.text(buffer(span)) : try optionalText(key)
  }

  @inline(__always)
  func requiredTime() throws(JSONFault) -> Timestamp {
    let span = self[.time]
    if let time { return time }
    throw fault(
      .time, span.isNothing ? "is missing" : span.isString ? "is not RFC 3339" : "is not a string")
  }

  @inline(__always)
  func optionalSession() throws(JSONFault) -> SessionID? {
    let span = self[.session]
    guard !span.isNothing else { return nil }
    guard span.isString else { throw fault(.session, "is not a string") }
    guard span.form == .plain, let session = try memo.pointee.session(buffer(span)) else {
      throw fault(.session, "is not a legal id")
    }
    return session
  }

  @inline(__always)
  func optionalNumber(_ key: LineKey) throws(JSONFault) -> Double? {
    let span = self[key]
    guard !span.isNothing else { return nil }
    guard span.form == .number else { throw fault(key, "is not a number") }
    guard let number = JSONText.double(buffer(span)) else { throw fault(key, "is out of range") }
    return number
  }

  /// An object as it is spelled.
  @inline(__always)
  func optionalObject(_ key: LineKey) throws(JSONFault) -> RawJSON? {
    let span = self[key]
    guard !span.isNothing else { return nil }
    guard span.form == .object else { throw fault(key, "is not an object") }
    return RawJSON(trusted: Array(buffer(span)))
  }

  func members(_ key: LineKey) throws(JSONFault) -> [JSON.Member]? {
    guard let object = try optionalObject(key) else { return nil }
    return object.json.members
  }

  @inline(__always)
  func tags() throws(JSONFault) -> [String] {
    let span = self[.tags]
    guard !span.isNothing else { return [] }
    guard span.form == .array else { throw fault(.tags, "is not an array") }
    guard let tags = try memo.pointee.tags(buffer(span)) else {
      throw fault(.tags, "has an element that is not a string")
    }
    return tags
  }
}
