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
}
