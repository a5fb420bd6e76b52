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
    /// A thread of the repository's own: it waits for another machine.
    case network
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
  var isAlone: Bool {
    verb.hasPrefix("agent ") || verb.hasPrefix("review ") || verb == "retract" || verb == "put"
  }

  /// Looks from the end, where paths differ.
  func fits(_ path: [String]) -> Bool {
    guard path.count == operation.segments.count else { return false }
    return path.indices.reversed().allSatisfy { place in
      if case .text(let wanted) = operation.segments[place] { wanted == path[place] } else { true }
    }
  }

  /// The values of the fields in a path that fits.
  func members(_ path: [String]) -> [JSON.Member] {
    zip(operation.segments, path).compactMap { segment, text in
      if case .field(let name) = segment { JSON.Member(name, .string(text)) } else { nil }
    }
  }
}

/// Which routes answer with a verb's JSON, for those who describe the verbs.
public enum Routes {
  /// `POST /api/v1/memories`, in the order of the table.
  public static func of(_ verb: String) -> [String] {
    RouteTable.verbs.filter { $0.verb == verb }.map { route in
      "\(route.operation.method) \(route.operation.pattern)"
    }
  }
}

enum RouteTable {
  /// A path that is all text stands before one with a field in its place.
  static let verbs: [Route] = [
    Route("POST", "/api/v1/memories", "remember", .write, .write, status: 201),
    Route("GET", "/api/v1/memories", "recall", .read, .long),
    Route("GET", "/api/v1/memories/{memory_id}", "show", .read, .quick),
    Route("PUT", "/api/v1/memories/{memory_id=dedup_key}", "put", .write, .write, status: 201),
    Route(
      "DELETE", "/api/v1/memories/{memory_id=record_ids}", "retract", .write, .write, status: 204),
    Route("GET", "/api/v1/reviews", "review list", .read, .long),
    Route("POST", "/api/v1/reviews", "review add", .write, .write, status: 201),
    Route("POST", "/api/v1/search", "search", .read, .long),
    Route("POST", "/api/v1/agents", "agent register", .write, .write, status: 201),
    Route("GET", "/api/v1/agents", "agent list", .read, .long),
    Route("GET", "/api/v1/agents/{agent_id}", "agent show", .read, .quick),
    Route("DELETE", "/api/v1/agents/{agent_id}", "agent remove", .admin, .write, status: 204),
    Route("GET", "/api/v1/agents/{agent_id}/memories", "recall", .read, .long, after: "agent show"),
    Route("GET", "/api/v1/agents/{agent_id}/stats", "agent stats", .read, .long),
    Route("POST", "/api/v1/sessions", "session create", .write, .write, status: 201),
    Route("GET", "/api/v1/sessions", "session list", .read, .long),
    Route("POST", "/api/v1/sessions/search", "session search", .read, .long),
    Route("GET", "/api/v1/sessions/{session_id}", "session show", .read, .quick),
    Route("PUT", "/api/v1/sessions/{session_id}", "session update", .write, .write),
    Route(
      "GET", "/api/v1/sessions/{session_id}/memories", "recall", .read, .long,
      after: "session show"),
    Route("POST", "/api/v1/sessions/{session_id}/context", "context", .read, .long),
    Route("POST", "/api/v1/context", "context", .read, .long),
    Route("GET", "/api/v1/open", "open", .read, .long),
    Route("GET", "/api/v1/diff", "diff", .read, .long),
    Route("GET", "/api/v1/stats", "stats", .read, .long),
    Route("GET", "/api/v1/status", "status", .read, .long),
    Route("POST", "/api/v1/sync", "sync", .admin, .network),
    Route("GET", "/api/v1/log", "log", .read, .long),
  ].filter { route in VerbTable.descriptions.contains { $0.name == route.verb } }

  enum Found {
    case route(Route, [JSON.Member])
    /// The path is known with other methods.
    case otherMethods([String])
    case nothing
  }

  static func find(_ method: String, _ path: [String]) -> Found {
    let fitting = verbs.indices.filter { verbs[$0].fits(path) }
    guard let fewest = fitting.map({ verbs[$0].operation.fieldCount }).min() else {
      return .nothing
    }
    let resource = fitting.filter { verbs[$0].operation.fieldCount == fewest }
    if let place = resource.first(where: { verbs[$0].operation.method == method }) {
      return .route(verbs[place], verbs[place].members(path))
    }
    return .otherMethods(resource.map { verbs[$0].operation.method })
  }
}
