// One verb behind a method and a path: what a description of it says, whoever serves it.

public struct Operation: Sendable {
  public enum Segment: Hashable, Sendable {
    case text(String)
    /// A field of the verb's input.
    case field(String)
  }

  public let method: String
  /// `/api/v1/sessions/{session_id}`
  public let pattern: String
  public let segments: [Segment]
  /// Of its path.
  public let fieldCount: Int
  public let verb: String
  /// The status of a success.
  public let status: Int
  /// Whether it changes records.
  public let isWrite: Bool

  public init(_ method: String, _ pattern: String, _ verb: String, status: Int, isWrite: Bool) {
    self.method = method
    self.pattern = pattern
    self.verb = verb
    self.status = status
    self.isWrite = isWrite
    segments = pattern.dropFirst().split(separator: "/").map {
      $0.first == "{" ? .field(String($0.dropFirst().dropLast())) : .text(String($0))
    }
    fieldCount = segments.count { if case .field = $0 { true } else { false } }
  }

  /// Whether its fields stand in the body, and not in the query.
  public var takesBody: Bool { method == "POST" || method == "PUT" }

  /// Fields of the verb that it does not take.
  public var hidden: [String] {
    if verb == "sync" { return ["branch", "join", "watch"] }
    return pattern.hasSuffix("}/context") ? ["where"] : []
  }

  /// The verb's fields; those of a verb that this build lacks are none. `status --check` is of the command line alone: it
  /// asks for an exit code.
  public var fields: [Field] {
    let all = Self.descriptions[verb]?.fields ?? []
    return verb == "status" ? all.filter { $0.name != "check" } : all
  }

  var summary: String { Self.descriptions[verb]?.summary ?? verb }

  private static let descriptions = Dictionary(
    uniqueKeysWithValues: VerbTable.descriptions.map { ($0.name, $0) })

  /// At least one of these is needed; for a context, exactly one.
  var needsOneOf: [String]? {
    switch verb {
    case "session update": ["metadata", "status"]
    case "context" where hidden.isEmpty: ["session_id", "where"]
    default: nil
    }
  }

  /// Whether it answers 200 where it changed what was there.
  var mayUpdate: Bool { status == 201 && fields.contains { $0.name == "exist_ok" } }

  /// Whether what it names may not be there.
  var canMiss: Bool { pattern.contains("{") || verb == "context" || verb == "remember" }

  /// `get_sessions_session_id`
  var name: String {
    let words = segments.dropFirst(2).map { segment in
      switch segment {
      case .text(let text), .field(let text): text
      }
    }
    return ([method.lowercased()] + words).joined(separator: "_")
  }

  /// The schema of a success.
  var schema: String {
    switch verb {
    case "remember": "MemoryWritten"
    case "recall": "MemoryList"
    case "show": "Memory"
    case "search": "SearchResult"
    case "agent register", "agent show": "Agent"
    case "agent list": "AgentList"
    case "agent stats": "AgentStats"
    case "session list", "session search": "SessionList"
    case "session create", "session show", "session update": "Session"
    case "context": "Context"
    case "status": "Status"
    case "log": "Log"
    default: "Sync"
    }
  }
}
