// An object of a source, read member by member, so that what nobody asked for is known at the end.

struct SourceObject {
  let json: JSON
  private var asked: [String] = []

  init(_ json: JSON) { self.json = json }

  /// Nil where it is missing, null or empty text.
  mutating func take(_ key: String) -> JSON? {
    asked.append(key)
    guard let value = json[key], value != .null, value != .string("") else { return nil }
    return value
  }

  mutating func text(_ key: String) -> String? { take(key)?.string }

  /// Text, or a number by its spelling: ids reach 2^63.
  mutating func scalar(_ key: String) -> String? { take(key)?.scalarText }

  mutating func object(_ key: String) -> SourceObject? {
    take(key).flatMap { $0.members == nil ? nil : SourceObject($0) }
  }

  mutating func list(_ key: String) -> [JSON] { take(key)?.array ?? [] }

  /// Members that say what others say too, or nothing to a reader: they are left out.
  mutating func leave(_ keys: String...) { asked += keys }

  /// Everything that nobody asked for and that says something.
  var rest: [JSON.Member] {
    (json.members ?? []).filter { member in
      !asked.contains(where: member.isNamed)
        && ![.null, .string(""), .array([]), .object([])].contains(member.value)
    }
  }
}
