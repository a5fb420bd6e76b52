// Looks for files that an archive may take: closed sessions, old lines, nobody at work on them.

internal import Git
internal import Glibc
internal import System

/// What can be archived, and why the rest of the sessions' files stays.
struct ArchiveSearch {
  /// Files that stay, by why.
  struct Left: Sendable {
    /// Of sessions that are active.
    var open = 0
    /// With a line that is not old enough.
    var young = 0
    /// Of sessions of which a branch, a remote, a worktree or a stash has something that HEAD has not.
    var unmerged = 0
    /// Otherwise in the work tree or the index than in HEAD.
    var changed = 0
    /// With a line that is no record of its session.
    var odd = 0
    /// Too few of their month, or too large beside the others.
    var few = 0
  }

  private(set) var left = Left()
  private(set) var archives: [(month: String, files: [ArchivedFile])] = []

  private let store: Store
  private let repository: Repository
  private let before: Timestamp
  private let closed: Set<SessionID>
  private let unmerged: Set<String>

  /// - Parameters:
  ///   - tip: the commit whose files are looked at.
  ///   - before: a line is old where its id is older.
  init(_ store: Store, at tip: Commit, before: Timestamp, progress: (Int) -> Void) throws {
    (self.store, self.before) = (store, before)
    repository = try store.repository()
    closed = Set(try store.records().sessions().filter { $0.status == .closed }.map(\.id))
    unmerged = try repository.unmergedFolders(besides: tip)
    var found: [ArchivedFile] = []
    var looked = 0
    try repository.walk(tip.tree, under: "sessions") { path, entry in
      looked += 1
      progress(looked)
      if let file = try look(path, entry) { found.append(file) }
    }
    let staged = try stagedOtherwise(found)
    left.changed += staged.count
    found.removeAll { staged.contains($0.path) }
    let months = Dictionary(grouping: found) { Layout.month(ofFolder: $0.path) }
    for (month, files) in months.sorted(by: { $0.key < $1.key }) {
      let made = ArchivePlan.archives(of: files)
      archives += made.map { (month, $0) }
      left.few += files.count - made.reduce(0) { $0 + $1.count }
    }
  }

  private mutating func look(_ path: String, _ entry: TreeEntry) throws -> ArchivedFile? {
    let parts = path.split(separator: "/")
    guard parts.count == 6, entry.mode == .file, let name = FileName(parts[5]),
      name.kind != .archive, let session = SessionID(parts[4]), case .own(let ulid) = session
    else { return nil }
    let folder = Layout.folder(of: session)
    guard path.hasPrefix(folder + "/") else { return nil }
    // Nothing in a session is older than the session, whatever a line says.
    if ulid.milliseconds >= before.milliseconds {
      left.young += 1
    } else if !closed.contains(session) {
      left.open += 1
    } else if unmerged.contains(folder) {
      left.unmerged += 1
    } else if let bytes = try store.folder.read(path), try Repository.blobID(bytes) == entry.id {
      return judge(bytes, path, entry.id, session)
    } else {
      left.changed += 1
    }
    return nil
  }

  private mutating func judge(
    _ bytes: [UInt8], _ path: String, _ blob: ObjectID, _ session: SessionID
  ) -> ArchivedFile? {
    var (lines, size, isOdd) = (0, 0, false)
    var newest: Int64 = 0
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard line.record().subject == .session(session), let id = line.id else {
          isOdd = true
          return
        }
        newest = max(newest, id.ulid.milliseconds)
        lines += 1
        size += line.bytes.count + 1
      }
    }
    if isOdd || lines == 0 {
      left.odd += 1
    } else if newest >= before.milliseconds {
      left.young += 1
    } else {
      return ArchivedFile(path: path, blob: blob, session: session, lines: lines, bytes: size)
    }
    return nil
  }

  /// Where the index cannot be read here, nothing is known of it.
  private func stagedOtherwise(_ files: [ArchivedFile]) throws -> Set<String> {
    guard !files.isEmpty, repository.indexIsReadable() else { return [] }
    let entries = try repository.indexEntries(at: files.map(\.path))
    return Set(
      files.lazy.filter { entries[$0.path]?.first?.id != $0.blob }.map(\.path))
  }
}

extension Repository {
  /// Folders of sessions of which a branch, a remote, a worktree or a stash has something that this commit has not: an
  /// archive of their files would stand in the way of a merge.
  fileprivate func unmergedFolders(besides head: Commit) throws -> Set<String> {
    var tips = try ["refs/heads/*", "refs/remotes/*"].flatMap { try references($0).map(\.id) }
    if let stash = try reference("refs/stash") { tips.append(stash) }
    for worktree in try Worktree.all(of: self) {
      if let tip = try Repository.open(path: worktree.path).head().commit { tips.append(tip) }
    }
    var folders: Set<String> = []
    for tip in Set(tips) where tip != head.id {
      guard let commit = try commitIfThere(tip), try !isAncestor(tip, of: head.id) else { continue }
      let bases = try mergeBases(tip, head.id).map { try self.commit($0).tree as ObjectID? }
      for base in bases.isEmpty ? [nil] : bases {
        try changes(from: base, to: commit.tree, under: "sessions") { change in
          guard try treeEntry(in: head.tree, change.path)?.id != change.new?.id else { return }
          folders.insert(change.path.split(separator: "/").dropLast().joined(separator: "/"))
        }
      }
    }
    return folders
  }
}
