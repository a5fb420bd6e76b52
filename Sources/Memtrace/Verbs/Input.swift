// The fields of a call, read with all their faults at once.

/// Reads a verb's fields out of a JSON object. A field that breaks a rule is noted and read as absent; `finish`
/// throws every fault together, so a caller corrects them in one go.
public struct Input {
  private var json: JSON
  /// What `since` and `until` count from.
  let now: Timestamp
  /// In front of each field's name: `memories[3].` inside a batch.
  private let prefix: String
  private(set) var faults: [MemtraceError.Fault] = []

  public init(_ json: JSON, now: Timestamp, prefix: String = "") {
    self.json = json
    self.now = now
    self.prefix = prefix
  }

  /// Only what was declared: any other name is a fault that says the nearest one.
  /// - Parameters:
  ///   - fields: those that may be given.
  ///   - fixed: what a front knows already, as from a path; nothing overrides it.
  public init(
    _ json: JSON, of fields: [Field], fixed: [JSON.Member] = [], now: Timestamp,
    prefix: String = ""
  ) {
    self.init(json, now: now, prefix: prefix)
    let given = json.members ?? []
    if json.members == nil { fault("", "must be an object") }
    var members = fixed
    members.reserveCapacity(fixed.count + given.count)
    for member in given {
      if fixed.contains(where: { $0.key == member.key }) {
        fault(member.key, "is given by the path")
      } else if let field = fields.first(where: { $0.isNamed(member.key) }) {
        // A null is a field left out.
        if member.value == .null { continue }
        if members.contains(where: { $0.key == field.name }) {
          fault(member.key, "is the same as \(field.otherName(than: member.key)): give one of them")
        } else {
          members.append(.init(field.name, member.value))
        }
      } else {
        let isCrowd = faults.count >= Self.explained
        fault(
          String(member.key.prefix(128)),
          isCrowd ? "is unknown here" : fields.complaint(about: member.key))
      }
    }
    self.json = .object(members)
  }

  /// Nil where the field is missing or null.
  func value(_ field: String) -> JSON? {
    guard let value = json[field], value != .null else { return nil }
    return value
  }

  /// Names that nobody knows and that get a suggestion, and faults that are told: a body of 4 MiB may hold 300,000.
  private static let (explained, told) = (20, 1_000)

  mutating func fault(_ field: String, _ problem: String) {
    guard faults.count < Self.told else { return }
    let name = field.isEmpty && prefix.last == "." ? String(prefix.dropLast()) : prefix + field
    faults.append(MemtraceError.Fault(name, problem))
  }

  /// Takes over what another part of the call found.
  mutating func add(_ faults: [MemtraceError.Fault]) {
    self.faults += faults.prefix(max(0, Self.told - self.faults.count))
  }

  /// - Throws: `invalid` with every fault.
  public func finish() throws {
    if !faults.isEmpty { throw MemtraceError.invalid(faults) }
  }

  /// Text of so many bytes, or of so many characters, counted as JSON Schema counts them.
  mutating func text(
    _ field: String, bytes: ClosedRange<Int>? = nil, characters: ClosedRange<Int>? = nil
  ) -> String? {
    guard let value = value(field) else { return nil }
    guard let text = value.string else {
      fault(field, "must be text")
      return nil
    }
    let measured =
      bytes.map { ($0, text.utf8.count, "bytes") }
      ?? characters.map { ($0, text.unicodeScalars.count, "characters") }
    if let (range, count, unit) = measured, !range.contains(count) {
      fault(
        field,
        count == 0
          ? "must not be empty" : "is \(count) \(unit); at most \(range.upperBound) are allowed")
      return nil
    }
    return text
  }

  mutating func required(
    _ field: String, bytes: ClosedRange<Int>? = nil, characters: ClosedRange<Int>? = nil
  ) -> String {
    guard value(field) != nil else {
      fault(field, "is required")
      return ""
    }
    return text(field, bytes: bytes, characters: characters) ?? ""
  }

  /// Text, or a scalar as its JSON text: ids of chats are numbers.
  mutating func scalar(_ field: String) -> String? {
    guard let value = value(field) else { return nil }
    guard let text = value.scalarText else {
      fault(field, "must be text")
      return nil
    }
    return text
  }

  mutating func integer(_ field: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = value(field) else { return nil }
    let number = Self.number(value)?.integer
    guard let number, range.contains(number) else {
      fault(field, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  mutating func number(_ field: String, in range: ClosedRange<Double>) -> Double? {
    guard let value = value(field) else { return nil }
    let number = Self.number(value)?.double
    guard let number, range.contains(number) else {
      fault(field, "must be a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
      return nil
    }
    return number
  }

  /// A number, or text that is one as JSON writes it: a query's values are text.
  private static func number(_ value: JSON) -> JSON? {
    guard let text = value.string else { return value }
    return try? JSON(parsing: Array(text.utf8))
  }

  mutating func flag(_ field: String) -> Bool {
    guard let value = value(field) else { return false }
    if case .bool(let flag) = value { return flag }
    guard let text = value.string, ["true", "false"].contains(text) else {
      fault(field, "must be true or false")
      return false
    }
    return text == "true"
  }

  /// Milliseconds; `true` stands for `bare`.
  mutating func interval(_ field: String, bare: Int) -> Int? {
    guard let value = value(field) else { return nil }
    if case .bool(let isOn) = value { return isOn ? bare : nil }
    guard let interval = value.string.flatMap(milliseconds(ofInterval:)) else {
      fault(field, "'\(value.scalarText ?? "")' is no interval; write 10s, 5m or 1h")
      return nil
    }
    return interval
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ field: String, _ type: Choice.Type
  ) -> Choice?
  where Choice.RawValue == String {
    guard let text = text(field) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      fault(field, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    return choice
  }

  /// An array of texts, or comma-separated text.
  mutating func list(_ field: String) -> [String] {
    let texts: [String]
    switch value(field) {
    case nil: return []
    case .string(let text):
      texts = text.split(separator: ",").map(String.init)
      // Of nothing, nothing: a filter of no words would let everybody's through.
      if texts.isEmpty { fault(field, "is empty") }
    case .array(let values):
      texts = values.compactMap(\.string)
      if texts.count != values.count { fault(field, "must be a list of texts") }
    default:
      fault(field, "must be a list of texts")
      return []
    }
    guard texts.count <= Limits.list else {
      fault(field, "has \(texts.count) items; at most \(Limits.list) are allowed")
      return []
    }
    return texts
  }

  mutating func object(_ field: String) -> [JSON.Member]? {
    guard let value = value(field) else { return nil }
    guard let members = value.members else {
      fault(field, "must be an object")
      return nil
    }
    return members
  }

  /// A point in time (`Moment`).
  mutating func moment(_ field: String) -> Timestamp? {
    guard let text = text(field) else { return nil }
    guard let moment = Moment.parse(text, now: now) else {
      fault(field, "'\(text)' is no point in time; \(Moment.forms)")
      return nil
    }
    return moment
  }
}
