// OpenAPI 3.1 out of operations and the verbs' fields.

public enum OpenAPI {
  /// A path that is no verb's, for GET.
  public struct Page: Sendable {
    let path: String
    let name: String
    let summary: String
    let schema: String?
    let isPublic: Bool
    let canFail: Bool

    /// - Parameters:
    ///   - schema: of its answer; nil for text.
    ///   - isPublic: no key is asked for.
    ///   - canFail: 503 is an answer.
    public init(
      _ path: String, _ name: String, _ summary: String, schema: String?, isPublic: Bool,
      canFail: Bool = false
    ) {
      self.path = path
      self.name = name
      self.summary = summary
      self.schema = schema
      self.isPublic = isPublic
      self.canFail = canFail
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
    var components: [JSON.Member] = [.init("schemas", schemas)]
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
    let isBody = ["POST", "PUT"].contains(route.method)
    var parameters: [JSON] = inPath.map { name in
      [
        "name": .string(name), "in": "path", "required": true,
        "schema": schema(ofPath: name), "description": .string(help(name, route)),
      ]
    }
    if !isBody {
      for field in fields {
        // Written metadata.KEY=VALUE, which OpenAPI has no way to say.
        if case .object = field.kind { continue }
        guard let schema = Self.schema(of: field, isFilter: true) else { continue }
        var parameter: [JSON.Member] = [
          .init("name", .string(field.name)), .init("in", "query"), .init("schema", schema),
          .init("description", .string(field.help)),
        ]
        if case .list = field.kind { parameter.append(.init("explode", false)) }
        parameters.append(.object(parameter))
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

  private static func help(_ name: String, _ route: Operation) -> String {
    route.fields.first { $0.name == name }?.help ?? name
  }

  private static func body(_ route: Operation, _ fields: [Field]) -> JSON {
    let isFilter = !route.isWrite
    let properties = fields.compactMap { field in
      Self.schema(of: field, isFilter: isFilter).map { schema in
        let isNeeded = route.needsOneOf?.contains(field.name) == true && field.name == "where"
        let rest = isNeeded ? [JSON.Member("minProperties", 1)] : []
        let whole = orText(.object((schema.members ?? []) + rest))
        return JSON.Member(field.name, field.isRequired ? whole : orNull(whole))
      }
    }
    let required = fields.filter(\.isRequired)
    var one: [JSON.Member] = [
      .init("type", "object"), .init("properties", .object(properties)),
    ]
    if !required.isEmpty {
      one.append(.init("required", .array(required.map { .string($0.name) })))
    }
    // What the verb asks for beyond its required fields.
    if let either = route.needsOneOf {
      let present = either.map { name in
        JSON.object([
          .init("required", [.string(name)]),
          .init("properties", .object([.init(name, ["not": ["type": "null"]])])),
        ])
      }
      one.append(.init(route.verb == "context" ? "oneOf" : "anyOf", .array(present)))
    }
    var schema = JSON.object(one)
    if route.verb == "remember" {
      schema = [
        "oneOf": [
          .object(one + [.init("not", ["required": ["memories"]])]),
          [
            "type": "object", "required": ["memories"],
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
    if let example = examples[route.name] { media.append(.init("example", example)) }
    return [
      "required": .bool(!required.isEmpty || route.needsOneOf != nil),
      "content": .object([.init("application/json", .object(media))]),
    ]
  }

  private static func responses(_ route: Operation) -> JSON {
    var members: [JSON.Member] = []
    if route.status == 204 {
      members.append(.init("204", ["description": "Done"]))
    } else {
      members.append(.init("\(route.status)", content("Done", route.schema)))
    }
    for (status, text) in errors where status != 404 || route.canMiss || route.isWrite {
      members.append(.init("\(status)", content(text, "Error")))
    }
    return .object(members)
  }

  private static func content(_ text: String, _ schema: String) -> JSON {
    [
      "description": .string(text),
      "content": [
        "application/json": ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]
      ],
    ]
  }

  private static let errors = [
    (400, "A value breaks a rule; each fault with its field"), (401, "No key, or none of ours"),
    (403, "The key's scope or agent forbids it"), (404, "Not found"), (409, "It is there already"),
    (413, "The body is too large"), (415, "The body is not JSON"), (500, "Damaged data"),
    (502, "The remote"), (503, "Busy; see Retry-After"), (507, "The disk is full"),
  ]

  private static func describe(_ page: Page) -> JSON {
    let ok: JSON =
      page.schema.map { content("Done", $0) } ?? [
        "description": "Prometheus text",
        "content": ["text/plain": ["schema": ["type": "string"]]],
      ]
    var responses: [JSON.Member] = [.init("200", ok)]
    if page.canFail { responses.append(.init("503", content("Not ready", "Error"))) }
    for status in page.isPublic ? [] : [401, 403] {
      responses.append(.init("\(status)", content("No read key", "Error")))
    }
    var operation: [JSON.Member] = [
      .init("operationId", .string(page.name)), .init("summary", .string(page.summary)),
      .init("responses", .object(responses)),
    ]
    if page.isPublic { operation.append(.init("security", [])) }
    return .object(operation)
  }
}
