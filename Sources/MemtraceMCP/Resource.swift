// Resources: a session, and everything about one customer, as text to be put before a model.

import Memtrace

/// What a `memtrace://` address names.
enum Resource: Hashable {
  case session(String)
  case customer(key: String, value: String)

  static let templates: [(uri: String, name: String, title: String)] = [
    ("memtrace://session/{id}", "session", "One session"),
    ("memtrace://customer/{key}/{value}", "customer", "Everything about one customer"),
  ]

  static let mediaType = "text/markdown"

  /// Nil for any other address.
  init?(_ uri: String) {
    let scheme = "memtrace://"
    guard uri.hasPrefix(scheme) else { return nil }
    let parts = uri.dropFirst(scheme.count)
      .split(separator: "/", omittingEmptySubsequences: false).map(Self.decoded)
    switch (parts.count, parts.first ?? nil) {
    case (2, "session"?):
      guard let id = parts[1], !id.isEmpty else { return nil }
      self = .session(id)
    case (3, "customer"?):
      guard let key = parts[1], let value = parts[2], !key.isEmpty else { return nil }
      self = .customer(key: key, value: value)
    default: return nil
    }
  }

  var uri: String {
    switch self {
    case .session(let id): "memtrace://session/\(Self.encoded(id))"
    case .customer(let key, let value):
      "memtrace://customer/\(Self.encoded(key))/\(Self.encoded(value))"
    }
  }

  /// What the verb `context` is asked for.
  var question: [JSON.Member] {
    switch self {
    case .session(let id): [.init("session_id", .string(id))]
    case .customer(let key, let value):
      [.init("where", .object([.init(key, .string(value))]))]
    }
  }

  private static let plain = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

  /// Percent-encoded (RFC 3986), all but unreserved characters.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if plain.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nil for what is badly encoded or no UTF-8.
  static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy({ isHexadecimal($0) }),
        let value = UInt8(String(Substring(digits)), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
