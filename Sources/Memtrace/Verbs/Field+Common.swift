// Fields that several verbs share.

extension Field {
  static let agent = Field("agent_id", .id("agent"), flag: "agent", "the agent, by id or name")
  static let requiredAgent = Field(
    "agent_id", .id("agent"), required: true, flag: "agent", "the agent that writes, by id or name"
  ).author
  static let session = Field("session_id", .id("session"), flag: "session", "the session")
  static let sessionPosition = Field(
    "session_id", .id("session"), required: true, positional: true, "the session")
  static let tags = Field("tags", .list, flag: "tag", "a tag; repeat it for more")
  static let metadata = Field("metadata", .object, flag: "meta", "a key and its value")
  static let sessionMetadata = Field(
    "where", .object, alias: "metadata",
    "a key of the session's metadata and its value; all must be equal")
  static let since = Field(
    "since", .moment, "only what was recorded since then: 30m, 24h, 7d, 2w, a date or RFC 3339")
  static let until = Field("until", .moment, "only what was recorded before then")
  static let contains = Field(
    "content_contains", .text, flag: "contains", "text that it contains; case does not matter")
  static let kind = Field(
    "memory_type", .choice(Memory.Kind.allCases.map(\.rawValue)), flag: "type", default: "episodic",
    "what kind of memory it is")
  static let kindFilter = Field(
    "memory_type", .choice(Memory.Kind.allCases.map(\.rawValue)), flag: "type",
    "only memories of this kind")
  static let eventType = Field(
    "event_type", .text, flag: "event", default: "general", "what kind of event, in your own words")
  static let importance = Field(
    "importance", .number(0...1), "how much it matters: 0 is trifling, 1 vital")
  static let dedupKey = Field(
    "dedup_key", .text, "a retry with the same key, agent and session is refused as a duplicate")
  static let parent = Field(
    "parent_id", .id("record"), flag: "parent", "the record that this one answers or corrects")
  static let order = Field(
    "order", .choice(Order.allCases.map(\.rawValue)), default: "desc", "newest or oldest first")
  static let include = Field(
    "include", .choice(["all"]), flag: "all",
    "also what does not count: retracted, corrected, rejected, repeated, or waiting for a review")
  static let offset = Field(
    "offset", .integer(0...Int(Int32.max)), default: 0, "how many to pass over")

  /// What recall, search, export and log have in common, beside a list of kinds.
  static let filters: [Field] = [
    .contains, .sessionMetadata, .agent, .session, .tags, .since, .until, .minImportance,
  ]
  static let kindFilters: [Field] = [
    Field("memory_types", .list, flag: "type", "only memories of this kind; repeat it for more"),
    Field("event_types", .list, flag: "event", "only this kind of event; repeat it for more"),
  ]
  static let minImportance = Field(
    "min_importance", .number(0...1), "only memories at least this important")

  static func limit(_ fallback: Int) -> Field {
    Field("limit", .integer(Limits.page), default: .number(String(fallback)), "how many at most")
  }
}
