// Whole new files at once: what an import adds, and what `init` lays down.

internal import Git
internal import System

extension WriteSession {
  /// Commits whole files beside whatever HEAD holds, then brings them to the work tree and the index. A cut after the
  /// branch has moved is made good by whoever opens the repository next, as after a sync.
  /// - Parameter areWritten: the work tree has them already.
  func commitFiles(
    _ files: some Collection<(path: String, bytes: [UInt8])>, areWritten: Bool = false,
    message: String, progress: (Int) -> Void = { _ in }
  ) throws {
    guard !files.isEmpty else { return }
    if let obstacle = try Obstacle(in: repository, head: try head(), state) {
      throw MemtraceError(
        .busy, "nothing can be committed now: \(obstacle.what)", hint: obstacle.hint)
    }
    let head = review(try head())
    guard let branch = head.branch else { return }
    let parent = try head.commit.map { try repository.commit($0) }
    var entry = try replica(for: head)
    var changes: [IndexChange] = []
    func build(_ repository: Repository) throws -> ObjectID {
      for file in files {
        changes.append(
          IndexChange(
            path: file.path, id: try repository.writeBlob(file.bytes), matchesWorkTree: true))
      }
      let tree = try repository.updateTree(
        base: parent?.tree, changes.map { .upsert(path: $0.path, id: $0.id!, mode: $0.mode) })
      let signature = try repository.committer(
        replica: entry.id, seconds: store.world.now().milliseconds / 1_000)
      return try repository.createCommit(
        tree: tree, parents: parent.map { [$0.id] } ?? [], author: signature, committer: signature,
        message: message)
    }
    // A handful of files goes into loose objects, a crowd into packs.
    let commit =
      files.count < 100
      ? try repository.withOneSync { try build(repository) } : try repository.withBulkWrites(build)
    let locks = try LockNote(state, repository, branch)
    defer { locks.remove() }
    let states = try store.stateFiles()
    try CheckoutNote(branch: branch, old: parent?.id, new: commit).write(to: states)
    defer { forgetHead() }
    let subject = message.prefix { $0 != "\n" }
    do {
      try repository.moveCheckedOut(
        branch: branch, to: commit, expecting: parent?.id, message: "commit: \(subject)")
    } catch let error as GitError where error.code == .modified {
      throw MemtraceError(
        .busy, "somebody committed at the same moment", hint: "run the same command again")
    }
    // Before the index is: where somebody holds its lock, it counts as left behind.
    let wasCurrent = entry.tip == nil || entry.indexedAt == entry.tip
    if wasCurrent { entry.indexedAt = parent.map { KnownCommit($0.id) } }
    (entry.branch, entry.tip) = (branch, KnownCommit(commit))
    ledger.record(entry)
    try saveLedger()
    knowsHead(as: .branch(name: branch, commit))
    know(commit, on: branch, after: parent?.id)
    if !areWritten {
      for (done, file) in files.enumerated() {
        try store.folder.replace(file.path, with: file.bytes, by: state + "/work-tree-file")
        progress(done)
      }
    }
    try CheckoutNote.remove(from: states)
    locks.remove()
    let steps = try changes.map { change in
      IndexFollower.Step(
        path: change.path, before: [try blobID(at: change.path, in: parent?.tree)],
        after: change.id, matchesWorkTree: change.matchesWorkTree)
    }
    if case .failed(let reason) = letIndexFollow(steps, from: parent?.id) {
      store.notices.append("the Git index will follow with the next write: \(reason.message)")
    }
  }
}
