// After the journal: what others left behind is put in order, what waits is committed, the Git index follows.

internal import Git
internal import Glibc
internal import System

extension WriteSession {
  /// Commits everything that waits, unless a person is in the middle of something, and brings the Git index along.
  ///
  /// The records are safe already. Whatever fails from here on is a notice; they are committed later, and `status` says
  /// why they wait.
  /// - Returns: whether nothing waits any longer.
  @discardableResult
  func flush() -> Bool {
    let steps: [(WriteSession) -> () -> Step] = [
      WriteSession.setUpClone, WriteSession.noteDrawn, WriteSession.clearLocks,
      WriteSession.standAside, WriteSession.makeHeadReadable, WriteSession.completeCheckout,
      WriteSession.reviewForeignCommits, WriteSession.bringBackSpare,
      WriteSession.takeOverRemovedWorktrees,
      WriteSession.dropErased, WriteSession.commitWhatWaits, WriteSession.scrubErased,
      WriteSession.letIndexFollow,
    ]
    for step in steps {
      guard case .failed(let reason) = step(self)() else { continue }
      putOff(reason)
      return pending.isEmpty
    }
    PutOff.forget(state)
    return pending.isEmpty
  }

  private func putOff(_ reason: MemtraceError) {
    let count = pending.count
    guard count > 0 else {
      store.notices.append("the Git index will follow with the next write: \(reason.message)")
      return
    }
    // What a person has under way is looked at anew by whoever asks: it may be over by then.
    if obstacle() == nil {
      PutOff(reason: reason.message, hint: reason.hint).note(in: state)
    } else {
      PutOff.forget(state)
    }
    let detached = Obstacle.detached
    let hint = reason.message == detached.what ? " (\(detached.hint))" : ""
    store.notices.append(
      "\(count) \(count == 1 ? "record is" : "records are") safe in the journal and will be committed "
        + "later: \(reason.message)\(hint)")
  }

  // MARK: What stands in the way

  /// Somebody is in the middle of something, and HEAD must not move under them.
  private func standAside() -> Step {
    guard let obstacle = obstacle() else { return .nothing }
    // Nothing waits, so there is nothing to say.
    if pending.isEmpty { return .failed(MemtraceError(.busy, obstacle.what)) }
    return .failed(MemtraceError(.busy, obstacle.what, hint: obstacle.hint))
  }

  /// Why HEAD must not move now; nil where it may, or where it cannot be read, which is another matter.
  func obstacle() -> Obstacle? {
    do {
      return try Obstacle(in: try repository, head: try head(), state)
    } catch {
      return nil
    }
  }

  /// What people's commits took out without a word is put back though nothing else waits.
  private func reviewForeignCommits() -> Step {
    guard pending.isEmpty else { return .nothing }
    return Step {
      let before = try head()
      let after = review(before)
      knowsHead(as: after)
      tendWorkTree(after: [], at: after.commit)
      return after != before
    }
  }

  // MARK: The commit

  private func commitWhatWaits() -> Step {
    guard !pending.isEmpty else { return .nothing }
    return Step {
      try commit()
      // Records of an earlier verb, which was killed or found something in its way.
      if waitedSinceEarlier > 0 {
        store.notices.append(
          "committed \(waitedSinceEarlier) \(waitedSinceEarlier == 1 ? "record" : "records") "
            + "that an earlier command had left in the journal")
      }
      return true
    }
  }

  private func commit() throws {
    var (moved, locked, isMended) = (0, 0, false)
    while true {
      do {
        return try commitOnce()
      } catch let error as GitError where error.code == .modified && moved < 20 {
        // Another process moved HEAD between reading it and the commit: read again, redo.
        moved += 1
      } catch let error as GitError where error.code == .locked && locked < 80 {
        // Somebody's lock on a reference lasts milliseconds; after two seconds it is not waited for.
        locked += 1
        usleep(25_000)
      } catch let error as GitError where error.saysOfDamage && !isMended {
        // Part of HEAD is gone, as when `git gc --prune=now` ran at the moment of a commit, or came to nothing in a power
        // cut, as what the git command wrote a moment before may.
        isMended = true
        try mendHead()
      }
      forgetHead()
    }
  }

  private func commitOnce() throws {
    // It may have come between: the look at what stands in the way was a moment ago.
    if let obstacle = try Obstacle(in: repository, head: try head(), state) {
      throw MemtraceError(.busy, obstacle.what, hint: obstacle.hint)
    }
    try refuseConversions(of: pending)
    let head = review(try head())
    knowsHead(as: head)
    guard let branch = head.branch else { return }
    let waiting = pending
    try commitElsewhere(head)
    var entry = try replica(for: head)
    guard !pending.isEmpty else {
      // Who writes here is who wrote last.
      ledger.record(entry)
      try saveLedger()
      if try repository.isBeingCollected() { try keepSpare(waiting) }
      return try journal.empty()
    }
    let parent = try head.commit.map { try repository.commit($0) }
    try adopt(entry.id, on: parent?.tree)
    let files = try plan(pending, on: parent?.tree)
    let note = try LockNote(state, repository, branch)
    defer { note.remove() }
    // Where a killed writer came as far as the commit and no further, HEAD is that commit.
    let isCommitted = files.allSatisfy { $0.target == nil }
    let base = isCommitted ? parent?.parents.first : parent?.id
    if entry.tip == nil { entry.indexedAt = base.map(KnownCommit.init) }
    let message = CommitMessage(
      lines: files.flatMap(\.added), identityKeys: store.configuration.identityKeys)
    let made = try write(files, message, entry.id, on: parent)
    if let commit = made.commit {
      try repository.moveCheckedOut(
        branch: branch, to: commit, expecting: parent?.id, message: "commit: \(message.subject)")
    }
    // Not before: a file of an unfinished write would stand in the way of a person's rebase that began meanwhile.
    let steps = try zip(files, made.blobs).map { file, blob in
      IndexFollower.Step(
        path: file.path, before: [file.blob], after: blob, matchesWorkTree: try write(file))
    }
    entry.tip = (made.commit ?? parent?.id).map(KnownCommit.init)
    entry.branch = branch
    ledger.record(entry)
    try saveLedger()
    // Asked before the proof: it takes what was written before it saw the branch, and nothing that came later.
    let isCollected = try repository.isBeingCollected()
    if let commit = made.commit {
      try proveStored(commit, files.map(\.path))
      know(commit, on: branch, after: parent?.id)
    }
    if isCollected { try keepSpare(waiting) }
    try journal.empty()
    pending = []
    knowsHead(as: made.commit.map { .branch(name: branch, $0) } ?? head)
    indexSteps = made.commit == nil ? nil : (base, steps)
    tendWorkTree(
      after: files.map { ($0.path, $0.target ?? $0.committed) }, at: made.commit ?? parent?.id)
  }

  /// What the journal lets go of must be in the object store: a `git gc --prune=now` that had begun before the branch
  /// moved takes what was written meanwhile.
  private func proveStored(_ commit: ObjectID, _ paths: [String]) throws {
    guard try !repository.areStored(commit, paths) else { return }
    throw GitError(
      code: .notFound, call: "areStored", message: "objects of \(commit) were removed meanwhile")
  }

  /// So many files go into one pack: each loose object would be synced by itself.
  private static let packedFiles = 12

  /// Blobs, trees and commit; neither a reference moves nor a file of the work tree.
  /// - Returns: the blob that each file has then, and no commit where HEAD holds every line already.
  func write(
    _ files: [PlannedFile], _ message: CommitMessage, _ replica: String, on parent: Commit?
  )
    throws -> (blobs: [ObjectID?], commit: ObjectID?)
  {
    files.count >= Self.packedFiles
      ? try repository.withBulkWrites { try write(files, message, replica, on: parent, in: $0) }
      : try repository.withOneSync {
        try write(files, message, replica, on: parent, in: repository)
      }
  }

  private func write(
    _ files: [PlannedFile], _ message: CommitMessage, _ replica: String, on parent: Commit?,
    in repository: Repository
  ) throws -> (blobs: [ObjectID?], commit: ObjectID?) {
    var updates: [TreeUpdate] = []
    let blobs = try files.map { file -> ObjectID? in
      guard let target = file.target else { return file.blob }
      let blob = try repository.writeBlob(target)
      updates.append(.upsert(path: file.path, id: blob, mode: .file))
      return blob
    }
    guard !updates.isEmpty else { return (blobs, nil) }
    let tree = try repository.updateTree(base: parent?.tree, updates)
    let seconds = store.world.now().milliseconds / 1_000
    let commit = try repository.createCommit(
      tree: tree, parents: parent.map { [$0.id] } ?? [],
      author: message.author(replica: replica, seconds: seconds),
      committer: try repository.committer(replica: replica, seconds: seconds),
      message: message.text)
    return (blobs, commit)
  }

  /// Moves waiting lines into the files of another replica, where HEAD has left the line of commits of the one
  /// that they were meant for.
  func adopt(_ replica: String, on tree: ObjectID?) throws {
    func isForeign(_ line: PendingLine) -> Bool {
      !line.isImported && line.file.replica != replica
    }
    let foreign = pending.filter(isForeign)
    guard !foreign.isEmpty else { return }
    for (path, lines) in Dictionary(grouping: foreign, by: \.path) {
      let committed = try blob(at: path, in: tree) ?? []
      // Only what we appended ourselves is taken back; a person's edit stays.
      guard try store.folder.read(path) == PlannedFile.joined(committed, lines) else {
        continue
      }
      if committed.isEmpty {
        try store.folder.remove(path)
      } else {
        try replaceWorkingFile(path, with: committed)
      }
    }
    let moved = try number(foreign.map { $0.moved(to: FileName($0.file.kind, replica: replica)) })
    pending.removeAll(where: isForeign)
    pending += moved
    store.notices.append("the branch has changed: this clone now writes as replica \(replica)")
  }

  // MARK: The Git index

  private func letIndexFollow() -> Step {
    guard followsIndex else { return .nothing }
    let made = indexSteps
    indexSteps = nil
    return letIndexFollow(made?.steps ?? [], from: made?.base)
  }

  func letIndexFollow(_ steps: [IndexFollower.Step], from base: ObjectID?) -> Step {
    Step { try IndexFollower(self).follow(steps, from: base) }
  }

  func blob(at path: String, in tree: ObjectID?) throws -> [UInt8]? {
    try blobID(at: path, in: tree).map { try repository.blob($0) }
  }

  func blobID(at path: String, in tree: ObjectID?) throws -> ObjectID? {
    guard let tree, let entry = try repository.treeEntry(in: tree, path), entry.mode.isBlob else {
      return nil
    }
    return entry.id
  }
}
