// Under the lock: how our side and theirs stand to each other, and what follows from it.

import Git

extension SyncRun {
  struct Step {
    /// What the remote should have; nil where it has everything.
    var toPush: ObjectID?
    /// HEAD is not there yet: it moves once the remote has taken the merge, which otherwise is made anew.
    var isMerge = false
    /// A merge of it is of use only where the remote has taken it.
    var isProposal = false
  }

  /// What a tip of the remote is.
  enum Tip {
    case main
    /// A branch of ours, which says nothing of whether the main one was rewound.
    case proposal
    /// The main branch, with a proposal behind it that it has taken in: joined though the trees are equal.
    case landing
    /// A branch of ours with what it held before behind it: joined likewise.
    case rewritten
  }

  /// Brings in what was fetched. A merge that is to be pushed is only made, not moved to.
  mutating func integrate(_ session: WriteSession, _ theirs: ObjectID?) throws -> Step {
    try session.settle()
    let repository = try session.repository
    let head = try repository.head()
    guard head.branch == target.local else {
      throw MemtraceError(.busy, "the branch was switched during the sync", hint: "memtrace sync")
    }
    guard let ours = head.commit else { return try adopt(session, theirs) }
    guard request.direction != .push else {
      return Step(toPush: try session.isInStep(ours, with: theirs) ? nil : ours)
    }
    if target.proposes { return try integrateProposing(session, theirs) }
    guard target.hasOwnBranch else {
      return try join(session, ours, theirs, as: .main, mayWait: true)
    }
    // Both branches are merged here at once: what a reviewer put on it comes along, and the main one stays as it is.
    _ = try join(session, ours, theirs, as: .main, mayWait: false)
    guard let joined = try repository.head().commit else { return Step() }
    _ = try join(session, joined, remoteHas, as: .proposal, mayWait: false)
    let tip = try repository.head().commit
    return Step(toPush: try session.isInStep(tip, with: remoteHas) ? nil : tip)
  }

  /// Brings one tip of the remote in.
  /// - Parameter mayWait: a merge that is to be pushed moves HEAD only once the remote has taken it.
  mutating func join(
    _ session: WriteSession, _ ours: ObjectID, _ theirs: ObjectID?, as kind: Tip, mayWait: Bool
  ) throws -> Step {
    let repository = try session.repository
    guard let theirs else { return Step(toPush: ours) }
    // Clones that merged one tree each in their own way would else merge their merges for ever.
    if kind == .main || kind == .proposal, try session.isInStep(ours, with: theirs) {
      return Step()
    }
    if try repository.isAncestor(theirs, of: ours) { return Step(toPush: ours) }
    if kind == .main { try refuseRewound(repository, theirs, ours) }
    let bases = try repository.mergeBases(ours, theirs).sorted()
    let isOneMemory = try bases.isEmpty && repository.shareRecords(ours, theirs)
    let incoming = try Incoming(
      repository, from: bases.first, to: theirs, remote: target.remote,
      isJoining: request.isJoining && bases.isEmpty && !isOneMemory)
    if isOneMemory { return try rejoin(session, ours, theirs) }
    if bases.isEmpty, !request.isJoining { throw try unrelated(repository, ours) }
    if !bases.isEmpty {
      let removals = try session.admit(
        theirs, from: target.remote, accepting: request.acceptsRemovals)
      report.removed += removals.count
      if !removals.isEmpty { report.removals = removals.summary }
    }
    report.received += try incoming.records()
    try session.retireCopied(incoming, ours: ours)
    if bases.first == ours {
      try Checkout(session, from: ours, to: theirs).run(branch: target.local)
      // What somebody sent who did not know yet that it was erased.
      if case .failed(let reason) = session.dropErased() { throw reason }
      let tip = try repository.head().commit
      return Step(toPush: tip == theirs ? nil : tip)
    }
    let merge = try self.merge(
      repository, ours, theirs, bases,
      of: kind == .proposal || kind == .rewritten ? target.pushed : target.upstream)
    let checkout = try Checkout(session, from: ours, to: merge)
    if request.direction == .pull || !mayWait {
      try checkout.run(branch: target.local)
      return Step()
    }
    try checkout.refuseDirty()
    return Step(toPush: merge, isMerge: true)
  }

  /// Moves HEAD to a merge that was pushed, or could not be; merges once more where somebody wrote meanwhile.
  mutating func settle(_ session: WriteSession, _ merge: ObjectID) throws {
    try session.settle()
    let repository = try session.repository
    guard let ours = try repository.head().commit, ours != merge else { return }
    if try repository.isAncestor(merge, of: ours) { return }
    let tip =
      try repository.isAncestor(ours, of: merge)
      ? merge
      : self.merge(
        repository, ours, merge, repository.mergeBases(ours, merge), of: target.upstream)
    try Checkout(session, from: ours, to: tip).run(branch: target.local)
  }

  private mutating func merge(
    _ repository: Repository, _ ours: ObjectID, _ theirs: ObjectID, _ bases: [ObjectID],
    of branch: String
  ) throws -> ObjectID {
    let made = try repository.mergeCommit(ours, theirs, host: bases.isEmpty ? theirs : nil)
    guard let commit = made.commit else {
      throw MemtraceError(
        .conflict,
        "both sides changed \(made.unmerged.joined(separator: ", ")), and a person must decide; nothing was changed",
        hint:
          "git -C \(store.root) pull \(target.remote) \(SyncTarget.short(branch)), resolve and commit, then \(target.command)"
      )
    }
    report.merged += 1
    report.conflicts += made.conflicts
    return commit
  }

  /// A branch without a commit takes the remote's as it is.
  private mutating func adopt(_ session: WriteSession, _ theirs: ObjectID?) throws -> Step {
    guard let theirs else { return Step() }
    let incoming = try Incoming(
      try session.repository, from: nil, to: theirs, remote: target.remote, isJoining: false)
    report.received += try incoming.records()
    try Checkout(session, from: nil, to: theirs).run(branch: target.local)
    return Step()
  }
}

extension WriteSession {
  /// Whether two commits hold one tree, whatever led to it.
  func isInStep(_ one: ObjectID?, with other: ObjectID?) throws -> Bool {
    guard let one, let other else { return false }
    return try one == other || repository.commit(one).tree == repository.commit(other).tree
  }

  /// Commits what waits, or says why that cannot be now.
  func settle() throws {
    if flush() { return }
    throw MemtraceError(
      .busy, "a sync must wait: \(obstacle()?.what ?? "records wait to be committed")",
      hint: "finish it (git status says how), then run memtrace sync again")
  }

  /// A file of a replica of ours with records that we never wrote: somebody else writes under that id, from a copy
  /// of this clone. We take a new one.
  func retireCopied(_ incoming: Incoming, ours: ObjectID) throws {
    let mine = Set(ledger.entries.filter { $0.fingerprint == fingerprint }.map(\.id))
    let tree = try repository.commit(ours).tree
    var copied = Set<String>()
    for change in incoming.changes {
      guard let new = change.new, let slash = change.path.lastIndex(of: "/"),
        let file = FileName(change.path[change.path.index(after: slash)...]),
        mine.contains(file.replica), !copied.contains(file.replica)
      else { continue }
      let known = try blob(at: change.path, in: tree).map(Self.ids) ?? []
      if !Self.ids(in: try repository.blob(new.id)).isSubset(of: known) {
        copied.insert(file.replica)
      }
    }
    guard !copied.isEmpty else { return }
    ledger.entries.removeAll { copied.contains($0.id) }
    try saveLedger()
    store.notices.append(
      "another clone writes as \(copied.sorted().joined(separator: ", ")), as a copy of this one would: "
        + "this clone takes a new replica id")
  }
}
