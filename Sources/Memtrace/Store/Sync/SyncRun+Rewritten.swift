// Histories that no longer lead to each other: who rewrote theirs, and what becomes of it.

import Git

extension SyncRun {
  /// A remote whose history was rewritten, so that it no longer leads to what it had. Ours stays where it is. One that
  /// is merely behind, a replica that lags, is none; and where the commit that it had is gone here too, it is taken as
  /// it stands.
  func refuseRewound(_ repository: Repository, _ theirs: ObjectID, _ ours: ObjectID) throws {
    guard let known = try SeenTips(repository)[target.seenName],
      !(try known.leads(to: theirs, in: repository)),
      !(try KnownCommit(theirs).leads(to: known.id, in: repository)),
      !request.isJoining
    else { return }
    guard let seen = try known.resolve(in: repository)?.id else {
      store.notices.append(
        "what was last seen of \(target.remote)/\(target.upstreamName) is gone from this clone; "
          + "the remote is taken as it stands")
      return
    }
    guard try repository.isAncestor(seen, of: ours) else { return }
    let name = try rescue(repository, ours, "sync refused")
    let count = try repository.recordsAdded(from: theirs, to: seen)
    let isJoined = try !repository.mergeBases(ours, theirs).isEmpty
    throw MemtraceError(
      .conflict,
      "\(target.remote)/\(target.upstreamName) was rewritten: it no longer has \(count) "
        + "\(count == 1 ? "record" : "records") that it had; nothing was changed here, our side is kept as \(name)",
      hint: isJoined
        ? "to put them back: git -C \(store.root) pull --no-rebase \(target.remote) \(target.upstreamName) && "
          + target.command
        : "memtrace sync \(target.remote) --join takes it as it stands, and puts on it what is only here"
    )
  }

  /// One memory in two histories without a commit in common: this clone's was rewritten, or a person said that the
  /// remote's is the one to go on with. The remote is taken as it stands, and what only this clone has is put on it.
  mutating func rejoin(
    _ session: WriteSession, _ ours: ObjectID, _ theirs: ObjectID
  ) throws -> Step {
    let repository = try session.repository
    let (old, new) = (try repository.commit(ours), try repository.commit(theirs))
    // What both had last tells what the remote's side removed; where that is gone, nothing is taken out.
    let seen = try SeenTips(repository)[target.seenName]?.resolve(in: repository)
      .flatMap { try repository.isAncestor($0.id, of: theirs) ? $0.tree : nil }
    guard
      case .merged(let tree, let conflicts) = try repository.mergeTrees(
        ours, theirs, bases: seen.map { [$0] } ?? [], host: theirs)
    else { throw try unrelated(repository, ours) }
    let added = try repository.losses(from: tree, to: new.tree).count
    report.received += try repository.losses(from: tree, to: old.tree).count
    report.conflicts += conflicts
    let name = try rescue(repository, ours, "history was rewritten")
    var tip = theirs
    if tree != new.tree {
      let signature = try repository.committer(
        replica: target.remote, seconds: store.world.now().milliseconds / 1_000)
      tip = try repository.createCommit(
        tree: tree, parents: [theirs], author: signature, committer: signature,
        message: "sync: \(amount(added, "record")) of a clone whose history was rewritten\n")
    }
    try Checkout(session, from: ours, to: tip).run(branch: target.local)
    session.know(tip, on: target.local, after: nil)
    store.notices.append(
      "this clone and \(target.remote)/\(target.upstreamName) no longer have a commit in common: the remote is "
        + "taken as it stands"
        + (added > 0 ? ", with \(amount(added, "record")) of this clone put on it" : "")
        + "; this clone's history is kept as \(name)")
    return Step(toPush: tip == theirs ? nil : tip)
  }

  func unrelated(_ repository: Repository, _ ours: ObjectID) throws -> MemtraceError {
    MemtraceError(
      .conflict,
      "\(target.remote)/\(target.upstreamName) has no history in common with this repository; nothing was changed, "
        + "our side is kept as \(try rescue(repository, ours, "sync refused"))",
      hint:
        "memtrace clone \(target.url) makes a clone of its own; memtrace remote list shows the remotes"
    )
  }

  /// Gives our side a name that no later command takes away.
  private func rescue(_ repository: Repository, _ ours: ObjectID, _ reason: String) throws -> String
  {
    let known = try repository.references("refs/memtrace/rescue/*")
    if let name = known.first(where: { $0.id == ours })?.name { return name }
    let name = "refs/memtrace/rescue/\(store.world.now().milliseconds)"
    try repository.setReference(name, to: ours, expecting: nil, message: "memtrace: \(reason)")
    return name
  }
}

extension Repository {
  /// Whether two commits hold a record in common: then they are one memory, whatever their histories say.
  func shareRecords(_ one: ObjectID, _ other: ObjectID) throws -> Bool {
    let (one, other) = (try commit(one).tree, try commit(other).tree)
    struct Found: Error {}
    do {
      for root in Layout.recordRoots {
        try walk(one, under: root) { path, entry in
          guard entry.mode.isRegular, RecordPath.isRecordFile(path) else { return }
          let lines = LineSet.lost(from: try blob(entry.id), to: [], at: path)
          if try !standing(lines, in: other).found.isEmpty { throw Found() }
        }
      }
    } catch is Found { return true }
    return false
  }
}
