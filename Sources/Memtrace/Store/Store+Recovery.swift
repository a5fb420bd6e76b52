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
