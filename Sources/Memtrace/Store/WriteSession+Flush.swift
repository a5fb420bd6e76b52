// From the journal into the work tree, a commit and the Git index.

internal import Git
internal import Glibc

extension WriteSession {
  /// Commits everything that waits, unless a person is in the middle of something.
  ///
  /// The records are safe already, so a failure here is a notice and no error: they are committed later.
  /// - Returns: whether nothing waits any longer.
  func flush() throws -> Bool {
    if let reason = pending.isEmpty ? nil : obstacle() {
      putOff(reason)
      return false
    }
    do {
      if pending.isEmpty {
        if obstacle() == nil {
          tendWorkTree(after: [], at: review(try repository.head()).commit)
        }
        try IndexFollower(self).catchUp()
      } else {
        try translating { try commit() }
        sayWhatWaited()
      }
      return true
    } catch let error as MemtraceError {
      putOff(error.message)
    } catch {
      putOff("\(error)")
    }
    return pending.isEmpty
  }

  private func putOff(_ reason: String) {
    let count = pending.count
    store.notices.append(
      count == 0
        ? "the Git index will follow with the next write: \(reason)"
        : "\(count) \(count == 1 ? "record is" : "records are") safe in the journal and will be committed "
          + "later: \(reason)")
  }

  /// Records of an earlier verb, which was killed or found something in its way.
  private func sayWhatWaited() {
    guard waitedSinceEarlier > 0 else { return }
    store.notices.append(
      "committed \(waitedSinceEarlier) \(waitedSinceEarlier == 1 ? "record" : "records") "
        + "that an earlier command had left in the journal")
  }

  /// Why HEAD must not move now; nil where it may.
  func obstacle() -> String? {
    let operation = repository.state()
    if operation != .none { return "a \(operation) is under way" }
    if (try? repository.head())?.branch == nil { return "HEAD is detached (git switch BRANCH)" }
    if Hold.isActive(state) { return "a git commit is under way" }
    return nil
  }

  private func commit() throws {
    // Another process may move HEAD between reading it and the commit: read again, redo.
    for attempt in 1... {
      do {
        return try commitOnce()
      } catch let error as GitError where error.code == .modified && attempt < 20 {
        continue
      } catch let error as GitError where error.code == .locked && attempt < 80 {
        // Somebody's lock on a ref lasts milliseconds; after two seconds it is not waited for.
        usleep(25_000)
      }
    }
  }

  private func commitOnce() throws {
    // It may have come between: the look at what stands in the way was a moment ago.
    if let reason = obstacle() { throw MemtraceError(.busy, reason) }
    try refuseConversions(of: pending)
    let head = review(try repository.head())
    guard let branch = head.branch else { throw MemtraceError(.busy, "HEAD is detached") }
    var entry = try replica(for: head)
    let parent = try head.commit.map(repository.commit)
    try adopt(entry.id, on: parent?.tree)
    let files = try plan(on: parent?.tree)
    let note = try LockNote(state, repository, branch)
    defer { note.remove() }
    // Where a killed writer came as far as the commit and no further, HEAD is that commit.
    let isCommitted = files.allSatisfy { $0.target == nil }
    let base = isCommitted ? parent?.parents.first : parent?.id
    if entry.tip == nil { entry.indexedAt = base.map(KnownCommit.init) }
    let message = CommitMessage(lines: files.flatMap(\.added))
    let isCrowd = files.count >= Self.packedFiles
    let made =
      try isCrowd
      ? repository.withBulkWrites { try write(files, message, entry.id, on: parent, in: $0) }
      : write(files, message, entry.id, on: parent, in: repository)
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
    if let commit = made.commit { know(commit, on: branch, after: parent?.id) }
    try journal.empty()
    pending = []
    tendWorkTree(after: files.map(\.path), at: made.commit ?? parent?.id)
    if followsIndex,
      try IndexFollower(self).follow(
        made.commit == nil ? [] : steps, entry: &entry, from: base)
    {
      ledger.record(entry)
      try saveLedger()
    }
  }

  /// So many files go into one pack: each loose object would be synced by itself.
  private static let packedFiles = 12

  /// Blobs, trees and commit; neither a reference moves nor a file of the work tree.
  /// - Returns: the blob that each file has then, and no commit where HEAD holds every line already.
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
  private func adopt(_ replica: String, on tree: ObjectID?) throws {
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
    let moved = foreign.map { $0.moved(to: FileName($0.file.kind, replica: replica)) }
    pending.removeAll(where: isForeign)
    pending += try number(moved)
    store.notices.append("the branch has changed: this clone now writes as replica \(replica)")
  }

  func blob(at path: String, in tree: ObjectID?) throws -> [UInt8]? {
    try blobID(at: path, in: tree).map(repository.blob)
  }

  func blobID(at path: String, in tree: ObjectID?) throws -> ObjectID? {
    guard let tree, let entry = try repository.treeEntry(in: tree, path), entry.mode.isBlob else {
      return nil
    }
    return entry.id
  }
}
