// The Git index follows our commits, so that a person's next `git commit` does not take memories out again.

internal import Git
internal import Glibc
internal import System

/// Brings the index to the tip that we wrote, without a file being hashed again. What a person staged stays staged.
struct IndexFollower {
  private let session: WriteSession
  private let repository: Repository

  /// One file of records that the index is to follow.
  struct Step {
    let path: String
    /// What stood there in the commits before: an index that holds one of them is merely behind.
    let before: Set<ObjectID?>
    /// Nil where the file is gone.
    let after: ObjectID?
    /// The working file holds exactly that; nil where it must be looked at.
    let matchesWorkTree: Bool?
  }

  init(_ session: WriteSession) throws {
    self.session = session
    repository = try session.repository
  }

  /// Brings the index from where it was left to the tip that we wrote, where that is HEAD still, and notes it.
  /// - Parameters:
  ///   - steps: what our commit changed; empty where another one made it.
  ///   - parent: the commit that ours was made on.
  /// - Returns: whether there was something to do.
  /// - Throws: `busy` where somebody holds its lock, and where it cannot be written here.
  func follow(_ steps: [Step], from parent: ObjectID?) throws -> Bool {
    guard var entry = session.ledger.newest, entry.fingerprint == session.fingerprint,
      let tip = entry.tip, entry.indexedAt != tip, try session.head().commit == tip.id
    else { return false }
    let old = entry.indexedAt
    let isDirect = old?.id == parent && !steps.isEmpty
    try update { isDirect ? steps : try self.steps(from: old, over: parent, to: tip.id) }
    // Somebody may have committed from the index as it was; then what they took out is found by it.
    guard try session.isStill(at: tip.id) else { return false }
    entry.indexedAt = tip
    session.ledger.record(entry)
    try session.saveLedger()
    return true
  }

  private func update(_ steps: () throws -> [Step]) throws {
    do {
      try repository.editIndex(noting: session.state) { try changes(try steps()) }
    } catch let error as GitError where error.code == .locked {
      throw MemtraceError(.busy, "the Git index is locked by another process")
    } catch let error as GitError where error.code == .unsupported {
      throw MemtraceError(
        .busy, "the Git index is stale, for it cannot be written here: \(error.message)")
    }
  }

  /// The files of records in which `new` differs from `old`, or from `middle` on the way.
  private func steps(from old: KnownCommit?, over middle: ObjectID?, to new: ObjectID) throws
    -> [Step]
  {
    var before: [String: Set<ObjectID?>] = [:]
    var after: [String: ObjectID?] = [:]
    let newTree = try repository.commit(new).tree
    for origin in Set([old, middle.map(KnownCommit.init) ?? old]) {
      // Where the commit is gone, every file is compared.
      let tree = try origin?.resolve(in: repository)?.tree
      for root in Layout.lineRoots {
        try repository.changes(from: tree, to: newTree, under: root) { change in
          before[change.path, default: []].insert(change.old?.id)
          after[change.path] = change.new?.id
        }
      }
    }
    return before.map { path, before in
      Step(path: path, before: before, after: after[path] ?? nil, matchesWorkTree: nil)
    }
  }

  /// The new blob where the index is merely behind; where a person staged something else, that with our lines
  /// after it.
  private func changes(_ steps: [Step]) throws -> [IndexChange] {
    let entries = try repository.indexEntries(at: steps.map(\.path))
    return try steps.compactMap { step in
      let entry = entries[step.path]?.first
      guard entry?.stage ?? 0 == 0, entry?.id != step.after || step.matchesWorkTree == true else {
        return nil
      }
      if entry?.id == step.after || step.before.contains(entry?.id) {
        return IndexChange(
          path: step.path, id: step.after, matchesWorkTree: try matchesWorkTree(step))
      }
      guard let after = step.after else { return nil }
      let theirs = try entry.map { try repository.blob($0.id) } ?? []
      let ours = try repository.blob(after)
      if entry != nil, ours.starts(with: theirs) {
        // Behind by several commits whose writers were killed before they noted how far they had come.
        return IndexChange(path: step.path, id: after, matchesWorkTree: try matchesWorkTree(step))
      }
      let known = try step.before.compactMap(\.self).reduce(into: WriteSession.ids(in: theirs)) {
        $0.formUnion(WriteSession.ids(in: try repository.blob($1)))
      }
      let news = WriteSession.lines(of: ours, without: known)
      guard !news.isEmpty else { return nil }
      return IndexChange(
        path: step.path, id: try repository.writeBlob(PlannedFile.joined(theirs, news)))
    }
  }

  private func matchesWorkTree(_ step: Step) throws -> Bool {
    if let known = step.matchesWorkTree { return known }
    guard let after = step.after, let working = try session.store.folder.read(step.path) else {
      return false
    }
    return try Repository.blobID(working) == after
  }
}
