// Putting back what went without a word: a commit of its own, then the work tree and the index.

internal import Git
internal import Glibc
internal import System

/// One file that lines come back to.
private struct Restored {
  let path: String
  let lines: [LostLine]
  /// What HEAD holds there.
  let before: ObjectID?
  let target: [UInt8]
  let blob: ObjectID
}

extension WriteSession {
  /// - Returns: the commit, which HEAD's branch is at then.
  /// - Throws: `.modified` where somebody commits at the same moment; then nothing has moved.
  func putBack(_ removals: Removals, known: Commit, on head: Commit, _ branch: String) throws
    -> ObjectID
  {
    let grouped = Dictionary(grouping: removals.lines, by: \.path).sorted { $0.key < $1.key }
    var files: [Restored] = []
    func build(_ repository: Repository) throws -> ObjectID {
      files = try grouped.map { path, lines in
        let before = try blobID(at: path, in: head.tree)
        let target = LineSet.inserting(lines, into: try before.map(repository.blob) ?? [])
        return Restored(
          path: path, lines: lines, before: before, target: target,
          blob: try repository.writeBlob(target))
      }
      if removals.lacksConfiguration {
        for path in [Layout.configuration, Layout.attributes] {
          guard try blobID(at: path, in: head.tree) == nil,
            let id = try blobID(at: path, in: known.tree)
          else { continue }
          files.append(
            Restored(
              path: path, lines: [], before: nil, target: try repository.blob(id), blob: id))
        }
      }
      let tree = try repository.updateTree(
        base: head.tree, files.map { .upsert(path: $0.path, id: $0.blob, mode: .file) })
      let signature = try repository.committer(
        replica: try replica(for: .branch(name: branch, head.id)).id,
        seconds: store.world.now().milliseconds / 1_000)
      return try repository.createCommit(
        tree: tree, parents: [head.id], author: signature, committer: signature,
        message: Self.message(removals))
    }
    let commit =
      grouped.count < 100
      ? try repository.withOneSync { try build(repository) } : try repository.withBulkWrites(build)
    let locks = try LockNote(state, repository, branch)
    defer { locks.remove() }
    let states = try store.stateFiles()
    try CheckoutNote(branch: branch, old: head.id, new: commit).write(to: states)
    do {
      try repository.moveCheckedOut(
        branch: branch, to: commit, expecting: head.id, message: "commit: put back records")
    } catch {
      // A note that stays says of a commit that HEAD has not, which completes nothing.
      try? CheckoutNote.remove(from: states)
      throw error
    }
    reviewedTip = commit
    know(commit, on: branch, after: commit)
    say(Self.notice(removals, commit))
    // What fails from here on is completed by the note.
    let written = try Set(files.filter(restore).map(\.path))
    if try follow(files, written) { try CheckoutNote.remove(from: states) }
    return commit
  }

  /// Names nothing that a customer said.
  private static func message(_ removals: Removals) -> String {
    var text = "put back: \(removals.amount) that went without a word\n\n"
    for group in removals.groups {
      text += "Memtrace-Put-Back: \(group.lines.count) by \(group.culprit.commit)\n"
    }
    return text
  }

  private static func notice(_ removals: Removals, _ commit: ObjectID) -> String {
    var text: String
    if removals.count == 0 {
      text = "put back \(Layout.configuration), without which this is no memory repository"
    } else {
      text = "put back \(removals.amount)"
      let commits = removals.groups.filter { !$0.culprit.isMove }
      if commits.count < removals.groups.count {
        text += " that an amend, reset or rebase had left behind"
      }
      if !commits.isEmpty { text += " that went without a word: \(removals.culprits)" }
      let words =
        commits.count == removals.groups.count
        ? commits.prefix(3).map { String($0.culprit.commit.description.prefix(10)) }
        : removals.lines.prefix(3).map(\.key.text) + (removals.count > 3 ? ["…"] : [])
      if removals.lines.allSatisfy(\.key.isPermanent) {
        return text + "; a review is taken back by another one, and not by its removal"
      }
      text += "; if that was meant: memtrace accept \(words.joined(separator: " ")), then "
      text += "git revert \(commit.description.prefix(10))"
    }
    return text
  }

  /// Brings a file of the work tree to what the commit holds; a person's edit keeps what it says and gets the lines.
  /// - Returns: whether it holds exactly that.
  private func restore(_ file: Restored) throws -> Bool {
    let working = try store.folder.read(file.path)
    if working == file.target { return true }
    guard let working else {
      try replaceWorkingFile(file.path, with: file.target)
      return true
    }
    if try Repository.blobID(working) == file.before || file.target.starts(with: working) {
      try replaceWorkingFile(file.path, with: file.target)
      return true
    }
    try store.folder.extend(file.path) { working in
      let known = ReadKeys(working, at: file.path)
      let missing = file.lines.filter { !known.hold($0) }
      guard !missing.isEmpty else { return [] }
      return Array(PlannedFile.joined(working, missing.flatMap(\.bytes))[working.count...])
    }
    return false
  }

  /// Entries that are merely behind get the blob; where a person staged something else, that with the lines.
  /// - Returns: false where somebody holds the index, or it cannot be written.
  private func follow(_ files: [Restored], _ written: Set<String>) throws -> Bool {
    do {
      try repository.editIndex(noting: state) {
        let entries = try repository.indexEntries(at: files.map(\.path))
        return try files.compactMap { file in
          let entry = entries[file.path]?.first
          guard entry?.stage ?? 0 == 0 else { return nil }
          var id = file.blob
          if let staged = entry?.id, staged != file.before, staged != file.blob {
            let theirs = try repository.blob(staged)
            let whole = LineSet.inserting(file.lines, into: theirs)
            if whole != file.target, !file.target.starts(with: theirs) {
              id = try repository.writeBlob(whole)
            }
          }
          return IndexChange(
            path: file.path, id: id,
            matchesWorkTree: id == file.blob && written.contains(file.path))
        }
      }
      return true
    } catch let error as GitError where error.code == .locked {
      return false
    } catch let error as GitError where error.code == .unsupported {
      store.notices.append("the Git index cannot be written here: \(error.message)")
      return true
    }
  }
}
