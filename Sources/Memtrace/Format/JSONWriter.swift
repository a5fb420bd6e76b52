// JSON text, appended to bytes.

/// Writes compact JSON: commas by itself, no spaces, characters escaped only where JSON demands it.
///
/// The caller keeps the order: a key before each value of an object, an end for each begin.
public struct JSONWriter: Sendable {
  /// What was written so far, UTF-8.
  public internal(set) var bytes: [UInt8]
  var needsComma = false

  /// - Parameter bytes: what to append to.
  public init(appendingTo bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  @inline(__always)
  mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  public mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  public mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  public mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  public mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    beginObject()
    try body(&self)
    endObject()
  }

  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    beginArray()
    try body(&self)
    endArray()
  }

  public mutating func key(_ key: String) {
    separate()
    appendQuoted(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func string(_ text: String) {
    separate()
    appendQuoted(text)
  }

  public mutating func integer(_ value: Int) {
    separate()
    bytes.append(contentsOf: value.description.utf8)
  }

  /// The shortest text that reads back as the same value; null for one that is not finite.
  public mutating func double(_ value: Double) {
    separate()
    let hundredths = value * 100
    if hundredths >= 1, hundredths < 100, hundredths.rounded() / 100 == value {
      return appendHundredths(UInt8(hundredths.rounded()))
    }
    bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
  }

  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Begins a line of its own for the next value.
  mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// Byte for byte.
  public mutating func raw(_ json: RawJSON) {
    separate()
    bytes.append(contentsOf: json.bytes)
  }

  public mutating func value(_ json: JSON) {
    switch json {
    case .null: null()
    case .bool(let value): bool(value)
    case .number(let text):
      separate()
      bytes.append(contentsOf: text.utf8)
    case .string(let text): string(text)
    case .array(let values): array { for value in values { $0.value(value) } }
    case .object(let members): object { $0.members(members) }
    }
  }

  /// Keys and values into the object that was begun.
  public mutating func members(_ members: [JSON.Member]) {
    for member in members {
      key(member.key)
      value(member.value)
    }
  }
}
