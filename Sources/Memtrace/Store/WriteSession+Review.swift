// What people's commits did to our last one.

internal import Git
internal import Glibc

extension WriteSession {
  /// A commit from a stale index takes our newest lines out and means nothing by it, and so does a `git reset --hard`
  /// or a rebase that began before our commit and was ended after it: those lines come back. A branch that somebody moved back
  /// keeps its old tip under a ref.
  ///
  /// What cannot be compared is no reason not to write.
  func reviewForeignCommits() throws {
    do {
      try compareWithNewestTip()
    } catch let error as GitError {
      store.notices.append("what others committed could not be compared: \(error.message)")
    }
  }

  private func compareWithNewestTip() throws {
    guard let head = try? repository.head(), let branch = head.branch, let commit = head.commit,
      let entry = ledger.entries.first(where: {
        $0.fingerprint == fingerprint && $0.branch == branch && $0.tip != nil
      }),
      let known = entry.tip, known.id != commit, let tip = try known.resolve(in: repository)?.id
    else { return }
    if try known.leads(to: commit, in: repository) {
      guard entry.indexedAt != known else { return }
      try restore(
        since: try entry.indexedAt?.resolve(in: repository)?.id, to: tip, on: commit,
        saying: "a commit made from an out-of-date Git index had taken out")
    } else if try wasMovedInPassing(branch, from: tip) {
      try restore(
        since: commit, to: tip, on: commit,
        saying: "a `git reset` or rebase at the same moment had taken out")
    } else {
      try keepRewound(tip, commit)
    }
  }

  /// Whether nobody committed since. Asked once files and index are written: a `git commit -a` that took the work tree
  /// as it was before has ended by then, for it held the index's lock; its commit is reviewed with the next write.
  func isStill(at tip: ObjectID) throws -> Bool {
    try repository.head().commit == tip
  }

  /// Journals the lines that came into `tip` since `old`, in files that `head` has as they were before.
  private func restore(
    since old: ObjectID?, to tip: ObjectID, on head: ObjectID, saying what: String
  ) throws {
    let oldTree = try old.map { try repository.commit($0).tree }
    let tree = try repository.commit(tip).tree
    let headTree = try repository.commit(head).tree
    let waiting = Self.ids(in: pending.flatMap(\.bytes))
    var lines: [PendingLine] = []
    for root in Layout.recordRoots {
      try repository.changes(from: oldTree, to: tree, under: root) { change in
        guard let new = change.new, new.mode.isBlob, let slash = change.path.lastIndex(of: "/"),
          let file = FileName(change.path[change.path.index(after: slash)...]),
          try repository.treeEntry(in: headTree, change.path)?.id == change.old?.id
        else { return }
        let known = try change.old.map { Self.ids(in: try repository.blob($0.id)) } ?? []
        let news = Self.lines(of: try repository.blob(new.id), without: known.union(waiting))
        lines += news.split(separator: UInt8(ascii: "\n")).map {
          PendingLine(
            folder: String(change.path[..<slash]), file: file, bytes: $0 + [UInt8(ascii: "\n")])
        }
      }
    }
    guard !lines.isEmpty else { return }
    try journal.append(lines)
    pending += lines
    store.notices.append(
      "\(what) \(lines.count) \(lines.count == 1 ? "record" : "records"); they are committed again")
  }

  /// Whether the branch left `tip` by a `git reset` to where it stood, as `git stash` does it too, or by the end of a
  /// rebase that was given up: Git had read the branch before our commit.
  private func wasMovedInPassing(_ branch: String, from tip: ObjectID) throws -> Bool {
    let log = try missingIsNil {
      let file = try Descriptor(opening: "\(repository.commonFolder)/logs/\(branch)", O_RDONLY)
      return try file.readAll(from: max(0, try file.size() - 65_536))
    }
    let mark = Array("\(tip) ".utf8)
    let lines = log?.split(separator: UInt8(ascii: "\n")) ?? []
    guard let last = lines.last(where: { $0.starts(with: mark) }) else { return false }
    let what = String(decoding: last.split(separator: UInt8(ascii: "\t")).last ?? [], as: UTF8.self)
    return what == "reset: moving to HEAD" || what.hasPrefix("rebase (abort): ")
  }

  /// Somebody moved the branch back (`git reset --hard HEAD~1`): nothing is undone, and nothing is lost.
  private func keepRewound(_ tip: ObjectID, _ head: ObjectID) throws {
    let known = try repository.references("refs/memtrace/rescue/*")
    guard !known.contains(where: { $0.id == tip }) else { return }
    var missing = 0
    for root in Layout.recordRoots {
      try repository.changes(
        from: try repository.commit(tip).tree, to: try repository.commit(head).tree, under: root
      ) { change in
        guard let old = change.old, old.mode.isBlob else { return }
        let after = try change.new.map { Self.ids(in: try repository.blob($0.id)) } ?? []
        missing += Self.ids(in: try repository.blob(old.id)).subtracting(after).count
      }
    }
    guard missing > 0 else { return }
    let name = "refs/memtrace/rescue/\(store.world.now().milliseconds)"
    try repository.setReference(
      name, to: tip, expecting: nil, message: "memtrace: branch moved back")
    store.notices.append(
      "the branch was moved back past \(missing) \(missing == 1 ? "record" : "records"), "
        + "kept under \(name); `git merge \(name)` brings them back")
  }
}
