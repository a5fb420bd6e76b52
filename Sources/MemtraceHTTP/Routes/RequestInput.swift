// A verb's input out of a request: the path's fields, and the query or the body.

import Memtrace

extension Request {
  /// - Parameter path: the values of the path's fields, which nothing overrides.
  /// - Throws: `Refusal` for a body that is no JSON object.
  func input(for route: Route, path: [JSON.Member]) throws -> JSON {
    let given = ["GET", "DELETE", "HEAD"].contains(method) ? query(for: route) : try object()
    return .object(
      path
        + given.filter { member in
          !route.operation.hidden.contains(member.key) && !path.contains { $0.key == member.key }
        })
  }

  /// The query as JSON of each field's kind: a text that is no number stays text, and the verb refuses it.
  private func query(for route: Route) -> [JSON.Member] {
    var members: [JSON.Member] = []
    var conditions: [JSON.Member] = []
    for item in query {
      if item.name.hasPrefix("metadata."), item.name.utf8.count > 9 {
        conditions.append(.init(String(item.name.dropFirst(9)), .string(item.value)))
      } else if let field = route.operation.fields.first(where: { $0.name == item.name }),
        !members.contains(where: { $0.key == item.name })
      {
        members.append(.init(item.name, Self.value(item.value, field.kind)))
      }
    }
    members.removeAll { $0.key == "where" }
    if !conditions.isEmpty { members.append(.init("where", .object(conditions))) }
    return members
  }

  private static func value(_ text: String, _ kind: Memtrace.Field.Kind) -> JSON {
    switch kind {
    case .integer, .number:
      if let json = try? JSON(parsing: Array(text.utf8)), case .number = json { return json }
      return .string(text)
    case .flag: return text == "true" ? true : text == "false" ? false : .string(text)
    case .list: return .array(text.split(separator: ",").map { .string(String($0)) })
    default: return .string(text)
    }
  }

  private func object() throws -> [JSON.Member] {
    guard !body.isEmpty else { return [] }
    if let type = header("content-type"), !Self.isJSON(type) {
      throw Refusal(415, "the body must be JSON", hint: "Content-Type: application/json")
    }
    let json: JSON
    do {
      json = try JSON(parsing: body)
    } catch {
      throw Refusal(400, "invalid request body: \(error)")
    }
    guard let members = json.members else {
      throw Refusal(400, "invalid request body: not an object")
    }
    return members
  }

  private static func isJSON(_ type: String) -> Bool {
    if type == "application/json" { return true }
    let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    return name == "application/json" || (name.hasPrefix("application/") && name.hasSuffix("+json"))
  }
}

/// A request that is turned away before any verb.
struct Refusal: Error {
  let response: Response

  init(
    _ status: Int, _ message: String, hint: String? = nil,
    headers: [(name: String, value: String)] = []
  ) {
    response = .error(status, message, hint: hint, headers: headers)
  }
}
