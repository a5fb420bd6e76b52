// OpenAPI 3.1 out of operations and the verbs' fields.

public enum OpenAPI {
  /// A path that is no verb's, for GET.
  public struct Page: Sendable {
    let path: String
    let name: String
    let summary: String
    let schema: String?
    let isPublic: Bool
    let text: String

    /// - Parameters:
    ///   - schema: of its answer; nil for text, whose media type is `text`.
    ///   - isPublic: no key is asked for.
    public init(
      _ path: String, _ name: String, _ summary: String, schema: String?, isPublic: Bool,
      text: String = "text/plain"
    ) {
      self.text = text
      self.path = path
      self.name = name
      self.summary = summary
      self.schema = schema
      self.isPublic = isPublic
    }
  }

  /// - Parameter isOpen: no key is asked for.
  public static func document(
    of operations: [Operation], _ pages: [Page], version: String, isOpen: Bool
  ) -> [UInt8] {
    var paths: [JSON.Member] = []
    func add(_ path: String, _ method: String, _ operation: JSON) {
      let member = JSON.Member(method.lowercased(), operation)
      if let place = paths.firstIndex(where: { $0.key == path }) {
        paths[place].value = .object((paths[place].value.members ?? []) + [member])
      } else {
        paths.append(.init(path, .object([member])))
      }
    }
    for operation in operations {
      add(operation.pattern, operation.method, describe(operation))
    }
    for page in pages { add(page.path, "GET", describe(page)) }
    var document: [JSON.Member] = [
      .init("openapi", "3.1.0"),
      .init(
        "info",
        [
          "title": "Memtrace for Git", "version": .string(version),
          "description":
            "Memory of agents in a Git repository. A 201 is durable. Every error is a JSON object with error and, where it helps, hint.",
        ]),
      .init("paths", .object(paths)),
    ]
    var components: [JSON.Member] = [
      .init("schemas", schemas), .init("responses", errorResponses),
    ]
    if !isOpen {
      document.append(.init("security", [["key": []], ["bearer": []]]))
      components.append(
        .init(
          "securitySchemes",
          [
            "key": ["type": "apiKey", "in": "header", "name": "x-api-key"],
            "bearer": ["type": "http", "scheme": "bearer"],
          ]))
    }
    document.append(.init("components", .object(components)))
    return JSON.object(document).bytes
  }

  private static func describe(_ route: Operation) -> JSON {
    let inPath = route.segments.compactMap { segment in
      if case .field(let name) = segment { name } else { nil }
    }
    let fields = route.fields.filter {
      !inPath.contains($0.name) && !route.hidden.contains($0.name)
    }
    let isBody = route.takesBody
    var parameters: [JSON] = inPath.map { name in
      parameter(
        route.pathName(of: name), in: "path", schema(ofPath: name), help(name, route),
        [.init("required", true)])
    }
    if !isBody {
      for field in fields {
        if case .object = field.kind {
          // OpenAPI has no words for a family of names: one of it stands for all.
          parameters.append(
            parameter(
              "\(field.name).customer_id", in: "query",
              [
                "type": "string", "pattern": #"^[^\x00]*$"#,
                "maxLength": .number("\(Limits.queryCondition)"),
              ],
              "One of a family: \(field.name).KEY=VALUE, for any KEY, each once"
                + (field.alias.map { "; \($0).KEY is the same" } ?? "") + ". " + field.help))
          continue
        }
        guard let schema = Self.schema(of: field, isFilter: true) else { continue }
        var more: [JSON.Member] = []
        if case .list = field.kind { more.append(.init("explode", false)) }
        parameters.append(
          parameter(field.name, in: "query", Self.inQuery(schema), field.help, more))
      }
    }
    var operation: [JSON.Member] = [
      .init("operationId", .string(route.name)), .init("summary", .string(route.summary)),
      .init("parameters", .array(parameters)),
    ]
    if isBody, !fields.isEmpty { operation.append(.init("requestBody", body(route, fields))) }
    operation.append(.init("responses", responses(route)))
    return .object(operation)
  }

  private static func parameter(
    _ name: String, in place: JSON, _ schema: JSON, _ help: String, _ more: [JSON.Member] = []
  ) -> JSON {
    let example = example(ofParameter: name).map { [JSON.Member("example", $0)] } ?? []
    return .object(
      [
        .init("name", .string(name)), .init("in", place), .init("schema", schema),
        .init("description", .string(help)),
      ] + more + example)
  }

  private static func help(_ name: String, _ route: Operation) -> String {
    route.fields.first { $0.name == name }?.help ?? name
  }

  private static func body(_ route: Operation, _ fields: [Field]) -> JSON {
    let isFilter = !route.isWrite
    let properties = fields.flatMap { field -> [JSON.Member] in
      guard let schema = Self.schema(of: field, isFilter: isFilter) else { return [] }
      let isNeeded = route.needsOneOf?.contains(field.name) == true && field.name == "where"
      let rest = isNeeded ? [JSON.Member("minProperties", 1)] : []
      let whole = orText(.object((schema.members ?? []) + rest))
      let names = [field.name] + (field.alias.map { [$0] } ?? [])
      return names.map { JSON.Member($0, field.isRequired ? whole : orNull(whole)) }
    }
    let required = fields.filter(\.isRequired)
    var one: [JSON.Member] = [
      .init("type", "object"), .init("additionalProperties", false),
      .init("properties", .object(properties)),
    ]
    // Two names of one thing do not stand together, nor do two answers to one question.
    var pairs = fields.compactMap { field in field.alias.map { [field.name, $0] } }
    if route.verb == "context" { pairs.append(["at", "diff"]) }
    if !pairs.isEmpty { one.append(.init("not", ["anyOf": .array(pairs.map(present))])) }
    if !required.isEmpty {
      one.append(.init("required", .array(required.map { .string($0.name) })))
    }
    // What the verb asks for beyond its required fields.
    if let either = route.needsOneOf {
      let names = either.flatMap { name in
        [name] + (fields.first { $0.name == name }?.alias.map { [$0] } ?? [])
      }
      let choices = names.map { present([$0]) }
      one.append(.init(route.verb == "context" ? "oneOf" : "anyOf", .array(choices)))
    }
    // A correction says what it corrects.
    if route.verb == "remember" {
      let another: JSON = [
        "properties": ["event_type": ["not": ["const": .string(Memory.correction)]]]
      ]
      one.append(.init("anyOf", [another, present(["parent_id"])]))
    }
    var schema = JSON.object(one)
    if route.verb == "remember" {
      schema = [
        "oneOf": [
          schema,
          [
            "type": "object", "required": ["memories"], "additionalProperties": false,
            "properties": [
              "memories": [
                "type": "array", "minItems": 1, "maxItems": .number("\(Limits.batch)"),
                "items": schema,
              ]
            ],
          ],
        ]
      ]
    }
    var media: [JSON.Member] = [.init("schema", schema)]
    if let example = requests[route.name] { media.append(.init("example", example)) }
    return [
      "required": .bool(!required.isEmpty || route.needsOneOf != nil),
      "content": .object([.init("application/json", .object(media))]),
    ]
  }

  /// All of these are there, and none is null.
  private static func present(_ names: [String]) -> JSON {
    [
      "required": .array(names.map { .string($0) }),
      "properties": .object(names.map { .init($0, ["not": ["type": "null"]]) }),
    ]
  }

  private static func responses(_ route: Operation) -> JSON {
    let success: JSON =
      route.status == 204
      ? ["description": "Done"]
      : [
        "description": "Done",
        "content": media("application/json", route.schema, answers(of: route)),
      ]
    var good = [JSON.Member("\(route.status)", success)]
    if route.mayUpdate { good.insert(.init("200", success), at: 0) }
    return .object(good + errors(of: route))
  }

  /// The examples of a schema that this operation can answer with.
  private static func answers(of route: Operation) -> [JSON.Member] {
    let all = answers(of: route.schema)
    // What was just opened is not closed.
    return route.verb == "session create" ? Array(all.prefix(1)) : all
  }

  static func media(_ type: String, _ schema: String, _ examples: [JSON.Member]) -> JSON {
    let named = examples.map { JSON.Member($0.key, ["value": $0.value]) }
    return .object([
      .init(
        type,
        [
          "schema": ["$ref": .string("#/components/schemas/\(schema)")],
          "examples": .object(named),
        ])
    ])
  }

  private static func describe(_ page: Page) -> JSON {
    let schema = page.schema ?? "Metrics"
    let ok: JSON = [
      "description": "Done",
      "content": media(
        page.schema == nil ? page.text : "application/json", schema, answers(of: schema)),
    ]
    let responses =
      [JSON.Member("200", ok)]
      + errors(ofPageThatIsPublic: page.isPublic)
    var operation: [JSON.Member] = [
      .init("operationId", .string(page.name)), .init("summary", .string(page.summary)),
      .init("responses", .object(responses)),
    ]
    if page.isPublic { operation.append(.init("security", [])) }
    return .object(operation)
  }
}
