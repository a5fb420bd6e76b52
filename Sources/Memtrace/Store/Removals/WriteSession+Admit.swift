// What a sync asks before it merges, moves or pushes anything: would records go, whose, and did anybody confirm it.

import Git

extension WriteSession {
  /// To be called right after a fetch: commits that were not here before it were made elsewhere.
  /// - Parameter tracking: where the remote-tracking reference stood before.
  func noteFetched(_ tip: ObjectID, tracking: ObjectID?) throws {
    let had = Set([try repository.head().commit, tracking].compactMap(\.self))
    guard !had.contains(tip) else { return }
    try FetchNotes(repository).add(FetchNotes.Note(tip: tip, had: had.sorted()))
  }

  /// What taking a remote's tip in would take out of ours: believed, counted, and refused where it is wide.
  /// - Parameters:
  ///   - remote: for the message: a remote's name.
  ///   - accepting: a person confirms what was removed up to here.
  /// - Throws: `conflict` where so much would go that a person must confirm it; nothing has moved.
  func admit(_ theirs: ObjectID, from remote: String, accepting: Bool) throws -> Removals {
    guard let head = try repository.head().commit, head != theirs,
      try !repository.isAncestor(theirs, of: head)
    else {
      if accepting { try confirmRemovals() }
      return Removals()
    }
    let (ours, other) = (try repository.commit(head), try repository.commit(theirs))
    var removals = try losses(merging: other, into: ours)
    removals.lacksConfiguration =
      try repository.treeEntry(in: ours.tree, Layout.configuration) != nil
      && repository.treeEntry(in: other.tree, Layout.configuration) == nil
    var ledger = try RemovalLedger(repository)
    ledger.add(removals, isConfirmed: accepting)
    if accepting {
      ledger.confirm()
    } else if try removals.lacksConfiguration || (!removals.isEmpty && isWide(ledger, ours)) {
      throw refusal(removals, ledger, remote)
    }
    if accepting || !removals.isEmpty { try ledger.save() }
    return removals
  }

  /// - Throws: `conflict` while HEAD holds wide removals that nobody confirmed: such a tip is not sent on.
  func mayPush(accepting: Bool) throws {
    if accepting { return try confirmRemovals() }
    let ledger = try RemovalLedger(repository)
    guard ledger.unconfirmed > 0, let head = try repository.head().commit,
      try isWide(ledger, try repository.commit(head))
    else { return }
    throw MemtraceError(
      .conflict, "\(ledger.summary): too many to be sent on unseen; nothing was sent",
      hint: "memtrace sync --accept-removals, or git revert what was not meant")
  }

  private func confirmRemovals() throws {
    var ledger = try RemovalLedger(repository)
    guard ledger.unconfirmed > 0 else { return }
    ledger.confirm()
    try ledger.save()
  }

  /// What their history removed of what both had, and that no word covers.
  private func losses(merging theirs: Commit, into ours: Commit) throws -> Removals {
    var removals = Removals()
    var lost: [MergeKey: LostLine] = [:]
    for base in try repository.mergeBases(ours.id, theirs.id) {
      let base = try repository.commit(base).tree
      for line in try repository.losses(from: base, to: theirs.tree)
      where line.isBetter(than: lost[line.key]) {
        lost[line.key] = line
      }
      guard base != ours.tree, !lost.isEmpty else { continue }
      for line in try repository.losses(from: base, to: ours.tree) { lost[line.key] = nil }
    }
    guard !lost.isEmpty else { return removals }
    var words = RemovalWords()
    for tree in [ours.tree, theirs.tree] { try repository.removalWords(in: tree, &words) }
    lost = lost.filter { !words.cover($0.value) && !$0.key.isPermanent }
    var commits: [Commit] = []
    try repository.history(from: theirs.id, excluding: [ours.id]) { commits.append($0) }
    for commit in commits.reversed() where !lost.isEmpty {
      let gone = try repository.losses(by: commit).filter { lost[$0.key] != nil }
      guard !gone.isEmpty else { continue }
      let reverted = try repository.broughtBack(by: commit.message)
      for line in gone {
        lost[line.key] = nil
        guard !reverted.contains(line.key) else { continue }
        removals.add(line, by: Culprit(commit: commit.id, author: commit.author.name))
      }
    }
    for line in lost.values.sorted(by: { $0.key < $1.key }) {
      removals.add(line, by: Culprit(commit: theirs.id, author: theirs.author.name))
    }
    return removals
  }

  private func refusal(_ removals: Removals, _ ledger: RemovalLedger, _ remote: String)
    -> MemtraceError
  {
    let culprit = removals.groups.first?.culprit.commit.description.prefix(10)
    let what =
      removals.lacksConfiguration
      ? "no longer holds \(Layout.configuration)"
        + (removals.count > 0 ? ", and \(removals.summary)" : "")
      : removals.count == ledger.unconfirmed
        ? removals.summary : "\(removals.summary) (\(ledger.unconfirmed) since you last confirmed)"
    return MemtraceError(
      .conflict, "\(remote) \(what); nothing was changed here",
      hint: "if that was meant: memtrace sync \(remote) --accept-removals; to undo it there: "
        + "git -C \(store.root) pull --no-rebase && git revert \(culprit ?? "COMMIT") && memtrace sync"
    )
  }
}
