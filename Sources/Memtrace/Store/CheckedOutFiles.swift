// The files of a large work tree as a commit has them, read from Git's packs.

internal import Git
internal import Synchronization
internal import System

/// All files of a commit with the stamps that they have in the work tree. Where Git's index knows that a file holds what the
/// commit has, its bytes come from a pack, of which the disk reads much at once, and its stamp from the index; else it is
/// read itself. Files that the commit does not have are not looked for.
struct CheckedOutFiles: Sendable {
  private let folder: Folder
  private let tree: ObjectID
  private let known: KnownFiles
  private let handles: Handles

  /// Nil where there are not many, and where the index does not know them, as after a copy of the folder.
  init?(_ store: Store, at commit: KnownCommit?, many: Int = 20_000) throws {
    let repository = try store.repository()
    guard let tree = try commit?.resolve(in: repository)?.tree,
      let known = repository.knownFiles(), known.count >= many
    else { return nil }
    (folder, self.tree, self.known) = (store.folder, tree, known)
    handles = Handles(store.root)
    guard try isKnown(repository) else { return nil }
  }

  /// Whether most of some files have the status that the index says.
  private func isKnown(_ repository: Repository) throws -> Bool {
    struct Enough: Error {}
    var (known, asked, right) = (known, 0, 0)
    do {
      try repository.walk(tree, under: "sessions") { path, entry in
        asked += 1
        if let stamp = known.stamp(path, holding: entry.id), try folder.stamp(path) == stamp {
          right += 1
        }
        if asked == 32 { throw Enough() }
      }
    } catch is Enough {}
    return right * 2 > asked
  }

  /// Calls with every file of ours beneath some folders, each folder's together.
  /// - Returns: false where Git cannot read something; some files were handed on then.
  func walk(
    _ folders: [String], _ body: (String, [UInt8], FileStamp) throws -> Void
  ) throws -> Bool {
    do {
      let parts = try handles.with { repository in
        try folders.flatMap { try self.parts(of: $0, repository) }
      }
      // Two at once: what takes time is not the disk.
      let read: @Sendable (Int) throws -> [ReadFile] = { try self.files(of: parts[$0]) }
      try ahead(of: parts.count, by: 16, read) { files in
        for file in files { try body(file.path, file.bytes, file.stamp) }
      }
      return true
    } catch is GitError {
      return false
    }
  }

  private struct Part: Sendable {
    let path: String
    let entry: TreeEntry
  }

  /// Of sessions, their days.
  private func parts(of folder: String, _ repository: Repository) throws -> [Part] {
    guard let entry = try repository.treeEntry(in: tree, folder) else { return [] }
    var parts = [Part(path: folder, entry: entry)]
    for _ in 0..<2 {
      parts = try parts.flatMap { part in
        guard part.entry.isTree else { return [part] }
        return try repository.entries(of: part.entry.id).map {
          Part(path: "\(part.path)/\($0.name)", entry: $0)
        }
      }
    }
    return parts
  }

  private func files(of part: Part) throws -> [ReadFile] {
    try handles.with { repository in
      var files: [ReadFile] = []
      var known = known
      func add(_ path: String, _ entry: TreeEntry) throws {
        guard entry.mode.isBlob, FileName.isRead(path) else { return }
        if let stamp = known.stamp(path, holding: entry.id),
          let bytes = try? repository.blob(entry.id), bytes.count == stamp.size
        {
          files.append(ReadFile(path: path, bytes: bytes, stamp: stamp))
        } else if let (bytes, stamp) = try folder.readStamped(path) {
          files.append(ReadFile(path: path, bytes: bytes, stamp: stamp))
        }
      }
      guard part.entry.isTree else {
        try add(part.path, part.entry)
        return files
      }
      try repository.walk(part.entry.id) { path, entry in try add("\(part.path)/\(path)", entry) }
      return files
    }
  }

  /// One of libgit2's handles for each thread that asks.
  private final class Handles: Sendable {
    private struct Handle: @unchecked Sendable {
      let repository: Repository
    }

    private let root: String
    private let free = Mutex<[Handle]>([])

    init(_ root: String) { self.root = root }

    func with<Result>(_ body: (Repository) throws -> Result) throws -> Result {
      let handle =
        try free.withLock { $0.popLast() } ?? Handle(repository: Repository.open(path: root))
      defer { free.withLock { $0.append(handle) } }
      return try body(handle.repository)
    }
  }
}
