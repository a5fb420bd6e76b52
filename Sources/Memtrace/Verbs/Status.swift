// status: where this clone stands.

internal import Git
internal import Glibc

struct Status: Verb {
  static let description = VerbDescription(
    name: "status", group: "Repository", summary: "show where this clone stands",
    fields: [], examples: ["memtrace status"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let repository = try store.repository()
    let head = try repository.head()
    let ledger = try store.loadLedger()
    let pending = try store.waiting()
    let records = try store.records()
    let sessions = try records.sessions()
    let memories = try records.memories(MemoryFilter())
    let newest = memories.last?.id.ulid.milliseconds ?? 0
    return StatusAnswer(
      root: store.root, organisation: store.configuration.organisation,
      replica: ledger.newest?.id,
      branch: head.branch.map { String($0.dropFirst("refs/heads/".count)) },
      head: head.commit?.description, sync: try store.syncState(),
      uncommitted: pending.count,
      changed: try store.filesChangedByPeople(repository, head),
      quarantined: try store.quarantined(),
      locks: Self.locks(repository, head),
      index: try Self.index(repository, ledger, head),
      clockSkew: max(0, newest - call.world.now().milliseconds),
      agents: try records.agents().count, sessions: sessions.count, memories: memories.count)
  }

  /// Git's lock files that exist at this moment, whoever holds them.
  private static func locks(_ repository: Repository, _ head: Head) -> [String] {
    var candidates = ["HEAD.lock", "index.lock", "config.lock", "packed-refs.lock"]
    if let branch = head.branch { candidates.append("\(branch).lock") }
    return candidates.filter {
      access("\(repository.gitFolder)/\($0)", F_OK) == 0
        || access("\(repository.commonFolder)/\($0)", F_OK) == 0
    }
  }

  private static func index(_ repository: Repository, _ ledger: Ledger, _ head: Head) throws
    -> String
  {
    if !repository.indexIsReadable() { return "unreadable" }
    guard let entry = ledger.newest, let tip = entry.tip, tip.id == head.commit else {
      return "current"
    }
    return entry.indexedAt == tip ? "current" : "stale"
  }
}

extension Store {
  /// Record files that differ from HEAD: a person's edits, which no verb commits.
  func filesChangedByPeople(_ repository: Repository, _ head: Head) throws -> [String] {
    guard let commit = head.commit else { return [] }
    let tree = try repository.commit(commit).tree
    var committed: [String: ObjectID] = [:]
    for root in Layout.recordRoots {
      try repository.walk(tree, under: root) { path, entry in committed[path] = entry.id }
    }
    var changed: [String] = []
    for root in Layout.recordRoots {
      try folder.walk(root) { path, bytes in
        let id = committed.removeValue(forKey: path)
        if id == nil ? path.hasSuffix(".jsonl") : try Repository.blobID(bytes) != id {
          changed.append(path)
        }
      }
    }
    return changed + committed.keys.sorted()
  }
}

struct StatusAnswer: Answer {
  let root: String
  let organisation: String
  let replica: String?
  let branch: String?
  let head: String?
  let sync: SyncState
  let uncommitted: Int
  let changed: [String]
  let quarantined: Int
  let locks: [String]
  let index: String
  /// Milliseconds by which the newest record lies in the future.
  let clockSkew: Int64
  let agents: Int
  let sessions: Int
  let memories: Int

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
      list("changed", changed)
      number("quarantined", quarantined)
      list("locks", locks)
      text("index", index)
      text("remote", sync.remote)
      text("last_sync", sync.lastSync?.description)
      text("last_sync_failure", sync.lastFailure)
      number("clock_skew_ms", Int(clockSkew))
      number("agents", agents)
      number("sessions", sessions)
      number("memories", memories)
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
    if let failure = sync.lastFailure { properties.append(.init("it failed", .text(failure))) }
    properties += [
      .init("agents", .number(agents)), .init("sessions", .number(sessions)),
      .init("memories", .number(memories)),
    ]
    if uncommitted > 0 { properties.append(.init("not committed yet", .number(uncommitted))) }
    properties += changed.prefix(20).map { .init("changed by hand", .text($0)) }
    if quarantined > 0 { properties.append(.init("quarantined", .number(quarantined))) }
    properties += locks.map { .init("locked", .text($0)) }
    if index != "current" { properties.append(.init("git index", .text(index))) }
    if clockSkew > 300_000 {
      properties.append(
        .init("clock", .text("the newest record lies \(clockSkew / 60_000) minutes ahead")))
    }
    return .properties(properties)
  }
}
