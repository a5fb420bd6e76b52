// A tool as `tools/list` describes it: short, for every word is read with every prompt.

import Memtrace

extension Tool {
  /// - Parameter defaults: values that the user set for all calls; what has one is not required.
  func description(for revision: Revision, defaults: Defaults) -> JSON {
    var members: [JSON.Member] = [
      .init("name", .string(name)), .init("description", .string(summary)),
      .init("inputSchema", inputSchema(defaults)),
    ]
    if revision.hasStructure, let schema = outputSchema {
      members.append(.init("outputSchema", schema))
    }
    members.append(.init("annotations", annotations))
    return .object(members)
  }

  private func inputSchema(_ defaults: Defaults) -> JSON {
    let fields = description.fields
    var properties = arguments.compactMap { argument in
      fields.first { $0.name == argument.field }
        .map { JSON.Member(argument.name, schema(of: $0, as: argument)) }
    }
    if hasDetail {
      properties.append(.init(Self.detail, ["type": "string", "enum": ["concise", "detailed"]]))
    }
    let required = arguments.filter { $0.isRequired && defaults[$0.name] == nil }.map(\.name)
    var members: [JSON.Member] = [
      .init("type", "object"), .init("properties", .object(properties)),
    ]
    if !required.isEmpty {
      members.append(.init("required", .array(required.map { .string($0) })))
    }
    members.append(.init("additionalProperties", false))
    return .object(members)
  }

  private func schema(of field: Field, as argument: Argument) -> JSON {
    var schema: [JSON.Member]
    switch field.kind {
    case .integer: schema = [.init("type", "integer")]
    case .number(let range):
      schema = [
        .init("type", "number"), .init("minimum", .number("\(Int(range.lowerBound))")),
        .init("maximum", .number("\(Int(range.upperBound))")),
      ]
    case .flag: schema = [.init("type", "boolean")]
    case .choice(let values):
      schema = [.init("type", "string"), .init("enum", .array(values.map { .string($0) }))]
    case .list: schema = [.init("type", "array"), .init("items", ["type": "string"])]
    case .object: schema = [.init("type", "object")]
    case .moment: schema = [.init("type", "string"), .init("description", "24h, 7d or a date")]
    case .text, .body, .id, .interval, .path: schema = [.init("type", "string")]
    }
    if let help = argument.help { schema.append(.init("description", .string(help))) }
    if let fallback = argument.fallback { schema.append(.init("default", fallback)) }
    return .object(schema)
  }

  /// Names what a program may rely on, no more.
  private var outputSchema: JSON? {
    let list: JSON = ["type": "array", "items": ["type": "object"]]
    let text: JSON = ["type": "string"]
    let members: [JSON.Member]
    switch form {
    case .stored: members = [.init("id", text)]
    case .memories: members = [.init("memories", list)]
    case .sessions: members = [.init("sessions", list)]
    case .items: members = [.init("items", list)]
    case .context: members = [.init("context", text)]
    case .plain: return nil
    }
    return [
      "type": "object", "properties": .object(members),
      "required": .array(members.map { .string($0.key) }),
    ]
  }

  /// What differs from the protocol's own defaults.
  private var annotations: JSON {
    switch description.effect {
    case .glances, .reads: ["readOnlyHint": true, "openWorldHint": false]
    case .adds: ["destructiveHint": false, "openWorldHint": false]
    case .changes, .administers:
      ["destructiveHint": true, "idempotentHint": true, "openWorldHint": false]
    case .exchanges: ["destructiveHint": false, "idempotentHint": true]
    }
  }
}
