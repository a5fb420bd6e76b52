// A row of an import, made ready to be read as a memory.

/// One JSON object of a file that another program wrote.
struct ImportRow {
  /// With the fields that a memory does not have moved into its metadata.
  let json: JSON
  /// Their names.
  let kept: [String]
  /// Its source knows no times.
  var isUndated = false

  private static let fields = [
    "agent_id", "content", "memory_type", "event_type", "session_id", "metadata", "tags",
    "importance", "dedup_key", "parent_id", "id", "time", "session", "session_metadata",
    "session_time", "session_closed",
    // What the contract's answers add of themselves.
    "org_id", "duplicate_of",
  ]

  /// - Parameter json: a row; or a line of the file that `--skip-bad` wrote, whose row it is then.
  init(_ json: JSON) {
    let json = json["problem"] == nil ? json : json["row"] ?? json
    guard let members = json.members, json["replica"] == nil else {
      self.json = json
      kept = []
      return
    }
    let isDecision = Self.isDecision(json)
    let known = Self.fields + (isDecision ? ["decision", "reasoning"] : [])
    func isKnown(_ member: JSON.Member) -> Bool { known.contains(where: member.isNamed) }
    let others = members.filter { !isKnown($0) && $0.value != .null }
    // That is where a decision of the contract has its reasons.
    let isReasoned = json["memory_type"]?.string == Memory.Kind.decision.rawValue
    kept = others.map(\.key).filter { !isReasoned || $0 != "reasoning" }
    let metadata = json["metadata"] ?? .null
    guard !others.isEmpty, let own = metadata == .null ? [] : metadata.members else {
      self.json = json
      return
    }
    let added = others.filter { other in !own.contains { $0.isNamed(other.key) } }
    self.json = .object(
      members.filter { isKnown($0) && !$0.isNamed("metadata") }
        + [.init("metadata", .object(own + added))])
  }

  /// Spelled as a line of ours: `decision` and `reasoning` where a memory has `content`.
  var isDecision: Bool { Self.isDecision(json) }

  private static func isDecision(_ json: JSON) -> Bool {
    json["decision"]?.string != nil && json["content"] == nil && json["memory_type"] == nil
  }
}
