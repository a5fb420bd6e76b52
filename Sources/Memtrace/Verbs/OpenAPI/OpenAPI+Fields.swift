// The schema of each kind of field, with the rules that a kind alone does not say.

extension OpenAPI {
  private static let identifier = #"^[a-zA-Z][a-zA-Z0-9_-]{0,127}$"#

  private static let agentName =
    length(Limits.agentName) + [.init("pattern", .string(AgentName.pattern))]

  static func schema(ofPath name: String) -> JSON {
    switch name {
    case "session_id": ["type": "string", "pattern": .string(identifier)]
    case "agent_id": .object(agentName)
    default: .object(length(Limits.dedupKey))
    }
  }

  /// Nil for what only the command line takes.
  /// - Parameter isFilter: it is looked for and not written.
  static func schema(of field: Field, isFilter: Bool) -> JSON? {
    var schema: [JSON.Member]
    switch field.kind {
    case .path: return nil
    case .text, .body: schema = text(field.name)
    case .id(let kind):
      // An agent is found by its name as well; it writes by its id.
      schema =
        kind == "agent" && isFilter
        ? agentName
        : [.init("type", "string"), .init("pattern", .string(identifier))]
    case .integer(let range):
      schema = [
        .init("type", "integer"), .init("minimum", .number("\(range.lowerBound)")),
        .init("maximum", .number("\(range.upperBound)")),
      ]
    case .number(let range):
      schema = [
        .init("type", "number"), .init("minimum", .number("\(range.lowerBound)")),
        .init("maximum", .number("\(range.upperBound)")),
      ]
    case .flag: schema = [.init("type", "boolean")]
    case .interval: schema = [.init("type", "string"), .init("pattern", "^[0-9]{1,5}[smh]$")]
    case .choice(let values):
      schema = [.init("type", "string"), .init("enum", .array(values.map { .string($0) }))]
    case .moment:
      schema = [
        .init(
          "anyOf",
          [
            ["type": "string", "pattern": #"^([0-9]{1,6}[mhdw]|now)$"#],
            ["type": "string", "format": "date-time"], ["type": "string", "format": "date"],
          ])
      ]
    case .list:
      schema = [
        .init("type", "array"), .init("items", item(of: field.name)),
        .init("maxItems", .number("\(Limits.list)")),
      ]
      if field.isRequired { schema.append(.init("minItems", 1)) }
    case .object:
      schema = [.init("type", "object"), .init("additionalProperties", true)]
    }
    schema.append(.init("description", .string(field.help)))
    if let fallback = field.fallback { schema.append(.init("default", fallback)) }
    return .object(schema)
  }

  private static func text(_ name: String) -> [JSON.Member] {
    let type = JSON.Member("type", "string")
    switch name {
    case "content", "query", "content_contains": return length(Limits.content)
    case "dedup_key":
      return length(Limits.dedupKey) + [.init("pattern", .string(#"^[^\x00]*$"#))]
    case "event_type": return [type, .init("pattern", #"^[a-zA-Z][a-zA-Z0-9_]{0,63}$"#)]
    case "name": return agentName
    case "description": return length(0...Limits.metadata)
    case "at": return length(1...256)
    case "range", "diff": return length(1...512)
    case "reason": return length(Limits.reason)
    case "remote": return length(1...200)
    default: return [type]
    }
  }

  private static func length(_ range: ClosedRange<Int>) -> [JSON.Member] {
    [
      .init("type", "string"), .init("minLength", .number("\(range.lowerBound)")),
      .init("maxLength", .number("\(range.upperBound)")),
    ]
  }

  /// The same where null, which a body may say for a field left out, is allowed too.
  static func orNull(_ schema: JSON) -> JSON {
    .object(
      (schema.members ?? []).map { member in
        switch member.key {
        case "type": .init("type", .array((member.value.array ?? [member.value]) + ["null"]))
        case "enum": .init("enum", .array((member.value.array ?? []) + [.null]))
        case "anyOf": .init("anyOf", .array((member.value.array ?? []) + [["type": "null"]]))
        default: member
        }
      })
  }

  /// In a body a list may be text with commas too.
  static func orText(_ schema: JSON) -> JSON {
    guard let members = schema.members, schema["type"] == "array" else { return schema }
    let list = members.map { $0.key == "type" ? .init("type", ["array", "string"]) : $0 }
    let pattern = schema["items"]?["pattern"]?.string.map { String($0.dropFirst().dropLast()) }
    let choices = schema["items"]?["enum"]?.array?.compactMap(\.string).joined(separator: "|")
    let one = pattern ?? choices.map { "(\($0))" } ?? "[^,]+"
    return .object(list + [.init("pattern", .string("^,*(\(one)(,+\(one))*,*)$"))])
  }

  /// In a query a list is text with commas, and of nothing it is a fault.
  static func inQuery(_ schema: JSON) -> JSON {
    guard let members = schema.members, schema["type"] == "array" else { return schema }
    let list = members.filter { $0.key != "minItems" }.map { member in
      member.key == "items" && member.value == ["type": "string"]
        ? .init("items", ["type": "string", "pattern": "^[^,]+$"]) : member
    }
    return .object(list + [.init("minItems", 1)])
  }

  private static func item(of name: String) -> JSON {
    switch name {
    case "tags": ["type": "string", "pattern": #"^[a-zA-Z0-9_.-]{1,64}$"#]
    case "record_ids": ["type": "string", "pattern": "^[a-zA-Z0-9_]{1,64}$"]
    case "memory_types", "include_types":
      ["type": "string", "enum": .array(Memory.Kind.allCases.map { .string($0.rawValue) })]
    default: ["type": "string"]
    }
  }
}
