// What is put in order before every write: the traces of a killed process, of a power cut, of a stale index.

internal import Git
internal import Glibc

extension Store {
  func stateFiles() throws -> Folder { try Folder(try stateFolder()) }

  /// Empty in a clone that was never written to.
  func loadLedger() throws -> Ledger {
    Ledger(parsing: try readState("replicas"))
  }

  /// A file of our own folder, which is not made for it.
  func readState(_ file: String) throws -> [UInt8]? {
    try place.stateFolder.flatMap { state in
      try missingIsNil { try Descriptor(opening: "\(state)/\(file)", O_RDONLY).readAll() }
    }
  }

  /// Runs under the lock.
  func recover(_ repository: Repository, _ state: String) throws {
    let locks = try LockNote.clear(state)
    if locks > 0 {
      notices.append(
        "removed \(locks) Git \(locks == 1 ? "lock" : "locks") that a killed memtrace left")
    }
    if !repository.isHeadReadable { try restoreHead(repository) }
  }

  /// After a power cut HEAD may name a commit that never reached the disk: it goes back to the newest whole one of
  /// the reflog. The records are in the journal still.
  private func restoreHead(_ repository: Repository) throws {
    let head = try folderHead(repository)
    let log = (try? repository.reflog("HEAD")) ?? []
    guard let branch = head.branch, let whole = log.first(where: repository.isWhole) else {
      throw MemtraceError(
        .corrupt, "HEAD of \(root) cannot be read, and its reflog names no commit that can",
        hint:
          "git -C \(root) fsck; a fresh `git clone` of the remote brings everything that was pushed"
      )
    }
    let file = "\(repository.commonFolder)/\(branch)"
    try rescue(file: file, state: try stateFolder())
    unlink(file)
    try repository.setReference(
      branch, to: whole, expecting: try? repository.reference(branch),
      message: "memtrace: back to the newest whole commit")
    notices.append(
      "HEAD could not be read and went back to \(whole.description.prefix(10)), the newest whole commit; "
        + "the records since then come back from the journal")
  }

  /// HEAD as its file says it, which libgit2 does not where the branch is damaged.
  private func folderHead(_ repository: Repository) throws -> (branch: String?, text: String) {
    let bytes = try Descriptor(opening: repository.gitFolder + "/HEAD", O_RDONLY).readAll()
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("ref: ") else { return (nil, text) }
    return (String(text.dropFirst(5).prefix { $0 != "\n" }), text)
  }

  /// Keeps what the branch said: its commit cannot be given a ref, for it is not there.
  private func rescue(file: String, state: String) throws {
    let old: [UInt8]? = try missingIsNil { try Descriptor(opening: file, O_RDONLY).readAll() }
    guard let old else { return }
    try Folder(state).replace("rescue/\(world.now().milliseconds)", with: old, mode: 0o600)
  }
}

extension WriteSession {
  /// Looks at what people's commits did to our last one: a commit from a stale index takes our newest lines out
  /// and means nothing by it, so they come back; a branch that was moved back keeps its old tip under a ref.
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
    guard let entry = ledger.newest, entry.fingerprint == fingerprint, let tip = entry.tip,
      let head = try? repository.head(), head.branch == entry.branch, let commit = head.commit,
      commit != tip, (try? repository.commitExists(tip)) == true
    else { return }
    if leads(from: tip, to: commit) {
      if entry.indexedAt != tip { try restoreReversed(entry, tip, commit) }
    } else {
      try keepRewound(tip, commit)
    }
  }

  private func restoreReversed(_ entry: Ledger.Entry, _ tip: ObjectID, _ head: ObjectID) throws {
    let indexed = try entry.indexedAt.map { try repository.commit($0).tree }
    let headTree = try repository.commit(head).tree
    var lines: [PendingLine] = []
    for root in Layout.recordRoots {
      try repository.changes(from: indexed, to: try repository.commit(tip).tree, under: root) {
        change in
        guard let new = change.new, new.mode.isBlob, let slash = change.path.lastIndex(of: "/"),
          let file = FileName(change.path[change.path.index(after: slash)...]),
          try repository.treeEntry(in: headTree, change.path)?.id == change.old?.id
        else { return }
        let before = try change.old.map { Self.ids(in: try repository.blob($0.id)) } ?? []
        let news = Self.lines(of: try repository.blob(new.id), without: before)
        lines += news.split(separator: UInt8(ascii: "\n")).map {
          PendingLine(
            folder: String(change.path[..<slash]), file: file, bytes: $0 + [UInt8(ascii: "\n")])
        }
      }
    }
    let waiting = Self.ids(in: pending.flatMap(\.bytes))
    lines.removeAll { !Self.ids(in: $0.bytes).isDisjoint(with: waiting) }
    guard !lines.isEmpty else { return }
    try journal.append(lines)
    pending += lines
    store.notices.append(
      "a commit made from an out-of-date Git index had taken out \(lines.count) "
        + "\(lines.count == 1 ? "record" : "records"); they are committed again")
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
      "the branch was moved back past \(missing) \(missing == 1 ? "record" : "records"), kept under \(name); "
        + "`git merge \(name)` brings them back")
  }
}
