// One table of routes: method, path, the verb behind it, and what it takes to call it.

import Memtrace

/// A route of the contract.
struct Route: Sendable {
  /// How long an answer takes, and so which thread makes it.
  enum Pace: Sendable {
    /// Microseconds: the server's own thread.
    case quick
    /// The pool.
    case long
    /// The writer's thread.
    case write
  }

  let operation: Operation
  let scope: Key.Scope
  let pace: Pace
  /// A verb that must succeed with the path's fields first: it finds what the path names.
  let precondition: String?

  init(
    _ method: String, _ pattern: String, _ verb: String, _ scope: Key.Scope, _ pace: Pace,
    status: Int = 200, after precondition: String? = nil
  ) {
    operation = Operation(method, pattern, verb, status: status, isWrite: pace == .write)
    self.scope = scope
    self.pace = pace
    self.precondition = precondition
  }

  var verb: String { operation.verb }

  /// Whether the verb looks at records that a verb beside it in one group of writes may change.
  var isAlone: Bool { verb.hasPrefix("agent ") }

  /// The values of a path's fields; nil where the path is another one.
  func match(_ path: [String]) -> [JSON.Member]? {
    guard path.count == operation.segments.count else { return nil }
    var members: [JSON.Member] = []
    for (segment, text) in zip(operation.segments, path) {
      switch segment {
      case .text(let wanted): if text != wanted { return nil }
      case .field(let name): members.append(.init(name, .string(text)))
      }
    }
    return members
  }
}

enum RouteTable {
  /// A path that is all text stands before one with a field in its place.
  static let verbs: [Route] = [
    Route("POST", "/api/v1/memories", "remember", .write, .write, status: 201),
    Route("GET", "/api/v1/memories", "recall", .read, .long),
    Route("GET", "/api/v1/memories/{memory_id}", "show", .read, .quick),
    Route("POST", "/api/v1/search", "search", .read, .long),
    Route("POST", "/api/v1/agents", "agent register", .write, .write, status: 201),
    Route("GET", "/api/v1/agents", "agent list", .read, .long),
    Route("GET", "/api/v1/agents/{agent_id}", "agent show", .read, .quick),
    Route("DELETE", "/api/v1/agents/{agent_id}", "agent remove", .admin, .write, status: 204),
    Route("GET", "/api/v1/agents/{agent_id}/memories", "recall", .read, .long, after: "agent show"),
    Route("GET", "/api/v1/agents/{agent_id}/stats", "agent stats", .read, .long),
    Route("POST", "/api/v1/sessions", "session create", .write, .write, status: 201),
    Route("GET", "/api/v1/sessions", "session list", .read, .long),
    Route("POST", "/api/v1/sessions/search", "session search", .read, .quick),
    Route("GET", "/api/v1/sessions/{session_id}", "session show", .read, .quick),
    Route("PUT", "/api/v1/sessions/{session_id}", "session update", .write, .write),
    Route(
      "GET", "/api/v1/sessions/{session_id}/memories", "recall", .read, .quick,
      after: "session show"),
    Route("POST", "/api/v1/sessions/{session_id}/context", "context", .read, .long),
    Route("POST", "/api/v1/context", "context", .read, .long),
    Route("GET", "/api/v1/status", "status", .read, .long),
    Route("POST", "/api/v1/sync", "sync", .admin, .long),
    Route("GET", "/api/v1/log", "log", .read, .long),
  ].filter { route in VerbTable.descriptions.contains { $0.name == route.verb } }

  enum Found {
    case route(Route, [JSON.Member])
    /// The path is known with other methods.
    case otherMethods([String])
    case nothing
  }

  static func find(_ method: String, _ path: [String]) -> Found {
    let matching = verbs.compactMap { route in route.match(path).map { (route, $0) } }
    guard let fewest = matching.map(\.1.count).min() else { return .nothing }
    let resource = matching.filter { $0.1.count == fewest }
    if let (route, members) = resource.first(where: { $0.0.operation.method == method }) {
      return .route(route, members)
    }
    return .otherMethods(resource.map(\.0.operation.method))
  }
}
