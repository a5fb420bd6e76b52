// status: where this clone stands, and what needs a person.

internal import Git
internal import Glibc
internal import System

struct Status: Verb {
  static let description = VerbDescription(
    name: "status", group: "Repository", summary: "show where this clone stands",
    fields: [Field("check", .flag, "exit 1 where something needs a person")],
    examples: ["memtrace status", "memtrace status --check"])

  private let isCheck: Bool

  init(_ input: inout Input) {
    isCheck = input.flag("check")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let repository = try store.repository()
    let head = try repository.head()
    let ledger = try store.loadLedger()
    let records = try call.records()
    let newest = try records.newestID()?.ulid.milliseconds ?? 0
    let counts = records.counts
    return StatusAnswer(
      root: store.root, organisation: store.configuration.organisation,
      replica: ledger.newest?.id,
      branch: head.branch.map { String($0.dropFirst("refs/heads/".count)) },
      head: head.commit?.description, sync: try store.syncState(),
      uncommitted: try store.waiting().count, waiting: try store.waitingReport(),
      changed: store.isSmall || isCheck ? try store.filesChangedByPeople(repository, head) : nil,
      quarantined: try store.quarantined().count,
      locks: Self.locks(repository, head),
      index: try Self.index(repository, ledger, head, isQuick: !store.isSmall && !isCheck),
      attributes: try Self.attributes(repository),
      keptAside: try store.keptAside(),
      templatesToAccept: try store.templatesToAccept(),
      isErasing: try store.erasingIsUnderWay(),
      housekeepingFailure: store.housekeepingNote().failure,
      clockSkew: max(0, newest - call.world.now().milliseconds),
      agents: try records.agents().count, sessions: counts.sessions, memories: counts.memories,
      signature: try call.signature ?? call.reviewerName(), scope: call.scope,
      isCheck: isCheck)
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

  private static func index(
    _ repository: Repository, _ ledger: Ledger, _ head: Head, isQuick: Bool
  ) throws -> String {
    switch repository.indexState(isQuick: isQuick) {
    case .missing: return "missing"
    case .damaged, .unsupported: return "unreadable"
    case .readable: break
    }
    guard let entry = ledger.newest, let tip = entry.tip, tip.id == head.commit else {
      return "current"
    }
    return entry.indexedAt == tip ? "current" : "stale"
  }

  /// An attribute that has Git store our files in another form, so that nothing can be written.
  private static func attributes(_ repository: Repository) throws -> String? {
    for path in Conversion.examples {
      if let attribute = try repository.conversion(of: path) { return attribute }
    }
    return nil
  }
}

extension Store {
  /// Record files that differ from HEAD: a person's edits, which no verb commits. What sparse checkout keeps out of the
  /// work tree is none.
  func filesChangedByPeople(_ repository: Repository, _ head: Head) throws -> [String] {
    guard let commit = head.commit else { return [] }
    let tree = try repository.commit(commit).tree
    var committed: [String: ObjectID] = [:]
    for root in Layout.recordRoots {
      try repository.walk(tree, under: root) { path, entry in
        // What lies in a hidden folder is looked at by nobody.
        if !path.contains("/.") { committed[path] = entry.id }
      }
    }
    let untouched = try Self.untouched(committed.keys, repository)
    var changed: [String] = []
    for root in Layout.recordRoots {
      try folder.walk(
        root,
        stamps: { path, _ in
          guard let id = committed.removeValue(forKey: path) else {
            if path.hasSuffix(".jsonl") { changed.append(path) }
            return
          }
          guard untouched[path] != id else { return }
          // Gone since is changed, too.
          if try folder.read(path).map(Repository.blobID) != id { changed.append(path) }
        })
    }
    guard !committed.isEmpty, repository.indexState() != .damaged else {
      return changed + committed.keys.sorted()
    }
    let entries = try repository.indexEntries(at: committed.keys)
    return changed + committed.keys.filter { entries[$0]?.first?.isLeftOut != true }.sorted()
  }

  /// Files that need not be read; none where the index says nothing that can be read.
  private static func untouched(_ paths: some Sequence<String>, _ repository: Repository) throws
    -> [String: ObjectID]
  {
    do {
      return try repository.untouchedFiles(at: paths)
    } catch is GitError {
      return [:]
    }
  }
}
