// What a verb's JSON holds, in one line for people: `{memories: [Memory], count, has_more}`.

public enum AnswerShape {
  /// The schema of each verb's answer, for all that the bridge answers too or that look like it.
  static let schemas: [String: String] = {
    var schemas: [String: String] = [:]
    for (schema, verbs) in [
      ("MemoryWritten", ["remember"]), ("MemoryList", ["recall"]),
      ("Memory", ["decide", "show", "put"]), ("OpenItems", ["open"]), ("Difference", ["diff"]),
      ("Statistics", ["stats"]), ("ReviewItems", ["review list"]),
      (
        "Reviews",
        ["review add", "review approve", "review reject", "review undo", "retract", "restore"]
      ),
      ("SearchResult", ["search"]), ("Agent", ["agent register", "agent show", "agent remove"]),
      ("AgentList", ["agent list"]), ("AgentStats", ["agent stats"]),
      ("SessionList", ["session list", "session search"]),
      (
        "Session",
        ["session create", "session show", "session update", "session close", "session reopen"]
      ),
      ("Context", ["context"]), ("Status", ["status"]), ("Log", ["log"]),
      ("Sync", ["sync", "pull", "push", "propose"]),
    ] {
      for verb in verbs { schemas[verb] = schema }
    }
    return schemas
  }()

  /// Of the verbs that the command line alone has. A test runs them and compares.
  private static let others: [String: String] = [
    "review policy": "{before: [text], since?, trusted: [text], reviewers: [text]}",
    "blame": "{records: [{commit?, author?, committed_at?, record: Memory}], count}",
    "customer":
      "{sessions: [Session], open: [{age_s, customer?, waits_for?, handed_over_by?, hand_over_id?, record: Memory}], memories: [Memory], count, linked: [{key, value, sessions: [text]}]}",
    "archive":
      "{dry_run, sessions, files, lines, archives, commit?, left: {open, young, unmerged, changed, odd, few}}",
    "init": "{path, org_id}", "clone": "{path, commit}",
    "check": "{files, lines, records, problems: [{level, path, line?, problem}]}",
    "gate test": "{findings: [{kind, action, placeholder, line, start, end}], count, text}",
    "erase":
      "{id?, dry_run, sessions: [text], records: [text], related: [text], count, linked: [{key, value, sessions: [text]}], earlier?: [text], committed?, remotes?: [{name, sent, trouble?}], history?: {id, commits, objects_removed, references: [text], moved: [{remote, references: [text]}], left: [text]}}",
    "import":
      "{rows, records, sessions, known, bad, different, different_ids?: [text], passed_over?, masked?: [text], erased?, unmasked?, kept_in_metadata?: {NAME: number}, dry_run?, sample?: [record]}",
    "mcp install": "{file?, configuration}", "demo": "{path, commands: [text]}",
    "gc": "{packed, joined}", "template accept": "{accepted: [{path, sha256}], count}",
    "accept": "{ids: [text], accepted: [text], put_back_by: [text], count}",
    "template": "{templates: [text]} or {name, content}",
    "key create": "{key, name, scope, agent_id?, created_at, expires_at?}",
    "key list": "{keys: [{name, scope, agent_id?, created_at, expires_at?}], count}",
    "key revoke": "{name, scope, agent_id?, created_at, expires_at?}",
    "remote add": "{remotes: [{name, url}]}", "remote list": "{remotes: [{name, url}]}",
    "remote set-url": "{remotes: [{name, url}]}", "remote remove": "{remotes: [{name, url}]}",
    "version": "{version}", "export": "one line a record, or the whole document as text",
    "completions": "the script as text", "manual": "the manual as text",
  ]

  /// Those that stand by their names in the shape of others.
  public static let named = ["Memory", "Session", "Agent", "Review"]

  /// Nil where a verb prints no JSON.
  public static func of(verb: String) -> String? {
    if let other = others[verb] { return other }
    guard let schema = schemas[verb] else { return nil }
    return named.contains(schema) ? schema : of(schema: schema)
  }

  public static func of(schema name: String) -> String {
    OpenAPI.schemas[name].map(shape) ?? name
  }

  /// Members that may be missing have a question mark; a plain value shows its name alone.
  private static func shape(_ schema: JSON) -> String {
    if let reference = schema["$ref"]?.string {
      let name = String(reference.split(separator: "/").last ?? "")
      if named.contains(name) { return name }
      return of(schema: name)
    }
    if let choices = schema["anyOf"]?.array { return choices.map(shape).joined(separator: " or ") }
    if schema["type"]?.string == "array" {
      return "[\(schema["items"].map(shape) ?? "")]"
    }
    guard schema["type"]?.string == "object" else { return "text" }
    guard let members = schema["properties"]?.members else {
      return schema["additionalProperties"] == nil ? "{…}" : "{NAME: number}"
    }
    let required = schema["required"]?.array?.compactMap(\.string) ?? []
    return "{"
      + members.map { member in
        let inner = shape(member.value)
        return member.key + (required.contains(member.key) ? "" : "?")
          + (inner == "text" ? "" : ": \(inner)")
      }.joined(separator: ", ") + "}"
  }
}
