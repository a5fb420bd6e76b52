// The Git index follows our commits, so that a person's next `git commit` does not take memories out again.

internal import Git
internal import Glibc

/// Brings the index to the tip that we wrote, without a file being hashed again. What a person staged stays staged.
struct IndexFollower {
  private let session: WriteSession
  private var repository: Repository { session.repository }

  /// One file of a commit of ours.
  struct Change {
    let file: PlannedFile
    let blob: ObjectID
    /// The working file holds exactly the blob.
    let matchesWorkTree: Bool
  }

  init(_ session: WriteSession) {
    self.session = session
  }

  /// - Parameter parent: the commit that ours was made on.
  /// - Returns: whether the index is at the entry's tip now, which the entry then says.
  func follow(_ changes: [Change], entry: inout Ledger.Entry, from parent: ObjectID?) throws -> Bool
  {
    guard let tip = entry.tip, entry.indexedAt != tip else { return false }
    // Of several writers in a row, the last one does it for all.
    if try Lock.attempt(session.state + "/waiting") == nil { return false }
    guard
      try update({
        try entry.indexedAt == parent ? staged(changes) : missed(from: entry.indexedAt, to: tip)
      })
    else { return false }
    entry.indexedAt = tip
    return true
  }

  /// Does what an earlier writer left, where the tip is still where it put it.
  func catchUp() throws {
    guard var entry = session.ledger.newest, entry.fingerprint == session.fingerprint,
      let tip = entry.tip, entry.indexedAt != tip, try repository.head().commit == tip,
      session.obstacle() == nil
    else { return }
    let note = try LockNote(session.state, repository, entry.branch)
    defer { note.remove() }
    if try update({ try missed(from: entry.indexedAt, to: tip) }) {
      entry.indexedAt = tip
      session.ledger.record(entry)
      try session.saveLedger()
    }
  }

  /// Waits two seconds for somebody's `index.lock`.
  private func update(_ changes: () throws -> [IndexChange]) throws -> Bool {
    for _ in 0..<80 {
      do {
        try repository.updateIndex(try changes())
        return true
      } catch let error as GitError where error.code == .locked {
        usleep(25_000)
      } catch let error as GitError where error.code == .unsupported {
        session.store.notices.append(
          "the Git index is stale, for it cannot be written here: \(error.message)")
        return false
      }
    }
    session.store.notices.append(
      "the Git index is locked by another process; it will follow with the next write")
    return false
  }

  /// What a commit of ours changes in the index: its blob, or where a person staged something else, that with our
  /// lines after it.
  private func staged(_ changes: [Change]) throws -> [IndexChange] {
    let entries = try repository.indexEntries(at: changes.map(\.file.path))
    return try changes.map { change in
      let entry = entries[change.file.path]?.first
      let committed =
        change.file.committed.isEmpty ? nil : try Repository.blobID(change.file.committed)
      // Already there: somebody ran `git add` on our file.
      guard entry?.id != committed, entry?.id != change.blob else {
        return IndexChange(
          path: change.file.path, id: change.blob, matchesWorkTree: change.matchesWorkTree)
      }
      let theirs = try entry.map { try repository.blob($0.id) } ?? []
      let known = WriteSession.ids(in: theirs)
      let lines = change.file.added.filter {
        WriteSession.ids(in: $0.bytes).isDisjoint(with: known)
      }
      return IndexChange(
        path: change.file.path,
        id: try repository.writeBlob(PlannedFile.joined(theirs, lines)))
    }
  }

  /// What several commits of ours changed, where the index still has what was there before.
  private func missed(from old: ObjectID?, to tip: ObjectID) throws -> [IndexChange] {
    var changes: [TreeChange] = []
    let oldTree = old.flatMap { try? repository.commit($0) }?.tree
    try repository.changes(from: oldTree, to: try repository.commit(tip).tree) {
      changes.append($0)
    }
    let entries = try repository.indexEntries(at: changes.map(\.path))
    return try changes.compactMap { change in
      guard entries[change.path]?.first?.id == change.old?.id else { return nil }
      let working = try change.new.flatMap { _ in try session.store.folder.read(change.path) }
      let matches = try working.map { try Repository.blobID($0) == change.new?.id } ?? false
      return IndexChange(
        path: change.path, id: change.new?.id, mode: change.new?.mode ?? .file,
        matchesWorkTree: matches)
    }
  }
}
