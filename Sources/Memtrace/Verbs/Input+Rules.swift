// Fields with a rule of the contract behind them.

extension Input {
  /// An agent by its id or its name.
  mutating func agent(_ field: String = "agent_id") -> AgentReference? {
    agentName(field).map(AgentReference.init)
  }

  mutating func agentName(_ field: String) -> String? {
    guard let name = text(field, characters: Limits.agentName) else { return nil }
    if let problem = AgentName.lookalike(name) {
      fault(field, problem)
      return nil
    }
    return name
  }

  mutating func requiredAgent(_ field: String = "agent_id") -> AgentReference {
    guard value(field) != nil else {
      fault(field, "is required")
      return AgentReference("x")
    }
    return agent(field) ?? AgentReference("x")
  }

  mutating func session(_ field: String = "session_id") -> SessionID? {
    guard let text = text(field) else { return nil }
    guard let id = SessionID(text) else {
      fault(field, "'\(text.prefix(64))' is no legal id")
      return nil
    }
    return id
  }

  mutating func requiredSession(_ field: String = "session_id") -> SessionID {
    if value(field) == nil { fault(field, "is required") }
    return session(field) ?? .foreign("x")
  }

  /// `^[a-zA-Z][a-zA-Z0-9_]{0,63}$`
  mutating func type(_ field: String) -> String? {
    guard let text = text(field) else { return nil }
    guard Limits.isType(text.utf8) else {
      fault(field, "must be a letter, then up to 63 letters, digits or _")
      return nil
    }
    return text
  }

  mutating func tags(_ field: String = "tags") -> [String] {
    let tags = list(field)
    for tag in tags where !Limits.isTag(tag.utf8) {
      fault(field, "'\(tag.prefix(64))' must be 1 to 64 letters, digits, _ . or -")
    }
    var seen: Set<String> = []
    return tags.filter { seen.insert($0).inserted }
  }

  mutating func kinds(_ field: String) -> [Memory.Kind] {
    list(field).compactMap { text in
      if let kind = Memory.Kind(rawValue: text) { return kind }
      fault(field, "must be one of \(Memory.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
  }

  /// An object within the limits of size and depth.
  mutating func metadata(_ field: String = "metadata") -> [JSON.Member]? {
    guard let members = object(field) else { return nil }
    let json = JSON.object(members)
    let size = json.bytes.count
    if size > Limits.metadata {
      fault(field, "is \(size) bytes; at most \(Limits.metadata) are allowed")
    }
    if !json.isFinite { fault(field, "has a number that is too large to be one") }
    if json.depth > Limits.metadataDepth {
      fault(field, "is \(json.depth) deep; at most \(Limits.metadataDepth) are allowed")
    }
    return members
  }

  /// What a session's metadata must say: within the limits of metadata itself, so that comparing has an end.
  mutating func conditions(_ field: String = "where") -> [JSON.Member] {
    metadata(field) ?? []
  }

  /// Whether a list is to show what does not count too.
  mutating func includesAll() -> Bool {
    guard let text = text("include") else { return false }
    if text != "all" { fault("include", "must be all") }
    return true
  }

  /// What `Field.filters` say.
  mutating func filter() -> MemoryFilter {
    var filter = MemoryFilter()
    filter.contains = text("content_contains", bytes: Limits.content).map { Needle($0) }
    filter.sessionMetadata = conditions()
    filter.agent = agent()?.id
    filter.session = session()
    filter.tags = tags()
    filter.since = moment("since")
    filter.until = moment("until")
    filter.minImportance = number("min_importance", in: 0...1)
    return filter
  }

  /// The same with `Field.kindFilters`.
  mutating func filterWithKinds() -> MemoryFilter {
    var filter = filter()
    filter.kinds = kinds("memory_types")
    filter.eventTypes = Set(list("event_types"))
    return filter
  }

  /// Bounds, order and the piece of a list.
  mutating func page(limit fallback: Int) -> PageRequest {
    PageRequest(
      limit: integer("limit", in: Limits.page) ?? fallback,
      offset: integer("offset", in: 0...Int(Int32.max)) ?? 0,
      order: choice("order", Order.self) ?? .descending)
  }
}

/// An agent as a caller names it.
public struct AgentReference: Hashable, Sendable {
  public let name: String
  public let id: String

  public init(_ name: String) {
    self.name = name
    id = AgentName.id(of: name)
  }
}

/// Which piece of a list is wanted.
public struct PageRequest: Hashable, Sendable {
  /// 1…1,000
  public let limit: Int
  public let offset: Int
  public let order: Order
}

extension JSON {
  /// Whether every number is one: `1e999` is spelled as JSON has it, and readers take it for infinity or refuse the file.
  fileprivate var isFinite: Bool {
    switch self {
    case .number: double?.isFinite == true
    case .array(let values): values.allSatisfy(\.isFinite)
    case .object(let members): members.allSatisfy(\.value.isFinite)
    case .null, .bool, .string: true
    }
  }
}
