// A verb's input out of a request: the query of GET and DELETE, the body of POST and PUT. Nothing is passed over.

import Memtrace

extension Request {
  /// What is given beside the path, as JSON of each field's kind. The verb refuses names that it does not know.
  /// - Throws: `Refusal` for a body that is no JSON object; `MemtraceError` for what stands in the wrong place.
  func given(for route: Route) throws -> JSON {
    guard route.operation.takesBody else {
      guard body.isEmpty || body == Array("{}".utf8) else {
        throw MemtraceError(
          .invalid, "\(method) takes no body", hint: "its fields stand in the query: ?NAME=VALUE")
      }
      return .object(try members(of: route.operation.fields))
    }
    if let item = query.first {
      throw MemtraceError.invalid([
        .init(
          String(item.name.prefix(128)),
          "stands in the query; fields of \(method) stand in the body"
        )
      ])
    }
    return try object()
  }

  /// Of its query. A text that is no number stays text, and the verb refuses it.
  func members(of fields: [Memtrace.Field]) throws -> [JSON.Member] {
    var members: [JSON.Member] = []
    var faults: [MemtraceError.Fault] = []
    func add(_ name: String, _ more: (JSON?) -> JSON?) {
      let place = members.firstIndex { $0.key == name }
      guard let value = more(place.map { members[$0].value }) else {
        return faults.append(.init(String(name.prefix(128)), "is given more than once"))
      }
      if let place { members[place].value = value } else { members.append(.init(name, value)) }
    }
    for item in query {
      if let (name, key) = Self.condition(item.name, fields) {
        guard item.value.unicodeScalars.count <= Limits.queryCondition else {
          let most = Limits.queryCondition
          faults.append(.init(String(item.name.prefix(128)), "is longer than \(most) characters"))
          continue
        }
        add(name) { known in
          let members = known?.members ?? []
          guard !members.contains(where: { $0.key == key }) else { return nil }
          return .object(members + [.init(key, .string(item.value))])
        }
        continue
      }
      let kind = fields.first { $0.isNamed(item.name) }?.kind
      switch kind {
      case .object: faults.append(.init(item.name, "is written \(item.name).KEY=VALUE in a query"))
      case .list:
        let words = item.value.split(separator: ",")
        guard !words.isEmpty else {
          faults.append(.init(item.name, "is empty"))
          continue
        }
        add(item.name) { known in
          .array((known?.array ?? []) + words.map { .string(String($0)) })
        }
      default: add(item.name) { $0 == nil ? Self.value(item.value, kind) : nil }
      }
    }
    guard faults.isEmpty else { throw MemtraceError.invalid(faults) }
    return members
  }

  /// `where.KEY` or `metadata.KEY`, where a field of that name is an object.
  private static func condition(
    _ name: String, _ fields: [Memtrace.Field]
  ) -> (name: String, key: String)? {
    guard let point = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let word = String(name[..<point])
    let key = String(name[name.utf8.index(after: point)...])
    guard !key.isEmpty, let field = fields.first(where: { $0.isNamed(word) }),
      case .object = field.kind
    else { return nil }
    return (word, key)
  }

  private static func value(_ text: String, _ kind: Memtrace.Field.Kind?) -> JSON {
    switch kind {
    case .integer, .number:
      if let json = try? JSON(parsing: Array(text.utf8)), case .number = json { return json }
      return .string(text)
    case .flag: return text == "true" ? true : text == "false" ? false : .string(text)
    default: return .string(text)
    }
  }

  private func object() throws -> JSON {
    guard !body.isEmpty else { return [:] }
    try checkMediaType()
    let json: JSON
    do {
      json = try JSON(parsing: body)
    } catch {
      throw Refusal(400, "invalid request body: \(error)")
    }
    guard json.members != nil else {
      throw Refusal(400, "invalid request body: not an object")
    }
    return json
  }

  /// - Throws: `Refusal` 415 for a body that is not plain JSON.
  func checkMediaType() throws {
    if let coding = header("content-encoding"), coding.lowercased() != "identity" {
      throw Refusal(
        415, "a body in '\(coding.prefix(64))' is not taken",
        hint: "send it without Content-Encoding")
    }
    if let type = header("content-type"), !Self.isJSON(type) {
      throw Refusal(415, "the body must be JSON", hint: "Content-Type: application/json")
    }
  }

  private static func isJSON(_ type: String) -> Bool {
    if type == "application/json" { return true }
    let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    return name == "application/json" || (name.hasPrefix("application/") && name.hasSuffix("+json"))
  }
}

/// A request that is turned away before any verb.
struct Refusal: Error {
  let message: String
  let response: Response

  init(
    _ status: Int, caller: String = "", _ message: String, hint: String? = nil,
    headers: [(name: String, value: String)] = []
  ) {
    var response = Response.error(status, message, hint: hint, headers: headers)
    response.caller = caller
    self.message = message
    self.response = response
  }
}
