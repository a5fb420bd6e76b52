// Before every commit of ours: what is erased leaves the tip, the work tree, the index, the journal and our own folder.

internal import Git
internal import Glibc
internal import System

extension WriteSession {
  /// The tip that was found free of erased lines, and the erasures that it was looked at for.
  private struct CleanNote: Equatable {
    let print: String
    let commit: KnownCommit
    static let file = "clean"

    init(_ print: String, _ commit: ObjectID) {
      self.print = print
      self.commit = KnownCommit(commit)
    }

    init?(in state: Folder) throws {
      let words = String(decoding: try state.read(Self.file) ?? [], as: UTF8.self)
        .split(separator: " ")
      guard words.count == 2, let commit = KnownCommit(hex: words[1]) else { return nil }
      (print, self.commit) = (String(words[0]), commit)
    }

    func write(to state: Folder) throws {
      try state.replace(Self.file, with: "\(print) \(commit)".utf8, mode: 0o600)
    }
  }

  /// Files whose lines are leaving: written before the branch moves, and gone once files and index have followed.
  private static let dropping = "dropping"
  /// The erasures for which our own folder was cleaned.
  private static let scrubbed = "scrubbed"

  func dropErased() -> Step {
    Step {
      let erasures = try learnErasures()
      guard !erasures.isEmpty else { return false }
      let count = pending.count
      pending = pending.without(erasures)
      try finishDropping(erasures)
      let hasMoved = try dropFromTip(erasures)
      if pending.isEmpty, count > 0 { try journal.empty() }
      return hasMoved || pending.count != count
    }
  }

  /// What the tip, files, the journal and this clone say is erased; from now on this clone knows all of it.
  private func learnErasures() throws -> Erasures {
    var erasures = try store.place.erasures(waiting: pending)
    if let commit = try head().commit {
      erasures.formUnion(try repository.erasures(in: repository.commit(commit).tree))
    }
    if erasures.lines.isEmpty { return erasures }
    try store.learn(erasures, apartFrom: Set(pending.compactMap(\.id)))
    return erasures
  }

  /// One commit takes the lines out of the tip and puts in what the tip lacks of the erasures themselves.
  private func dropFromTip(_ erasures: Erasures) throws -> Bool {
    let states = try store.stateFiles()
    let print = erasures.print
    let note = try CleanNote(in: states)
    if let commit = try head().commit, note == CleanNote(print, commit) { return false }
    let head = review(try head())
    knowsHead(as: head)
    guard let branch = head.branch, let tip = head.commit else { return false }
    let commit = try repository.commit(tip)
    let inTip = try repository.erasures(in: commit.tree)
    let missing = erasures.lines.filter { inTip.lines[$0.key] == nil }.sorted { $0.key < $1.key }
    let clean = note?.print == print ? try note?.commit.resolve(in: repository)?.tree : nil
    let files = try repository.erasedFiles(
      in: commit.tree, since: clean, erasures, isTargeted: !store.isSmall)
    pending.removeAll { line in line.id.map { inTip.lines[$0] != nil } ?? false }
    guard !files.isEmpty || !missing.isEmpty else {
      try CleanNote(print, tip).write(to: states)
      return false
    }
    var entry = try replica(for: head)
    let said = try missing.isEmpty ? nil : plan(missing.map(\.value), entry.id, on: commit.tree)
    var more: [TreeUpdate] = []
    if let said, let target = said.target {
      more = [.upsert(path: said.path, id: try repository.writeBlob(target), mode: .file)]
    }
    let tree = try repository.tree(commit.tree, without: files, adding: more)
    let made = try repository.createCommit(
      tree: tree, parents: [tip],
      author: try signature(entry.id, after: commit, isOurs: said != nil),
      committer: try signature(entry.id, after: commit, isOurs: said != nil),
      message: Self.message(files.count, missing.count))
    try dropFromQuarantine(files, erasures)
    let paths = files.map(\.path) + (said.map { [$0.path] } ?? [])
    try states.replace(
      Self.dropping, with: paths.joined(separator: "\n").utf8, mode: 0o600, isSynced: true)
    let locks = try LockNote(state, repository, branch)
    defer { locks.remove() }
    try repository.moveCheckedOut(
      branch: branch, to: made, expecting: tip, message: "commit: erase")
    if entry.tip == nil { entry.indexedAt = KnownCommit(tip) }
    (entry.tip, entry.branch) = (KnownCommit(made), branch)
    ledger.record(entry)
    try saveLedger()
    know(made, on: branch, after: tip)
    knowsHead(as: .branch(name: branch, made))
    pending.removeAll { line in line.id.map { erasures.lines[$0] != nil } ?? false }
    try finishDropping(erasures)
    if case .failed(let reason) = letIndexFollow([], from: nil) { throw reason }
    try CleanNote(print, made).write(to: states)
    return true
  }

  /// The file of ours that takes lines which say what is erased.
  private func plan(_ lines: [[UInt8]], _ replica: String, on tree: ObjectID) throws -> PlannedFile
  {
    var file = FileName(.erased, replica: replica)
    while true {
      let path = "\(Layout.own)/\(file)"
      let id = try blobID(at: path, in: tree)
      let committed = try id.map { try repository.blob($0) } ?? []
      if committed.count < Limits.fileBytes {
        let added = lines.map { PendingLine(folder: Layout.own, file: file, bytes: $0) }
        return PlannedFile(
          path: path, blob: id, committed: committed, added: added, waiting: added)
      }
      file = file.next
    }
  }

  /// Two clones that find the same lines in the same tip make the same commit.
  private func signature(_ replica: String, after tip: Commit, isOurs: Bool) throws -> Signature {
    isOurs
      ? try repository.committer(
        replica: replica, seconds: store.world.now().milliseconds / 1_000)
      : Signature(
        name: "memtrace", email: "erase@agents.invalid", seconds: tip.committer.seconds)
  }

  /// Names nothing that a customer said, and nobody.
  private static func message(_ files: Int, _ erasures: Int) -> String {
    let what =
      erasures > 0 ? amount(erasures, "erasure") : "what came back, or came late"
    return "erase: \(what) · \(amount(files, "file"))\n"
  }

  // MARK: What follows the tip

  /// The work tree and the index let go of the lines; what else a person changed in those files stays.
  private func finishDropping(_ erasures: Erasures) throws {
    let states = try store.stateFiles()
    guard let bytes = try states.read(Self.dropping) else { return }
    let paths = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    let tree = try head().commit.map { try repository.commit($0).tree }
    for path in paths {
      guard let working = try store.folder.read(path) else {
        // What says the erasure itself.
        if path.hasPrefix(Layout.own + "/"), let committed = try blob(at: path, in: tree) {
          try replaceWorkingFile(path, with: committed)
        }
        continue
      }
      if path.hasPrefix(Layout.own + "/"), let committed = try blob(at: path, in: tree) {
        let missing = LineSet.missingAtEnd(of: working, having: committed)
        if !missing.isEmpty {
          try replaceWorkingFile(path, with: PlannedFile.joined(working, missing))
        }
        continue
      }
      let left = erasures.filtered(working)
      if left.isEmpty {
        try store.folder.remove(path)
      } else if left != working {
        try replaceWorkingFile(path, with: left)
      }
    }
    try repository.dropFromIndex(paths, erasures, in: store.folder, noting: state)
    try states.remove(Self.dropping)
  }

  // MARK: Our own folder

  /// Torn lines were never records; what one of an erased line was cut from goes with it.
  private func dropFromQuarantine(_ files: [ErasedFile], _ erasures: Erasures) throws {
    let states = try store.stateFiles()
    let names = try ["quarantine", "quarantine/cleared"].flatMap { folder in
      try states.list(folder).filter { !$0.isFolder }.map { "\(folder)/\($0.name)" }
    }
    guard !names.isEmpty else { return }
    var lines: [[UInt8]] = []
    for file in files {
      try repository.blob(file.old).withUnsafeBytes { buffer in
        scanLines(buffer) { if erasures.cover($0) { lines.append(Array($0.bytes)) } }
      }
    }
    for name in names {
      let fragment = try states.read(name) ?? []
      let folder = Place.lastName(name).split(separator: ".").first.map(String.init) ?? ""
      let session = SessionID(folder)
      if session.map({ erasures.sessions[$0] == .forever }) == true
        || lines.contains(where: { $0.starts(with: fragment) })
        || erasures.filtered(fragment) != fragment
      {
        try states.remove(name)
      }
    }
  }

  /// What is left of earlier lines in files of ours that are written over and over.
  func scrubErased() -> Step {
    guard ownsJournal, pending.isEmpty else { return .nothing }
    return Step {
      let known = try KnownErasures(of: store.place.commonFolder!).all()
      if known.isEmpty { return false }
      let states = try store.stateFiles()
      let print = Array(known.print.utf8)
      if try states.read(Self.scrubbed) == print { return false }
      try journal.scrub()
      for file in ["work-tree-file", "checkout-file", "spare"] { try states.remove(file) }
      do {
        // What is kept for fast reading lets go of it as it is opened.
        _ = try Catalog.open(store)
      } catch {
        try states.removeAll(below: "catalog")
      }
      try states.replace(Self.scrubbed, with: print, mode: 0o600)
      return true
    }
  }
}
