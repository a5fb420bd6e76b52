// archive: old lines of closed sessions move, byte for byte, out of many small files into few.

internal import Git

/// What an archiving came to, or would.
struct ArchiveReport: Sendable {
  var sessions = 0
  var files = 0
  var lines = 0
  var archives = 0
  var left = ArchiveSearch.Left()
  var commit: String?
}

extension Store {
  /// Looks and writes objects while others write; under the lock it only makes the commit and moves to it. Killed before
  /// that, nothing has happened; after it, whoever comes next completes it, as a sync.
  /// - Parameter before: only files all of whose lines are older.
  /// - Throws: `busy` where HEAD must not move now, or the files changed meanwhile.
  func archive(
    before: Timestamp, isDryRun: Bool, progress: (Int) -> Void = { _ in }
  ) throws -> ArchiveReport {
    try configuration.mayWrite()
    let repository = try repository()
    if !isDryRun { try locked { try $0.settleForArchive() } }
    guard let head = try repository.head().commit else { return ArchiveReport() }
    let tip = try repository.commit(head)
    let search = try ArchiveSearch(self, at: tip, before: before, progress: progress)
    var report = ArchiveReport()
    let files = search.archives.flatMap(\.files)
    report.sessions = Set(files.map(\.session)).count
    report.files = files.count
    report.lines = files.reduce(0) { $0 + $1.lines }
    report.archives = search.archives.count
    report.left = search.left
    if isDryRun || files.isEmpty { return report }
    let updates = try repository.withOneSync { try archived(search, in: repository) }
    report.commit = try locked { session in
      try session.commit(updates, plannedAt: tip, report).description
    }
    // Who asks next does not wait for the catalog.
    prepareReading()
    return report
  }

  private func archived(
    _ search: ArchiveSearch, in repository: Repository
  ) throws -> [TreeUpdate] {
    var updates: [TreeUpdate] = []
    for (month, files) in search.archives {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(files.reduce(0) { $0 + $1.bytes })
      for file in files {
        try repository.withBlob(file.blob) { buffer in
          scanLines(buffer) { line in
            bytes += line.bytes
            bytes.append(UInt8(ascii: "\n"))
          }
        }
        updates.append(.remove(path: file.path))
      }
      let path = Layout.archive(in: month, of: bytes)
      updates.append(.upsert(path: path, id: try repository.writeBlob(bytes), mode: .file))
    }
    return updates
  }
}

extension WriteSession {
  fileprivate func settleForArchive() throws {
    let isFlushed = flush()
    if let obstacle = obstacle() {
      throw MemtraceError(
        .busy, "nothing can be archived now: \(obstacle.what)", hint: obstacle.hint)
    }
    guard isFlushed else {
      throw MemtraceError(
        .busy, "nothing can be archived while records wait to be committed",
        hint: "memtrace status says for what they wait")
    }
  }

  /// - Parameter tip: what the updates were made out of; what came since must leave their files alone.
  fileprivate func commit(
    _ updates: [TreeUpdate], plannedAt tip: Commit, _ report: ArchiveReport
  ) throws -> ObjectID {
    try settleForArchive()
    let head = review(try head())
    knowsHead(as: head)
    let changed = MemtraceError(
      .busy, "files that are to be archived changed meanwhile", hint: "run the same command again")
    guard let branch = head.branch, let id = head.commit else { throw changed }
    let parent = try repository.commit(id)
    let paths = updates.map(\.path)
    let planned = Set(paths)
    try Conversion.refuse(paths.filter(FileName.isArchive), in: repository)
    try repository.changes(from: tip.tree, to: parent.tree, under: "sessions") { change in
      if planned.contains(change.path) { throw changed }
    }
    let commit = try repository.withOneSync {
      let signature = try repository.committer(
        replica: try replica(for: head).id, seconds: store.world.now().milliseconds / 1_000)
      return try repository.createCommit(
        tree: try repository.updateTree(base: parent.tree, updates), parents: [id],
        author: signature, committer: signature, message: CommitMessage.ofArchive(report))
    }
    // A `git gc --prune=now` that had begun before knows nothing of them.
    let kept = updates.compactMap { if case .upsert(let path, _, _) = $0 { path } else { nil } }
    guard try repository.areStored(commit, kept) else { throw changed }
    try Checkout(self, from: id, to: commit).run(branch: branch, as: "commit: archive")
    know(commit, on: branch, after: id)
    return commit
  }
}
