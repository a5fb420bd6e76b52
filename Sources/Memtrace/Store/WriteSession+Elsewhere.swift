// Lines that were not meant for the branch that HEAD is on: of another branch, of a work tree that is gone.

internal import Git
internal import Glibc
internal import System

extension WriteSession {
  /// Commits what was meant for other branches there, without a checkout. Where that branch is gone, or another work tree
  /// has it checked out, the lines go under a name of ours. What could not be committed waits on.
  func commitElsewhere(_ head: Head) throws {
    guard let branch = head.branch else { return }
    let elsewhere = pending.filter { !$0.isMeant(for: branch) }
    guard !elsewhere.isEmpty else { return }
    for (target, lines) in Dictionary(grouping: elsewhere, by: { $0.branch! }) {
      var renamed: [PendingLine] = []
      let tip = try repository.reference(target)
      if let tip, try !repository.isCheckedOut(target) {
        var entry = try replica(for: .branch(name: target, tip))
        let made = try commit(lines, entry.id, on: tip, to: target)
        try keep(made, of: target)
        entry.tip = KnownCommit(made)
        (entry.branch, entry.indexedAt) = (target, entry.tip)
        ledger.record(entry)
      } else if tip == nil, try isContinued(lines, on: head) {
        // Renamed, or merged and removed: what it had is here.
        renamed = lines.map { $0.meant(for: branch) }
      } else {
        try rescue(lines, as: Self.rescueName(of: target), on: head)
      }
      pending.removeAll { $0.branch == target }
      pending += renamed
    }
    try saveLedger()
  }

  private static func rescueName(of branch: String) -> String {
    "branch-" + branch.split(separator: "/").dropFirst(2).joined(separator: "-")
  }

  /// Nobody has that commit checked out, and HEAD's log does not name it: who deletes its branch next is offered what only
  /// this one has.
  private func keep(_ made: ObjectID, of branch: String) throws {
    let repository = try repository
    let reference = "refs/memtrace/rescue/\(Self.rescueName(of: branch))"
    let old = try repository.reference(reference)
    // What waits there for a person stays.
    if let old, try !KnownCommit(old).leads(to: made, in: repository) { return }
    try repository.setReference(reference, to: made, expecting: old, message: "commit: kept")
  }

  private func isContinued(_ lines: [PendingLine], on head: Head) throws -> Bool {
    guard let commit = head.commit,
      let tip = ledger.entries.first(where: { $0.id == lines[0].file.replica })?.tip
    else { return false }
    return try tip.leads(to: commit, in: repository)
  }

  /// The journal of a linked worktree outlives it: what was meant for this branch is committed here, anything else goes
  /// under a name of ours and is offered.
  func takeOverRemovedWorktrees() -> Step {
    Step {
      guard let common = store.place.commonFolder else { return false }
      let states = Place.stateOfWorktrees(common)
      guard access(states, F_OK) == 0 else { return false }
      var isDone = false
      for (name, isFolder) in try Folder(states).list() where isFolder {
        guard access("\(common)/worktrees/\(name)", F_OK) != 0, errno == ENOENT,
          let lock = try FileLock.attempt("\(states)/\(name)/lock")
        else { continue }
        try withExtendedLifetime(lock) { try takeOver("\(states)/\(name)", name) }
        isDone = true
      }
      return isDone
    }
  }

  private func takeOver(_ old: String, _ name: String) throws {
    let theirs = try Journal(old + "/journal", seed: store.world.random())
    let lines = try theirs.load()
    let head = try head()
    let mine = lines.filter { $0.branch != nil && $0.branch == head.branch }
    if !mine.isEmpty {
      try journal.append(mine)
      pending += mine
    }
    let others = lines.filter { $0.branch == nil || $0.branch != head.branch }
    if !others.isEmpty { try rescue(others, as: name, on: head) }
    try theirs.empty()
    for file in ["journal", "journal.2", "replicas", "put-off", "waiting", "hold", "lock"] {
      unlink("\(old)/\(file)")
    }
    // Stays where it holds more than that.
    rmdir(old)
  }

  /// Puts lines into a commit of their own on what HEAD has, for a person to merge.
  private func rescue(_ lines: [PendingLine], as name: String, on head: Head) throws {
    let reference = "refs/memtrace/rescue/\(name)"
    let old = try repository.reference(reference)
    // Nobody may append to these files elsewhere: a merge must be clean.
    _ = try commit(
      lines, ledger.draw(store.world), on: old ?? head.commit, to: reference, from: old)
    store.notices.append(
      "\(lines.count) \(lines.count == 1 ? "record" : "records") of \(name), kept under \(reference); "
        + "`git merge \(reference)` brings them here")
  }

  private func commit(
    _ lines: [PendingLine], _ replica: String, on parent: ObjectID, to reference: String
  ) throws -> ObjectID {
    try commit(lines, replica, on: parent, to: reference, from: parent)
  }

  /// A commit of these lines alone, to which no work tree and no index belongs.
  private func commit(
    _ lines: [PendingLine], _ replica: String, on parent: ObjectID?, to reference: String,
    from old: ObjectID?
  ) throws -> ObjectID {
    let parent = try parent.map { try repository.commit($0) }
    let moved = lines.map {
      $0.isImported ? $0 : $0.moved(to: FileName($0.file.kind, replica: replica))
    }
    let files = try plan(moved, on: parent?.tree)
    let message = CommitMessage(
      lines: files.flatMap(\.added), identityKeys: store.configuration.identityKeys)
    let note = try LockNote(state, repository, reference)
    defer { note.remove() }
    guard let made = try write(files, message, replica, on: parent).commit else {
      return parent!.id
    }
    try repository.setReference(
      reference, to: made, expecting: old, message: "commit: \(message.subject)")
    return made
  }
}
