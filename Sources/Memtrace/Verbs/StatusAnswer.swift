// What status answers: as JSON, and to a person with the next command beside whatever needs one.

struct StatusAnswer: Answer {
  let root: String
  let organisation: String
  let replica: String?
  let branch: String?
  let head: String?
  let sync: SyncState
  let uncommitted: Int
  /// For what they wait, since when.
  let waiting: WaitingReport?
  /// Nil where that was not looked at: there are too many files.
  let changed: [String]?
  let quarantined: Int
  let locks: [String]
  let index: String
  /// As one writes it: `filter=lfs`.
  let attributes: String?
  let keptAside: [KeptAside]
  /// Paths of templates that contexts do not use yet.
  let templatesToAccept: [String]
  /// An erasure of history was cut off.
  let isErasing: Bool
  let housekeepingFailure: String?
  /// Milliseconds by which the newest record lies in the future.
  let clockSkew: Int64
  let agents: Int
  let sessions: Int
  let memories: Int
  /// Whose name stands under what the caller says of records; nil for anybody.
  let signature: String?
  /// What the caller's key may do; nil where none is asked for.
  let scope: Key.Scope?
  /// The exit code is to tell whether something needs a person.
  let isCheck: Bool

  /// A clock that is this far off is worth a word, in milliseconds.
  static let tolerance: Int64 = 300_000

  /// What does not mend itself: what it is, and what a person does about it.
  var needs: [(what: String, hint: String)] {
    var all: [(String, String)] = []
    if let attributes {
      all.append(
        (
          "the Git attribute \(attributes) applies to our files, so nothing can be written",
          "echo '*.jsonl -filter' >> .gitattributes"
        ))
    }
    if let waiting, let reason = waiting.reason {
      let count = waiting.count
      all.append(
        (
          "\(count) \(count == 1 ? "record waits" : "records wait"): \(reason)",
          waiting.hint ?? "memtrace gc"
        ))
    }
    if branch == nil, waiting?.reason == nil {
      all.append(("HEAD is detached: records wait", "git switch BRANCH"))
    }
    if index == "missing" || index == "unreadable" {
      all.append(
        ("the Git index is \(index)", "memtrace check --repair; memtrace check says more"))
    }
    all += locks.map {
      ("\($0) is there: another Git process, or what a killed one left", "rm it if no git runs")
    }
    if let changed, !changed.isEmpty {
      all.append(
        (
          "\(changed.count) \(changed.count == 1 ? "file differs" : "files differ") from HEAD",
          "git diff; then git commit or git restore"
        ))
    }
    all += keptAside.map { ($0.what, $0.hint) }
    if quarantined > 0 {
      all.append(
        (
          "\(quarantined) torn \(quarantined == 1 ? "line is" : "lines are") quarantined",
          "look into .git/memtrace/quarantine; memtrace check --repair"
        ))
    }
    all += templatesToAccept.map {
      (
        "\($0) is not used: this clone has not accepted it",
        "read it, then memtrace template accept"
      )
    }
    if isErasing { all.append(("an erasure of history is not complete", "memtrace sync")) }
    if let failure = sync.lastFailure {
      let times = sync.failures > 1 ? ", \(sync.failures) times since one succeeded" : ""
      all.append(("the last sync failed\(times): \(failure)", "memtrace sync"))
    }
    if let housekeepingFailure {
      all.append(("packing failed: \(housekeepingFailure)", "memtrace check; memtrace gc"))
    }
    if clockSkew > Self.tolerance {
      all.append(
        ("the newest record lies \(clockSkew / 60_000) minutes ahead", "look at the clocks"))
    }
    return all
  }

  var failure: MemtraceError.Kind? { isCheck && !needs.isEmpty ? .internal : nil }

  func write(to json: inout JSONWriter) {
    json.object { object in
      func text(_ key: String, _ value: String?) {
        object.key(key)
        if let value { object.string(value) } else { object.null() }
      }
      func number(_ key: String, _ value: Int?) {
        object.key(key)
        if let value { object.integer(value) } else { object.null() }
      }
      func list(_ key: String, _ values: [String]) {
        object.key(key)
        object.array { list in for value in values { list.string(value) } }
      }
      text("org_id", organisation)
      text("replica", replica)
      text("branch", branch)
      text("head", head)
      number("ahead", sync.ahead)
      number("behind", sync.behind)
      number("uncommitted", uncommitted)
      text("waiting_for", waiting?.reason)
      text("waiting_since", waiting?.since?.description)
      if let changed {
        list("changed", changed)
      } else {
        object.key("changed")
        object.null()
      }
      number("quarantined", quarantined)
      list("locks", locks)
      text("index", index)
      text("attributes", attributes)
      list("rescued", keptAside.map(\.reference))
      text("housekeeping_failure", housekeepingFailure)
      text("remote", sync.remote)
      text("last_sync", sync.lastSync?.description)
      text("last_sync_failure", sync.lastFailure)
      number("sync_failures", sync.failures)
      number("clock_skew_ms", Int(clockSkew))
      number("agents", agents)
      number("sessions", sessions)
      number("memories", memories)
      text("signs_as", signature)
      text("scope", scope.map { "\($0)" })
      list("needs", needs.map { "\($0.what) (\($0.hint))" })
    }
  }

  var display: Display {
    var properties: [Display.Property] = [
      .init("repository", .id(root)), .init("organisation", .text(organisation)),
      .init("replica", replica.map { .id($0) } ?? .text("none yet: drawn at the first write")),
      .init("branch", .text(branch ?? "detached: records wait in the journal")),
    ]
    if let remote = sync.remote {
      let counts =
        sync.ahead.map { " · \($0) ahead, \(sync.behind ?? 0) behind at the last fetch" } ?? ""
      properties.append(.init("remote", .text(remote + counts)))
    }
    if let time = sync.lastSync { properties.append(.init("last sync", .time(time))) }
    if let time = sync.failedAt { properties.append(.init("last failure", .time(time))) }
    properties += [
      .init("agents", .number(agents)), .init("sessions", .number(sessions)),
      .init("memories", .number(memories)),
    ]
    if let waiting {
      properties.append(.init("not committed yet", .number(waiting.count)))
      if let since = waiting.since { properties.append(.init("since", .time(since))) }
    }
    if let changed {
      properties += changed.prefix(20).map { .init("changed by hand", .text($0)) }
    } else {
      properties.append(
        .init("changed by hand", .text("not looked at in so many files: memtrace status --check")))
    }
    if index == "stale" { properties.append(.init("git index", .text("behind our last commit"))) }
    properties += needs.map { .init("needs you", .text("\($0.what) (\($0.hint))")) }
    return .properties(properties)
  }
}
