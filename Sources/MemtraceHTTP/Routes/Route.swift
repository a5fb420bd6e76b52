// One table of routes: method, path, the verb behind it, and what it takes to call it.

import Memtrace

/// A route of the contract. Who may call it, and on which thread it is answered, is what its verb says.
struct Route: Sendable {
  let operation: Operation
  let description: VerbDescription
  /// A verb that must succeed with the path's fields first: it finds what the path names.
  let precondition: String?

  init(
    _ method: String, _ pattern: String, _ description: VerbDescription, status: Int,
    after precondition: String?
  ) {
    operation = Operation(
      method, pattern, description.name, status: status, isWrite: description.effect.isWrite)
    self.description = description
    self.precondition = precondition
  }

  var verb: String { operation.verb }

  var effect: Effect { description.effect }

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
    route("POST", "/api/v1/memories", "remember", status: 201),
    route("GET", "/api/v1/memories", "recall"),
    route("GET", "/api/v1/memories/{memory_id}", "show"),
    route("PUT", "/api/v1/memories/{memory_id=dedup_key}", "put", status: 201),
    route("DELETE", "/api/v1/memories/{memory_id=record_ids}", "retract", status: 204),
    route("GET", "/api/v1/reviews", "review list"),
    route("POST", "/api/v1/reviews", "review add", status: 201),
    route("POST", "/api/v1/search", "search"),
    route("POST", "/api/v1/agents", "agent register", status: 201),
    route("GET", "/api/v1/agents", "agent list"),
    route("GET", "/api/v1/agents/{agent_id}", "agent show"),
    route("DELETE", "/api/v1/agents/{agent_id}", "agent remove", status: 204),
    route("GET", "/api/v1/agents/{agent_id}/memories", "recall", after: "agent show"),
    route("GET", "/api/v1/agents/{agent_id}/stats", "agent stats"),
    route("POST", "/api/v1/sessions", "session create", status: 201),
    route("GET", "/api/v1/sessions", "session list"),
    route("POST", "/api/v1/sessions/search", "session search"),
    route("GET", "/api/v1/sessions/{session_id}", "session show"),
    route("PUT", "/api/v1/sessions/{session_id}", "session update"),
    route(
      "GET", "/api/v1/sessions/{session_id}/memories", "recall",
      after: "session show"),
    route("POST", "/api/v1/sessions/{session_id}/context", "context"),
    route("POST", "/api/v1/context", "context"),
    route("GET", "/api/v1/open", "open"),
    route("GET", "/api/v1/diff", "diff"),
    route("GET", "/api/v1/stats", "stats"),
    route("GET", "/api/v1/status", "status"),
    route("POST", "/api/v1/sync", "sync"),
    route("GET", "/api/v1/log", "log"),
  ].compactMap(\.self)

  /// What has no path of its own, for other protocols alone: over HTTP a decision is a memory of that type, and to close
  /// a session is to change its status.
  static let ofGateways: [Route] = [
    route("POST", "/api/v1/memories", "decide", status: 201),
    route("PUT", "/api/v1/sessions/{session_id}", "session close"),
  ].compactMap(\.self)

  /// Nil for a verb that this program lacks.
  private static func route(
    _ method: String, _ pattern: String, _ verb: String, status: Int = 200,
    after precondition: String? = nil
  ) -> Route? {
    VerbTable.descriptions.first { $0.name == verb }.map {
      Route(method, pattern, $0, status: status, after: precondition)
    }
  }

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
