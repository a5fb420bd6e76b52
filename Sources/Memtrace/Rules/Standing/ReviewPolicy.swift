// What somebody has to look at before it counts: `review` and `reviewers` of the configuration.

/// Which records wait for a verdict, and who gives one.
public struct ReviewPolicy: Hashable, Sendable {
  /// Everything that it says must hold.
  public struct Rule: Hashable, Sendable {
    var kind: Memory.Kind?
    var eventType: String?
    /// A record without importance does not match one.
    var importance: Double?
    var agent: String?
    var tag: String?

    func matches(_ memory: Memory) -> Bool {
      if let kind, memory.kind != kind { return false }
      if let eventType, !memory.eventType.isExactly(eventType) { return false }
      if let importance, memory.importance.map({ $0 < importance }) ?? true { return false }
      if let agent, !memory.agent.isExactly(agent) { return false }
      return tag.map { memory.tags.contains(where: $0.isExactly) } ?? true
    }

    /// `decision from importance 0.8`
    var text: String {
      var words = [kind?.rawValue ?? "record"]
      if let eventType { words.append("of \(eventType)") }
      if let importance { words.append("from importance \(importance)") }
      if let agent { words.append("by \(agent)") }
      if let tag { words.append("tagged \(tag)") }
      return words.joined(separator: " ")
    }
  }

  public internal(set) var before: [Rule] = []
  /// What was recorded earlier waits for nobody; nil for no such time.
  public internal(set) var since: Timestamp?
  /// Agents, and names of keys, whose records need no verdict.
  public internal(set) var trusted: [String] = []
  /// Who may give one; empty for anybody who may write.
  public internal(set) var reviewers: [String] = []

  public init() {}

  /// The rule by which a record waits; nil where it counts at once.
  /// - Parameters:
  ///   - writer: the name of the key that wrote it.
  ///   - corrected: what it corrects. Where that would wait, so does this, which takes its place.
  func rule(for memory: Memory, correcting corrected: Memory?, by writer: String?) -> Rule? {
    if before.isEmpty { return nil }
    if let since, memory.id.ulid.milliseconds < since.milliseconds { return nil }
    if trusted.contains(where: { $0.isExactly(memory.agent) || $0 == writer }) { return nil }
    return before.first { $0.matches(memory) || corrected.map($0.matches) == true }
  }

  func mayReview(_ name: String) -> Bool {
    reviewers.isEmpty || reviewers.contains(where: name.isExactly)
  }

  // MARK: In the configuration

  /// A rule that this version does not know, as a writer must not follow it by half.
  struct Unknown: Error {
    let problem: String
  }

  init(_ configuration: JSON) throws(Unknown) {
    reviewers = try Self.texts(configuration["reviewers"], "reviewers")
    guard let policy = configuration["review"], policy != .null else { return }
    guard let members = policy.members else { throw Unknown(problem: "\"review\" is no object") }
    for member in members {
      switch member.key {
      case "before":
        guard let rules = member.value.array else {
          throw Unknown(problem: "\"before\" of \"review\" is no list")
        }
        for rule in rules { before.append(try Self.rule(rule)) }
      case "since":
        since = member.value.string.flatMap { Timestamp(rfc3339: $0) }
        if since == nil { throw Unknown(problem: "\"since\" of \"review\" is no time") }
      case "trusted": trusted = try Self.texts(member.value, "trusted")
      default: throw Unknown(problem: "\"review\" has the unknown key \"\(member.key)\"")
      }
    }
  }

  static func rule(_ json: JSON) throws(Unknown) -> Rule {
    var rule = Rule()
    guard let members = json.members else {
      throw Unknown(problem: "a rule of \"review\" is no object")
    }
    for member in members {
      switch (member.key, member.value) {
      case ("type", .string(let text)) where Memory.Kind(rawValue: text) != nil:
        rule.kind = Memory.Kind(rawValue: text)
      case ("event_type", .string(let text)): rule.eventType = text
      case ("importance", .number): rule.importance = member.value.double
      case ("agent", .string(let text)): rule.agent = AgentName.id(of: text)
      case ("tag", .string(let text)): rule.tag = text
      default:
        throw Unknown(problem: "a rule of \"review\" does not know \"\(member.key)\" so")
      }
    }
    return rule
  }

  private static func texts(_ json: JSON?, _ name: String) throws(Unknown) -> [String] {
    guard let json, json != .null else { return [] }
    guard let values = json.array, values.allSatisfy({ $0.string != nil }) else {
      throw Unknown(problem: "\"\(name)\" is no list of names")
    }
    return values.compactMap(\.string)
  }
}
