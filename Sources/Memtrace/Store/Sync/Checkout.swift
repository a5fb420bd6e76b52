// A branch moves from one commit to another, and the work tree and the Git index with it, by changed paths only.

import Git
import Glibc
internal import System

/// The order makes a cut at any point harmless: a synced note, the reference, the files, the index, the note's end.
/// Whoever opens the repository next finds the note and does what is left.
struct Checkout {
  private let session: WriteSession
  private let old: ObjectID?
  private let new: ObjectID
  private let changes: [TreeChange]
  /// Paths that no work tree may hold: in the tree and in the index, and no file is made of them.
  private let leftOut: Set<String>
  /// Files that a sparse checkout left out are not brought back.
  private let isSparse: Bool

  private let repository: Repository
  private var folder: Folder { session.store.folder }

  /// - Parameter old: nil for a branch without a commit.
  init(_ session: WriteSession, from old: ObjectID?, to new: ObjectID) throws {
    self.session = session
    self.old = old
    self.new = new
    let repository = try session.repository
    self.repository = repository
    changes = try repository.changes(
      from: try old.map { try repository.commit($0).tree }, to: try repository.commit(new).tree)
    leftOut = Set(changes.lazy.map(\.path).filter { !TreePath.isWritable($0) })
    isSparse = try repository.configBool("core.sparseCheckout") ?? false
  }

  /// Moves the branch, which must be HEAD's.
  /// - Throws: `conflict` for files that a person changed and did not commit; then nothing has moved.
  /// - Parameter message: for the branch's log.
  func run(branch: String, as message: String = "memtrace: sync") throws {
    try refuseDirty()
    let state = try session.store.stateFiles()
    try CheckoutNote(branch: branch, old: old, new: new).write(to: state)
    let locks = try LockNote(session.state, repository, branch)
    defer { locks.remove() }
    do {
      try move(branch, message)
    } catch {
      try CheckoutNote.remove(from: state)
      throw error
    }
    try finish(branch)
    try CheckoutNote.remove(from: state)
    Self.say(
      changes.filter { $0.new != nil && leftOut.contains($0.path) }.map(\.path), session.store)
  }

  /// Names what is carried along and was not written to the work tree.
  static func say(_ leftOut: [String], _ store: Store) {
    guard let first = leftOut.first else { return }
    let more = leftOut.count > 1 ? " and \(leftOut.count - 1) more" : ""
    store.notices.append(
      "\(Incoming.printable(first))\(more) came from the remote and stays in the repository, but no file is made "
        + "of it: a file system may take such a name for something else")
  }

  /// Does what a cut left undone: after the reference moved, the files and the index.
  /// - Returns: whether something was.
  static func complete(_ session: WriteSession) throws -> Bool {
    let state = try session.store.stateFiles()
    guard let note = try CheckoutNote(in: state) else { return false }
    let head = try session.head()
    if head.branch == note.branch, let commit = head.commit,
      try note.new.leads(to: commit, in: session.repository)
    {
      let locks = try LockNote(session.state, session.repository, note.branch)
      defer { locks.remove() }
      // Where the commit that it left is gone, what it removed is not known: such files stay.
      let old = try note.old?.resolve(in: session.repository)?.id
      try Checkout(session, from: old, to: commit).finish(note.branch)
      // A person who committed meanwhile did so from the index of before, and took back what was not brought into it: some
      // files are as before the cut, some as after it, and HEAD is neither.
      if note.new.id != commit {
        try Checkout(session, from: note.new.id, to: commit).finish(note.branch)
      }
      session.store.notices.append(
        "a sync, import or archive that was cut off has been brought to its end")
    }
    try CheckoutNote.remove(from: state)
    return true
  }

  /// - Throws: `conflict`, naming files that a person changed and that this move would change too.
  func refuseDirty() throws {
    // Where the index cannot be read here, nothing is known of it.
    let staged = repository.indexIsReadable() ? try stagedIDs() : nil
    let dirty = try changes.filter { change in
      if let staged, let entry = staged[change.path] {
        if entry != change.old?.id, entry != change.new?.id { return true }
      } else if staged != nil, old != nil, change.old != nil, !isSparse {
        return true
      }
      return try !leftOut.contains(change.path) && !isReplaceable(change)
    }
    guard !dirty.isEmpty else { return }
    let names = dirty.prefix(5).map(\.path).joined(separator: ", ")
    let more = dirty.count > 5 ? " and \(dirty.count - 5) more" : ""
    throw MemtraceError(
      .conflict,
      "changes that are not committed stand in the way: \(names)\(more); nothing was changed",
      hint: "git -C \(session.store.root) commit or stash them, then memtrace sync")
  }

  private func move(_ branch: String, _ message: String) throws {
    for attempt in 1... {
      do {
        try repository.moveCheckedOut(
          branch: branch, to: new, expecting: old, message: message)
        return session.forgetHead()
      } catch let error as GitError where error.code == .locked && attempt < 80 {
        usleep(25_000)
      } catch let error as GitError where error.code == .modified {
        throw MemtraceError(
          .busy, "the branch moved during the sync", hint: "run memtrace sync again")
      }
    }
  }

  /// After somebody else moved the branch there: files, index and ledger.
  func bringFiles(_ branch: String) throws { try finish(branch) }

  /// Files, index and ledger.
  private func finish(_ branch: String) throws {
    let written = try writeFiles()
    let isIndexed = try followIndex(written)
    guard
      var entry = try session.entry(on: old ?? new)
        ?? (isIndexed ? nil : session.newEntry(branch, old))
    else { return }
    // Where the index had missed a commit of ours already, it still does.
    let wasCurrent = entry.indexedAt == entry.tip
    entry.tip = KnownCommit(new)
    if isIndexed, wasCurrent, try session.isStill(at: new) { entry.indexedAt = entry.tip }
    session.ledger.record(entry)
    try session.saveLedger()
  }

  /// Removals first, so that a file may stand where a folder was; but archives before them, so that whoever reads
  /// meanwhile finds lines that move in two places, and never in none.
  /// - Returns: the paths whose file holds the new blob now.
  private func writeFiles() throws -> Set<String> {
    var written = Set<String>()
    let isChecked = try changes.filter { try !leftOut.contains($0.path) && isReplaceable($0) }
    // Not beside its place: what a killed sync left there would be a file of the work tree.
    let writer = FileWriter(folder, by: session.state + "/checkout-file")
    func write(_ change: TreeChange) throws {
      guard let new = change.new, new.mode.isBlob else { return }
      if isSparse, change.old != nil, try folder.status(change.path) == nil { return }
      try repository.withBlob(new.id) { try writer.write($0, to: change.path, mode: new.mode) }
      written.insert(change.path)
    }
    for change in isChecked where FileName.isArchive(change.path) { try write(change) }
    for change in isChecked where change.new == nil { try folder.remove(change.path) }
    for change in isChecked where !FileName.isArchive(change.path) { try write(change) }
    return written
  }

  /// Whether the working file holds what this move takes away, or already what it brings.
  private func isReplaceable(_ change: TreeChange) throws -> Bool {
    guard let status = try folder.status(change.path) else { return true }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      guard let bytes = try folder.read(change.path) else { return true }
      let id = try Repository.blobID(bytes)
      return id == change.old?.id || id == change.new?.id
    case S_IFLNK:
      return change.old?.mode == .symlink || change.new?.mode == .symlink
    case S_IFDIR:
      // A submodule's folder is left as it is; else a folder gives way only where all its files are removed.
      let prefix = change.path + "/"
      return change.old?.mode == .submodule || change.new?.mode == .submodule
        || changes.contains { $0.new == nil && $0.path.hasPrefix(prefix) }
    default: return false
    }
  }

  private func stagedIDs() throws -> [String: ObjectID] {
    try repository.indexEntries(at: changes.map(\.path)).compactMapValues { $0.first?.id }
  }

  /// Only entries that nobody staged anything else into.
  private func followIndex(_ written: Set<String>) throws -> Bool {
    do {
      if repository.indexIsReadable() {
        try repository.editIndex(noting: session.state) {
          let staged = try stagedIDs()
          return changes.filter { staged[$0.path] == $0.old?.id }.map {
            IndexChange(
              path: $0.path, id: $0.new?.id, mode: $0.new?.mode ?? .file,
              matchesWorkTree: written.contains($0.path))
          }
        }
        return true
      }
    } catch let error as GitError where error.code == .locked {}
    session.store.notices.append(
      "the Git index could not follow the sync: git -C \(session.store.root) reset brings it up to date"
    )
    return false
  }
}

extension WriteSession {
  /// The ledger's entry whose line of commits leads to a commit.
  func entry(on commit: ObjectID) throws -> Ledger.Entry? {
    try ledger.entries.first { entry in
      guard entry.fingerprint == fingerprint, let tip = entry.tip else { return false }
      return try tip.leads(to: commit, in: repository)
    }
  }

  /// For what nothing was written with yet: that the Git index was left at `old`.
  func newEntry(_ branch: String, _ old: ObjectID?) -> Ledger.Entry {
    Ledger.Entry(
      id: ledger.draw(store.world), branch: branch, tip: nil, indexedAt: old.map(KnownCommit.init),
      fingerprint: fingerprint)
  }
}
