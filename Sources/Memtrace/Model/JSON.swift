// A JSON value that keeps the order of keys and the spelling of numbers, so that writing it changes nothing.

/// What `Format` reads and writes where a program meets unknown data: requests, metadata, configuration.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number as it was spelled (RFC 8259), since `1`, `1.0` and a 20-digit chat id must all come back as they were.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One key with its value. Keys of one object are distinct.
  public struct Member: Hashable, Sendable {
    public let key: String
    public var value: JSON

    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }

    /// Byte by byte, as all text of a repository is compared.
    public static func == (a: Member, b: Member) -> Bool {
      a.key.isExactly(b.key) && a.value == b.value
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(ExactText(key))
      hasher.combine(value)
    }

    /// Byte by byte.
    public func isNamed(_ name: String) -> Bool { key.isExactly(name) }
  }

  /// Numbers by their spelling, text by its bytes, objects in the order of their keys.
  public static func == (a: JSON, b: JSON) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a.isExactly(b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let flag): hasher.combine(flag)
    case .number(let text), .string(let text): hasher.combine(ExactText(text))
    case .array(let values): hasher.combine(values)
    case .object(let members): hasher.combine(members)
    }
  }

  /// The value under a key of an object; nil for anything else.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.isNamed(key) }?.value
  }

  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  public var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  public var array: [JSON]? {
    if case .array(let values) = self { values } else { nil }
  }

  public var double: Double? {
    if case .number(let text) = self { Double(text) } else { nil }
  }

  /// Nil for a number with a fraction or beyond 64 bits; `3.0` and `3e0` are 3.
  public var integer: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// The text that `where` and `metadata` compare: a string as it is, a scalar as its JSON text; nil for
  /// arrays and objects.
  public var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null: "null"
    case .array, .object: nil
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
