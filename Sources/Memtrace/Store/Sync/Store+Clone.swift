// A copy of a remote memory repository, looked through before a file of it is written.

import Git
import Glibc
internal import System

/// What a clone under way looks like: its Git folder lies in a temporary one beside the files, and is renamed to `.git`
/// when index and work tree are whole. Until then neither Git nor memtrace takes the folder for a repository.
enum UnfinishedClone {
  static let prefix = ".git.memtrace-"

  /// The temporary folder in `folder`, where it has no `.git` yet; none in a folder that cannot be listed.
  static func find(in folder: String) -> String? {
    guard access("\(folder)/.git", F_OK) != 0, let entries = try? Folder(folder).list() else {
      return nil
    }
    return entries.map(\.name).first { $0.hasPrefix(prefix) }
  }

  static func error(_ folder: String) -> MemtraceError {
    if let name = find(in: folder),
      ((try? FileLock.attempt(onFolder: "\(folder)/\(name)")) ?? nil) == nil
    {
      return MemtraceError(
        .busy, "a clone into \(folder) is under way", hint: "wait until it has ended")
    }
    return MemtraceError(
      .conflict, "\(folder) holds a clone that was cut off, and is no repository",
      hint: "run memtrace clone URL \(folder) again: it takes away what was left, and nothing else")
  }

  /// Takes away what a clone left that was killed: files that hold what it was writing, and no others.
  /// - Throws: `busy` while it is alive.
  static func discard(in root: String) throws {
    guard let name = find(in: root) else { return }
    let temporary = "\(root)/\(name)"
    guard let lock = try FileLock.attempt(onFolder: temporary) else { throw error(root) }
    try withExtendedLifetime(lock) {
      // One that was killed before it had a commit has written no file.
      if let repository = try? Repository.open(path: temporary),
        let commit = (try? repository.head())?.commit
      {
        try removeFiles(of: commit, in: repository, from: try Folder(root))
      }
      removeAll(in: temporary)
      rmdir(temporary)
    }
  }

  /// Takes away the empty folder of a clone that was killed once it was whole.
  static func removeEmpty(in root: String) throws {
    for entry in try Folder(root).list() where entry.name.hasPrefix(prefix) {
      rmdir("\(root)/\(entry.name)")
    }
  }

  private static func removeFiles(
    of commit: ObjectID, in repository: Repository, from folder: Folder
  ) throws {
    var folders: Set<Substring> = []
    // A folder may have been made whose first file was not; one with something in it stays.
    defer {
      for path in folders.sorted(by: { $0.utf8.count > $1.utf8.count }) {
        // Not empty: somebody's.
        _ = try? folder.within(String(path), create: false) { unlinkat($0, $1, AT_REMOVEDIR) }
      }
    }
    try repository.walk(repository.commit(commit).tree) { path, entry in
      var parent = path[...]
      while let slash = parent.lastIndex(of: "/") {
        parent = parent[..<slash]
        guard folders.insert(parent).inserted else { break }
      }
      guard entry.mode.isBlob, TreePath.isWritable(path), let status = try folder.status(path)
      else { return }
      let isLink = status.st_mode & S_IFMT == S_IFLNK
      let isOurs =
        try isLink
        ? entry.mode == .symlink : folder.read(path).map(Repository.blobID) == entry.id
      if isOurs { try folder.remove(path) }
    }
  }

  /// What cannot be taken away is found by the next clone, or by Git, which takes it for no repository. Only what cloning itself put there: the folder was empty, but for what a mount point has.
  static func removeAll(in folder: String) {
    guard let entries = try? Folder(folder).list() else { return }
    for entry in entries where !isOfFileSystem(entry.name) {
      let path = "\(folder)/\(entry.name)"
      if entry.isFolder {
        removeAll(in: path)
        rmdir(path)
      } else {
        unlink(path)
      }
    }
  }

  static func isOfFileSystem(_ name: String) -> Bool { name == "lost+found" }
}

extension Store {
  /// Copies a remote into a folder, which follows the remote's default branch.
  ///
  /// The Git folder gets its name last, so a clone that is killed leaves nothing that looks whole.
  /// - Parameter folder: must not exist, or be empty. Nothing of the clone is left where it fails.
  /// - Throws: `conflict` for a folder with something in it, `remote` for trouble with the other side, `invalid` or
  ///   `conflict` for a remote that must not be taken, or has no memory.
  /// - Returns: the clone, and the commit that its files are of, in hex.
  public static func clone(_ url: String, to folder: String, network: Network, world: World) throws
    -> (store: Store, commit: String)
  {
    try translating {
      let isNew = access(folder, F_OK) != 0
      try Path.makeFolders(folder)
      let root = Path.real(folder) ?? folder
      try UnfinishedClone.discard(in: root)
      guard try Folder(root).list().allSatisfy({ UnfinishedClone.isOfFileSystem($0.name) }) else {
        throw MemtraceError(
          .conflict, "\(folder) exists and is not empty",
          hint: "memtrace clone \(url) ANOTHER-FOLDER")
      }
      do {
        var files = try copy(url, to: root, network, world, linking: true)
        if files == nil {
          UnfinishedClone.removeAll(in: root)
          files = try copy(url, to: root, network, world, linking: false)
        }
        let store = try Store.open(at: root, world: world)
        Checkout.say(files?.leftOut ?? [], store)
        // It is whole; what this puts in order, the first write does too.
        _ = try? store.commitPending()
        // Object files that were linked may be of a history that was erased; else the first sync does it.
        _ = try? store.followHistory(
          try KnownErasures(of: store.place.commonFolder!).all().ofHistory)
        return (store, files?.commit.description ?? "")
      } catch {
        UnfinishedClone.removeAll(in: root)
        if isNew { rmdir(root) }
        throw error
      }
    }
  }

  /// - Returns: nil where a branch moved while its objects were linked: some of them may be missing.
  private static func copy(
    _ url: String, to root: String, _ network: Network, _ world: World, linking: Bool
  ) throws -> CheckedOut? {
    let temporary = "\(root)/\(UnfinishedClone.prefix)\(world.name(length: 8))"
    let repository = try Repository.initialize(path: temporary)
    let lock = try FileLock.attempt(onFolder: temporary)
    return try withExtendedLifetime(lock) {
      try repository.setWorkTree(root)
      try repository.addRemote("origin", url: absolute(url))
      guard let target = try fetchAll(repository, network, linking: linking) else { return nil }
      let files = try checkOutAll(repository, root, target)
      try retrying("rename", root) { rename("\(temporary)/.git", "\(root)/.git") }
      // A file that the look at what links can do here left, too.
      UnfinishedClone.removeAll(in: temporary)
      rmdir(temporary)
      return files
    }
  }

  /// A path of this machine counts from the folder where the command was given, not from the clone.
  private static func absolute(_ url: String) -> String {
    guard !url.contains(":"), let path = Path.real(url) else { return url }
    return path
  }

  private static func fetchAll(_ repository: Repository, _ network: Network, linking: Bool) throws
    -> SyncTarget?
  {
    var target = try SyncTarget(SyncRequest(), in: repository, branch: "refs/heads/main")
    let linked = linking ? LocalObjects.link(from: target.url, into: repository) : nil
    let fetched = try Transport(network, repository, url: target.url).run {
      try repository.fetch(
        remote: "origin", credentials: $0, patience: $1, progress: network.report)
    } orCommand: {
      try repository.fetch(remote: "origin", by: $0)
    }
    if let linked {
      let branches = fetched.heads.filter { $0.name.hasPrefix("refs/heads/") }
      guard branches.allSatisfy({ linked.contains($0.id) }) else { return nil }
    }
    guard let branch = fetched.defaultBranch ?? fetched.heads.first?.name,
      let commit = fetched.id(of: branch)
    else {
      throw MemtraceError(
        .conflict, "\(target.url) is empty",
        hint: "memtrace init DIR, then memtrace remote add origin URL and memtrace sync there")
    }
    target.upstream = branch
    guard try repository.treeEntry(in: repository.commit(commit).tree, Layout.configuration) != nil
    else {
      throw MemtraceError(
        .conflict, "\(target.url) is no memory repository: it has no \(Layout.configuration)",
        hint: "to put a memory beside its files: memtrace init DIR, and there "
          + "memtrace remote add origin URL and memtrace sync --join")
    }
    _ = try Incoming(repository, from: nil, to: commit, remote: target.url, isJoining: false)
    let text = "ref: \(branch)\n"
    try Folder(repository.gitFolder).replace("HEAD", with: text.utf8)
    try repository.setReference(branch, to: commit, expecting: nil, message: "memtrace: clone")
    var seen = try SeenTips(repository)
    try seen.set(target.seenName, to: commit)
    try repository.setUpstream(ofBranch: branch, to: Upstream(remote: "origin", branch: branch))
    return target
  }

  /// What a clone's files came to.
  private struct CheckedOut {
    let commit: ObjectID
    /// The paths that no work tree may hold.
    let leftOut: [String]
  }

  /// The configuration comes last: without it nobody takes the files for a memory.
  /// - Returns: nil where the branch is gone.
  private static func checkOutAll(_ repository: Repository, _ root: String, _ target: SyncTarget)
    throws -> CheckedOut?
  {
    guard let commit = try repository.reference(target.upstream) else { return nil }
    let writer = FileWriter(try Folder(root), by: repository.gitFolder + "/memtrace-file")
    var (entries, leftOut): ([IndexChange], [String]) = ([], [])
    var last: TreeEntry?
    try repository.walk(repository.commit(commit).tree) { path, entry in
      let isLeftOut = !TreePath.isWritable(path)
      if isLeftOut { leftOut.append(path) }
      entries.append(
        IndexChange(
          path: path, id: entry.id, mode: entry.mode,
          matchesWorkTree: entry.mode.isBlob && !isLeftOut))
      guard entry.mode.isBlob, !isLeftOut else { return }
      if path == Layout.configuration {
        last = entry
      } else {
        try repository.withBlob(entry.id) { try writer.write($0, to: path, mode: entry.mode) }
      }
    }
    if let last {
      try repository.withBlob(last.id) {
        try writer.write($0, to: Layout.configuration, mode: last.mode)
      }
    }
    try repository.updateIndex(entries)
    return CheckedOut(commit: commit, leftOut: leftOut)
  }
}
