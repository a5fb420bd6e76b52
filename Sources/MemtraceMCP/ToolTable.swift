// The table of tools.

import Memtrace

enum ToolTable {
  /// In the order in which they are listed.
  static let all: [Tool] = [
    Tool(
      "remember", "remember", .stored, core: true,
      "Store what you learned, did or were told, so that the next agent knows it.",
      [
        .init("agent_id*"), .init("content*", "one fact or event, in a sentence"),
        .init("memory_type"), .init("event_type"), .init("session_id"), .init("tags"),
        .init("importance"), .init("metadata"), .init("dedup_key"),
        .init("parent_id", "with event_type correction: what it corrects"),
      ]),
    Tool(
      "decide", "decide", .stored, core: true,
      "Store a decision and its reason.",
      [
        .init("agent_id*"), .init("decision*"), .init("reasoning*"), .init("session_id"),
        .init("tags"), .init("importance"),
      ]),
    Tool(
      "context", "context", .context, core: true,
      "Everything about one customer, over all sessions and agents. Call it first.",
      [
        .init("where*", "e.g. {\"customer_id\":\"c1\"}, or phone, email"),
        .init("query", "puts what is about this first"), .init("max_tokens"),
        .init("tokenizer"),
      ]),
    Tool(
      "search", "search", .memories, core: true,
      "Find memories by words and filters.",
      [
        .init("query"), .init("agent_id"), .init("content_contains"), .init("memory_types"),
        .init("tags", "all of these"), .init("since"), .init("min_importance"),
        .init("where", "session metadata"), .init("limit", default: 50),
      ]),
    Tool(
      "recall", "recall", .memories,
      "An agent's latest memories.",
      [
        .init("agent_id*"), .init("since", default: "24h"), .init("session_id"),
        .init("memory_type"), .init("limit", default: 50),
      ]),
    Tool(
      "session_create", "session create", .stored,
      "Start a session for a conversation.",
      [.init("agent_id*"), .init("metadata", "e.g. {\"customer_id\":\"c1\",\"channel\":\"chat\"}")]),
    Tool(
      "session_search", "session search", .sessions,
      "Find a customer's sessions, newest first.",
      [
        .init("where", "e.g. {\"customer_id\":\"c1\"}"), .init("status"), .init("agent_id"),
        .init("since"), .init("limit", default: 20),
      ]),
    Tool(
      "session_context", "context", .context,
      "One session, written for you.",
      [
        .init("session_id*"), .init("since"), .init("include_types"), .init("max_tokens"),
        .init("tokenizer"),
      ]),
    Tool(
      "session_close", "session close", .plain,
      "Mark a session as done.",
      [.init("session_id*"), .init("agent_id")]),
    Tool(
      "open", "open", .items,
      "What still waits, for whom, since when.",
      [.init("where"), .init("agent_id"), .init("limit")]),
    Tool(
      "retract", "retract", .plain,
      "Take back a memory that is wrong; history keeps it.",
      [.init("record_ids*"), .init("reason"), .init("agent_id", "who takes it back")]),
    Tool(
      "agent_register", "agent register", .plain,
      "Introduce an agent.",
      [.init("name*"), .init("description")]),
    Tool(
      "sync", "sync", .plain,
      "Exchange memory with the remote.",
      [.init("remote")]),
  ].compactMap(\.self)

  /// - Parameter scope: what who asks may do.
  static func offered(coreOnly: Bool, scope: Key.Scope) -> [Tool] {
    all.filter { (!coreOnly || $0.isCore) && $0.description.effect.scope <= scope }
  }

  /// Why a tool of that name is not offered.
  static func absence(of name: String, _ scope: Key.Scope) -> String {
    guard let needed = all.first(where: { $0.name == name })?.description.effect.scope,
      needed > scope
    else { return "there is no tool '\(name)'" }
    return "'\(name)' is not offered here: it needs the scope '\(needed)'"
  }
}
