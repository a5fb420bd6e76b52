// One decoded HTTP request: a value that owns its bytes.

/// What `RequestDecoder` yields: syntax and framing are checked, meaning is not.
public struct Request: Hashable, Sendable {
  /// One `name=value` of the query, decoded; `+` is a space. A name without `=` has an empty value.
  public struct QueryItem: Hashable, Sendable {
    public let name: String
    public let value: String
  }

  /// Where a header's name and value stand in `head`.
  struct Field: Hashable, Sendable {
    let name: Range<Int>
    let value: Range<Int>
  }

  /// As it was sent; any token is one, and names are case-sensitive (RFC 9110, 9.1).
  public internal(set) var method = ""
  /// The path split at `/`, then decoded: a `%2F` stays inside its segment. `/` is empty, `/a/` is `["a", ""]`;
  /// `OPTIONS *` is `["*"]`.
  public internal(set) var path: [String] = []
  public internal(set) var query: [QueryItem] = []
  public internal(set) var body: [UInt8] = []
  /// Whether the client lets the connection stay open after the answer.
  public internal(set) var keepAlive = true
  /// Whether the client waits for `100 Continue` before it sends the body.
  public internal(set) var expectsContinue = false
  /// The x of HTTP/1.x.
  public internal(set) var minorVersion = 1

  /// Request line and headers as they came.
  var head: [UInt8] = []
  var fields: [Field] = []
  var rawPathRange = 0..<0
  var authorityRange = 0..<0

  /// The path as it was sent, without the query: for a log.
  public var rawPath: String { text(rawPathRange) }

  /// Host and port that the request is for: of an absolute target, else of `Host`; empty if neither is there.
  public var authority: String { text(authorityRange) }

  /// The first value under a name, which must be given in small letters; nil if there is none.
  public func header(_ name: String) -> String? {
    fields.first { head.matches($0.name, lowercase: name) }.map { text($0.value) }
  }

  /// Every value under a name in small letters.
  func headers(_ name: String) -> [String] {
    fields.filter { head.matches($0.name, lowercase: name) }.map { text($0.value) }
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: head[range], as: UTF8.self)
  }
}

extension [UInt8] {
  /// Whether the bytes in a range are a text in small letters, in any case (ASCII).
  func matches(_ range: Range<Int>, lowercase text: String) -> Bool {
    guard range.count == text.utf8.count else { return false }
    var index = range.lowerBound
    for wanted in text.utf8 {
      let byte = self[index]
      guard byte == wanted || (byte &- 0x41 < 26 && byte | 0x20 == wanted) else { return false }
      index += 1
    }
    return true
  }
}
