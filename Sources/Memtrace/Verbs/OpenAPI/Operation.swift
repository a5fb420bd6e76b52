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
  /// What its path calls a field, where that is not the field's own name.
  private let pathNames: [String: String]
  public let verb: String
  /// The status of a success.
  public let status: Int
  /// Whether it changes records.
  public let isWrite: Bool

  /// - Parameter pattern: a field of the verb in braces: `{session_id}`, or `{memory_id=record_ids}` where the path calls
  ///   it otherwise.
  public init(_ method: String, _ pattern: String, _ verb: String, status: Int, isWrite: Bool) {
    self.method = method
    self.verb = verb
    self.status = status
    self.isWrite = isWrite
    var names: [String: String] = [:]
    var shown = ""
    segments = pattern.dropFirst().split(separator: "/").map { part in
      guard part.first == "{" else {
        shown += "/\(part)"
        return .text(String(part))
      }
      let words = part.dropFirst().dropLast().split(separator: "=").map(String.init)
      shown += "/{\(words[0])}"
      if words.count == 2 { names[words[1]] = words[0] }
      return .field(words[words.count - 1])
    }
    (pathNames, self.pattern) = (names, shown)
    fieldCount = segments.count { if case .field = $0 { true } else { false } }
  }

  /// What its path calls a field.
  func pathName(of field: String) -> String { pathNames[field] ?? field }

  /// Whether its fields stand in the body, and not in the query.
  public var takesBody: Bool { method == "POST" || method == "PUT" }

  /// Fields of the verb that it does not take.
  public var hidden: [String] {
    if verb == "sync" { return ["branch", "join", "watch"] }
    if verb == "diff" { return ["since_seen", "markdown"] }
    // What only the command line asks of these: a search has a route of its own.
    if verb == "recall" { return ["content_contains", "min_importance"] }
    if verb == "log" {
      return (Field.filters + Field.kindFilters).map(\.name).filter {
        $0 != "session_id" && $0 != "agent_id"
      }
    }
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
  var mayUpdate: Bool {
    status == 201 && (verb == "put" || fields.contains { $0.name == "exist_ok" })
  }

  /// Whether what it names may not be there.
  var canMiss: Bool {
    pattern.contains("{") || ["context", "remember", "review add", "diff"].contains(verb)
  }

  /// `get_sessions_session_id`
  var name: String {
    let words = segments.dropFirst(2).map { segment in
      switch segment {
      case .text(let text): text
      case .field(let field): pathName(of: field)
      }
    }
    return ([method.lowercased()] + words).joined(separator: "_")
  }

  /// The schema of a success.
  var schema: String { AnswerShape.schemas[verb] ?? "Sync" }
}
