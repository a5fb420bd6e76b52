// What is put in order before a commit: a clone's set-up, the traces of a killed process, of a power cut.

internal import Git
internal import Glibc
internal import System

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
}

extension WriteSession {
  func setUpClone() -> Step {
    Step { try store.prepareClone(try repository, state) }
  }

  func clearLocks() -> Step {
    Step {
      let locks = try LockNote.clear(state)
      guard locks > 0 else { return false }
      store.notices.append(
        "removed \(locks) Git \(locks == 1 ? "lock" : "locks") that a killed memtrace left")
      return true
    }
  }

  func completeCheckout() -> Step {
    Step { try Checkout.complete(self) }
  }

  /// After a power cut HEAD may name a commit that never reached the disk.
  func makeHeadReadable() -> Step {
    Step {
      do {
        guard let commit = try head().commit else { return false }
        _ = try repository.entries(of: try repository.commit(commit).tree)
        return false
      } catch let error as GitError where error.saysOfObject {
        forgetHead()
        try mendHead()
        return true
      }
    }
  }

  /// Looks again, twice, and only then puts back what of HEAD is gone: out of the work tree where that has the same
  /// bytes, else by going back.
  /// - Throws: where that cannot be told now; and where nothing can be gone back to.
  func mendHead() throws {
    if try isHeadWhole() { return }
    // What somebody moved away for a moment is back by then.
    usleep(300_000)
    store.closeRepository()
    forgetHead()
    if try !isHeadWhole() { try goBack() }
  }

  /// Whether all of HEAD's commit is here, after missing objects were made anew from files with the same bytes.
  private func isHeadWhole() throws -> Bool {
    let head: Head
    do {
      head = try self.head()
    } catch let error as GitError where error.saysOfObject {
      return false
    }
    guard let id = head.commit else { return true }
    guard let commit = try repository.commitIfThere(id) else { return false }
    return try isWhole(commit.tree, at: "", Repository.open(path: repository.gitFolder))
  }

  /// - Parameter fresh: has read no blob yet.
  private func isWhole(_ tree: ObjectID, at path: String, _ fresh: Repository) throws -> Bool {
    guard let entries = try repository.ifThere(tree, read: { try $0.entries(of: tree) }) else {
      return try rebuild(tree, from: path)
    }
    for entry in entries {
      let below = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
      if entry.isTree {
        guard try isWhole(entry.id, at: below, fresh) else { return false }
      } else if entry.mode.isBlob, try !fresh.holds(entry.id) {
        guard let bytes = try store.folder.read(below),
          try Repository.blobID(bytes) == entry.id
        else { return false }
        try repository.writeBlob(bytes)
      }
    }
    return true
  }

  /// A folder whose object is gone, made anew from the work tree; false where that holds something else.
  private func rebuild(_ tree: ObjectID, from path: String) throws -> Bool {
    guard !path.isEmpty else { return false }
    var files: [TreeUpdate] = []
    try store.folder.walk(path) { file, bytes in
      files.append(
        .upsert(
          path: String(file.dropFirst(path.count + 1)), id: try repository.writeBlob(bytes),
          mode: .file))
    }
    return try !files.isEmpty && repository.updateTree(base: nil, files) == tree
  }

  /// HEAD's branch goes back to the newest whole commit of its log. What it passes keeps a reference where it is a
  /// commit at all, and what the work tree has of our writer goes into the journal again.
  private func goBack() throws {
    let text = try store.place.branch()
    guard let branch = text else {
      throw MemtraceError(
        .corrupt, "HEAD of \(store.root) cannot be read", hint: "git -C \(store.root) fsck")
    }
    let log = try repository.reflog(branch)
    let passed = try log + placesBeyondLog(branch)
    guard let whole = try passed.firstIndex(where: { try repository.isWhole($0) }) else {
      throw MemtraceError(
        .corrupt,
        "HEAD of \(store.root) cannot be read, and its log names no commit that can, nor what is known of it",
        hint:
          "git -C \(store.root) fsck; a fresh `git clone` of the remote brings everything that was pushed"
      )
    }
    let now = store.world.now().milliseconds
    let kept = try keep(Array(passed[..<whole]), now)
    let file = "\(try repository.commonFolder)/\(branch)"
    if let old = try missingIsNil({ try Descriptor(opening: file, O_RDONLY).readAll() }) {
      // What it said, where that is no commit.
      try Folder(state).replace("rescue/\(now)", with: old, mode: 0o600)
    }
    // A file that says no commit cannot be compared with.
    let said = passed[whole] == log.first ? passed[whole] : try namedCommit(branch)
    if said == nil { unlink(file) }
    try repository.setReference(
      branch, to: passed[whole], expecting: said,
      message: "memtrace: back to the newest whole commit")
    forgetHead()
    let tree = try repository.commit(passed[whole]).tree
    let back = try journalFromWorkTree(lackingIn: tree)
    store.notices.append(
      "HEAD could not be read and went back to \(passed[whole].description.prefix(10)), the newest whole commit; "
        + "\(back) records since then come back from the work tree"
        + (kept.map { "; what it passed is kept under \($0)" } ?? ""))
    do {
      try letIndexForget(on: tree)
    } catch {
      store.notices.append(
        "the Git index still names objects that are gone, so git commit and git gc may refuse: \(error)"
      )
    }
  }

  /// Takes objects that are gone out of the index: neither `git commit` nor `git gc` goes on with one. The file that HEAD
  /// has comes in their place.
  private func letIndexForget(on tree: ObjectID) throws {
    var committed: [String: ObjectID] = [:]
    for root in Layout.lineRoots {
      try repository.walk(tree, under: root) { path, entry in
        if entry.mode.isBlob { committed[path] = entry.id }
      }
    }
    var paths = Set(committed.keys)
    for root in Layout.lineRoots {
      try store.folder.walk(root, stamps: { path, _ in paths.insert(path) })
    }
    let gone = try repository.indexEntries(at: paths).filter { _, sides in
      try sides.contains { try !repository.objectExists($0.id) && !repository.isStored($0.id) }
    }
    guard !gone.isEmpty else { return }
    try repository.editIndex(noting: state) {
      gone.keys.map { IndexChange(path: $0, id: committed[$0]) }
    }
  }

  /// Where a branch was, by other ways than its log, which may have been cleared: the tip that we last knew, those that we
  /// wrote, and what it follows. HEAD's log knows other branches as well, so it comes last.
  private func placesBeyondLog(_ branch: String) throws -> [ObjectID] {
    var places = [try namedCommit(KnownTips.name(branch))]
    places += ledger.entries.filter { $0.branch == branch }.map { $0.tip?.id }
    if let upstream = try repository.upstream(ofBranch: branch),
      let tracking = try repository.trackingReference(for: upstream)
    {
      places.append(try namedCommit(tracking))
    }
    return try places.compactMap(\.self) + repository.reflog("HEAD")
  }

  /// Nil where the branch's file names none.
  private func namedCommit(_ branch: String) throws -> ObjectID? {
    do {
      return try repository.reference(branch)
    } catch let error as GitError where error.saysOfObject {
      return nil
    }
  }

  /// Gives the newest of these that is a commit a name that no command takes away; it leads to the ones before it.
  private func keep(_ passed: [ObjectID], _ now: Int64) throws -> String? {
    guard let newest = try passed.first(where: { try repository.commitIfThere($0) != nil })
    else { return nil }
    let name = "refs/memtrace/rescue/\(now)"
    try repository.setReference(
      name, to: newest, expecting: nil, message: "memtrace: passed, for it could not be read")
    return name
  }

  /// Journals the lines of our replicas that files have and no file of this tree does.
  private func journalFromWorkTree(lackingIn tree: ObjectID) throws -> Int {
    let ours = Set(ledger.entries.map(\.id))
    var known = Self.ids(in: pending.flatMap(\.bytes))
    for root in Layout.recordRoots {
      try repository.walk(tree, under: root) { path, entry in
        if entry.mode.isBlob { known.formUnion(Self.ids(in: try repository.blob(entry.id))) }
      }
    }
    var lines: [PendingLine] = []
    for root in Layout.recordRoots {
      try store.folder.walk(root) { path, bytes in
        guard let slash = path.lastIndex(of: "/"),
          let file = FileName(path[path.index(after: slash)...]),
          ours.contains(file.replica) || file.replica.hasPrefix("import-")
        else { return }
        let news = Self.lines(of: bytes, without: known)
        known.formUnion(Self.ids(in: news))
        lines += news.split(separator: UInt8(ascii: "\n")).map {
          PendingLine(
            folder: String(path[..<slash]), file: file, bytes: $0 + [UInt8(ascii: "\n")])
        }
      }
    }
    guard !lines.isEmpty else { return 0 }
    try journal.append(lines)
    pending += lines
    return lines.count
  }
}
