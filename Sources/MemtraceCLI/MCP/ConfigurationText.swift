// A client's configuration as text, with our entry put in and nothing else touched.

/// JSON as people's tools write it: comments and a comma too many are passed over.
enum ConfigurationText {
  /// Sets `text.section.name` to `value`, which is whole JSON. Nil where the text has no such shape.
  static func setting(_ name: String, in section: String, to value: String, of text: String)
    -> String?
  {
    let bytes = Array(text.utf8)
    var cursor = Cursor(bytes)
    cursor.skipSpace()
    guard cursor.at < bytes.count else {
      return "{\n  \"\(section)\": {\n    \"\(name)\": \(value)\n  }\n}\n"
    }
    guard let root = cursor.object() else { return nil }
    guard let found = root.members.last(where: { $0.key == section }) else {
      return inserted(
        "\"\(section)\": {\n    \"\(name)\": \(value)\n  }", into: root, of: bytes, indent: "  ")
    }
    var inner = Cursor(bytes, at: found.value.lowerBound)
    guard let object = inner.object() else { return nil }
    if let old = object.members.last(where: { $0.key == name }) {
      return replaced(old.value, by: value, of: bytes)
    }
    return inserted("\"\(name)\": \(value)", into: object, of: bytes, indent: "    ")
  }

  private static func inserted(
    _ member: String, into object: Cursor.Object, of bytes: [UInt8], indent: String
  ) -> String {
    let place = object.start + 1
    let comma = object.members.isEmpty ? "\n" + indent.dropLast(2) : ","
    return replaced(place..<place, by: "\n\(indent)\(member)\(comma)", of: bytes)
  }

  private static func replaced(_ range: Range<Int>, by text: String, of bytes: [UInt8]) -> String {
    String(
      decoding: bytes[..<range.lowerBound] + Array(text.utf8) + bytes[range.upperBound...],
      as: UTF8.self)
  }

  /// Sets the table `[name]` of TOML, up to the next table.
  static func setting(table name: String, to lines: [String], of text: String) -> String {
    var result: [Substring] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.hasPrefix("[") {
        isInside = trimmed.hasPrefix("[\(name)]") || trimmed.hasPrefix("[\(name).")
      }
      if !isInside { result.append(line) }
    }
    while result.last?.isEmpty == true { result.removeLast() }
    let before = result.isEmpty ? "" : result.joined(separator: "\n") + "\n\n"
    return before + (["[\(name)]"] + lines).joined(separator: "\n") + "\n"
  }
}

/// Finds the members of an object without reading their values.
private struct Cursor {
  struct Object {
    /// Of its brace.
    let start: Int
    var members: [(key: String, value: Range<Int>)] = []
  }

  private let bytes: [UInt8]
  private(set) var at: Int

  init(_ bytes: [UInt8], at: Int = 0) {
    self.bytes = bytes
    self.at = at
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  /// Passes over white space and comments.
  mutating func skipSpace() {
    while let byte = next {
      if byte == UInt8(ascii: "/"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "/") {
        while let byte = next, byte != UInt8(ascii: "\n") { at += 1 }
      } else if byte == UInt8(ascii: "/"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "*")
      {
        at += 2
        while at + 1 < bytes.count,
          !(bytes[at] == UInt8(ascii: "*") && bytes[at + 1] == UInt8(ascii: "/"))
        { at += 1 }
        at += 2
      } else if byte <= 32 || byte >= 0xEF {
        at += 1
      } else {
        return
      }
    }
  }

  mutating func object() -> Object? {
    guard next == UInt8(ascii: "{") else { return nil }
    var object = Object(start: at)
    at += 1
    while true {
      skipSpace()
      switch next {
      case UInt8(ascii: "}"):
        at += 1
        return object
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "\""):
        let start = at + 1
        guard string() else { return nil }
        let key = String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
        skipSpace()
        guard next == UInt8(ascii: ":") else { return nil }
        at += 1
        skipSpace()
        let value = at
        guard skipValue() else { return nil }
        object.members.append((key, value..<at))
      default: return nil
      }
    }
  }

  private mutating func string() -> Bool {
    at += 1
    while let byte = next {
      at += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return true }
    }
    return false
  }

  private mutating func skipValue() -> Bool {
    var depth = 0
    let start = at
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""): guard string() else { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return at > start }
        depth -= 1
        at += 1
      case UInt8(ascii: ",") where depth == 0: return at > start
      case UInt8(ascii: "/"):
        let before = at
        skipSpace()
        if at == before { return false }
      case 0...32 where depth == 0: return at > start
      default: at += 1
      }
      if depth == 0, at > start,
        [UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: "]")]
          .contains(bytes[at - 1])
      {
        return true
      }
    }
    return false
  }
}
