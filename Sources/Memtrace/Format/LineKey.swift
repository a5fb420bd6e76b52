// The keys that a line of ours may have.

/// A key at the top of a line, by its name in the contract.
enum LineKey: Int, CaseIterable {
  case time, agent, kind, eventType, event, content, decision, reasoning, tags, importance
  case metadata, dedupKey, parent, name, description, config, source, session, id

  var name: StaticString {
    switch self {
    case .time: "time"
    case .agent: "agent_id"
    case .kind: "memory_type"
    case .eventType: "event_type"
    case .event: "event"
    case .content: "content"
    case .decision: "decision"
    case .reasoning: "reasoning"
    case .tags: "tags"
    case .importance: "importance"
    case .metadata: "metadata"
    case .dedupKey: "dedup_key"
    case .parent: "parent_id"
    case .name: "name"
    case .description: "description"
    case .config: "config"
    case .source: "source"
    case .session: "session_id"
    case .id: "id"
    }
  }

  static let count = 19

  /// The key with these bytes; nil for one that this version does not know.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    func matches(_ key: LineKey) -> Bool {
      let name = key.name.utf8Start
      for i in 0..<bytes.count where bytes[i] != name[i] { return false }
      return true
    }
    let candidates: (LineKey, LineKey?, LineKey?)
    switch bytes.count {
    case 2: candidates = (.id, nil, nil)
    case 4: candidates = (.time, .tags, .name)
    case 5: candidates = (.event, nil, nil)
    case 6: candidates = (.config, .source, nil)
    case 7: candidates = (.content, nil, nil)
    case 8: candidates = (.agent, .metadata, .decision)
    case 9: candidates = (.reasoning, .parent, .dedupKey)
    case 10: candidates = (.eventType, .session, .importance)
    case 11: candidates = (.kind, .description, nil)
    default: return nil
    }
    if matches(candidates.0) {
      self = candidates.0
    } else if let key = candidates.1, matches(key) {
      self = key
    } else if let key = candidates.2, matches(key) {
      self = key
    } else {
      return nil
    }
  }
}
