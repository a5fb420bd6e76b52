// Settings that stand in for options that were not given.

import Memtrace

/// A variable that `parse` reads. An empty one counts as unset.
enum EnvironmentVariable: String, CaseIterable {
  case repository = "MEMTRACE_REPO"
  case agent = "MEMTRACE_AGENT"
  case session = "MEMTRACE_SESSION"

  var help: String {
    switch self {
    case .repository: "Stands in for -C"
    case .agent: "Stands in for the agent of a verb"
    case .session: "Stands in for the session of a verb, where that may be left out"
    }
  }

  /// Whether it fills this field when the command line does not. A session that a verb is about must be named, and so must
  /// one of which all is approved, rejected or exported. An agent stands in as the one that writes, or that somebody looks
  /// at, never as a filter, which would hide what the other departments recorded, nor as the one that a key is for.
  func fills(_ field: Field, of verb: VerbDescription) -> Bool {
    switch self {
    case .repository: false
    case .agent:
      field.name == "agent_id" && verb.name != "key create"
        && (field.isAuthor || field.isPositional && verb.effect == .reads)
    case .session:
      field.name == "session_id" && !(field.isPositional && field.isRequired)
        && !["review approve", "review reject", "export"].contains(verb.name)
    }
  }

  func value(in environment: [String: String]) -> String? {
    environment[rawValue].flatMap { $0.isEmpty ? nil : $0 }
  }
}
