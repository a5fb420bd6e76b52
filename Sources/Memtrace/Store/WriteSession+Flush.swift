// From the journal into the work tree, a commit and the Git index.

internal import Git
internal import Glibc

extension WriteSession {
  /// Commits everything that waits, unless a person is in the middle of something.
  /// - Returns: whether nothing waits any longer.
  func flush() throws -> Bool {
    guard !pending.isEmpty else {
      try IndexFollower(self).catchUp()
      return true
    }
    if let reason = obstacle() {
      let count = pending.count
      store.notices.append(
        "\(count) \(count == 1 ? "record is" : "records are") safe in the journal and will be committed later: \(reason)"
      )
      return false
    }
    do {
      try commit()
    } catch let error as GitError where error.code == .locked {
      store.notices.append(
        "the records are safe in the journal and will be committed later: \(error.message)")
      return false
    }
    return true
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
    let head = try repository.head()
    var entry = try replica(for: head)
    let parent = try head.commit.map(repository.commit)
    try adopt(entry.id, on: parent?.tree)
    let files = try plan(on: parent?.tree)
    let note = try LockNote(state, repository, head.branch!)
    defer { note.remove() }
    var changes: [IndexFollower.Change] = []
    var updates: [TreeUpdate] = []
    for file in files {
      let matches = try write(file)
      guard let target = file.target else { continue }
      let blob = try repository.writeBlob(target)
      updates.append(.upsert(path: file.path, id: blob, mode: .file))
      changes.append(.init(file: file, blob: blob, matchesWorkTree: matches))
    }
    entry.indexedAt = entry.tip == nil ? parent?.id : entry.indexedAt
    if !updates.isEmpty {
      let tree = try repository.updateTree(base: parent?.tree, updates)
      let message = CommitMessage(lines: files.flatMap(\.added))
      let seconds = store.world.now().milliseconds / 1_000
      entry.tip = try repository.createCommit(
        tree: tree, parents: parent.map { [$0.id] } ?? [],
        author: message.author(replica: entry.id, seconds: seconds),
        committer: try repository.committer(replica: entry.id, seconds: seconds),
        message: message.text, updating: "HEAD")
    }
    entry.branch = head.branch!
    ledger.record(entry)
    try saveLedger()
    try journal.empty()
    pending = []
    let follower = IndexFollower(self)
    if followsIndex, try follower.follow(changes, entry: &entry, from: parent?.id) {
      ledger.record(entry)
      try saveLedger()
    }
    try pack()
  }

  /// Moves waiting lines into the files of another replica, where HEAD has left the line of commits of the one
  /// that they were meant for.
  private func adopt(_ replica: String, on tree: ObjectID?) throws {
    guard pending.contains(where: { !$0.isImported && $0.file.replica != replica }) else { return }
    for (path, lines) in Dictionary(grouping: pending, by: \.path)
    where lines[0].file.replica != replica && !lines[0].isImported {
      let committed = try blob(at: path, in: tree) ?? []
      // Only what we appended ourselves is taken back; a person's edit stays.
      if try store.folder.read(path) == committed + lines.flatMap(\.bytes) {
        if committed.isEmpty {
          try store.folder.remove(path)
        } else {
          try store.folder.replace(path, with: committed)
        }
      }
    }
    pending = pending.map { line in
      guard !line.isImported, line.file.replica != replica else { return line }
      return PendingLine(
        folder: line.folder,
        file: FileName(line.file.kind, replica: replica, number: line.file.number),
        bytes: line.bytes)
    }
    store.notices.append("the branch has changed: this clone now writes as replica \(replica)")
  }

  func blob(at path: String, in tree: ObjectID?) throws -> [UInt8]? {
    guard let tree, let entry = try repository.treeEntry(in: tree, path), entry.mode.isBlob else {
      return nil
    }
    return try repository.blob(entry.id)
  }

  private func pack() throws {
    guard try repository.looseObjectCount() > 5_000 else { return }
    _ = try repository.packLooseObjects()
  }
}

extension PendingLine {
  /// Imported lines have files of their own, named by their content and the same in every clone.
  var isImported: Bool { file.replica.hasPrefix("import-") }
}
