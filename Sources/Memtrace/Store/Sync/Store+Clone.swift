// A copy of a remote memory repository, looked through before a file of it is written.

import Git
import Glibc

extension Store {
  /// Copies a remote into a new folder, which follows the remote's default branch.
  /// - Parameter folder: must not exist, or be empty. Nothing of it is left where cloning fails.
  /// - Throws: `conflict` for a folder with something in it, `remote` for trouble with the other side, `invalid` or
  ///   `conflict` for a remote that must not be taken, or has no memory.
  public static func clone(_ url: String, to folder: String, network: Network, world: World) throws
    -> Store
  {
    try translating {
      try makeFolders(folder)
      let root = Place.realPath(folder) ?? folder
      guard try Folder(root).list().isEmpty else {
        throw MemtraceError(
          .conflict, "\(folder) exists and is not empty",
          hint: "memtrace clone \(url) ANOTHER-FOLDER")
      }
      do {
        if try !copy(url, to: root, network, linking: true) {
          removeAll(in: root)
          _ = try copy(url, to: root, network, linking: false)
        }
      } catch {
        removeAll(in: root)
        rmdir(root)
        throw error
      }
      let store = try Store.open(at: root, world: world)
      try store.commitPending()
      return store
    }
  }

  /// - Returns: false where a branch moved while its objects were linked: some of them may be missing.
  private static func copy(_ url: String, to root: String, _ network: Network, linking: Bool) throws
    -> Bool
  {
    let repository = try Repository.initialize(path: root)
    try repository.addRemote("origin", url: absolute(url))
    guard let target = try fetchAll(repository, network, linking: linking) else { return false }
    try checkOutAll(repository, root, target)
    return true
  }

  /// A path of this machine counts from the folder where the command was given, not from the clone.
  private static func absolute(_ url: String) -> String {
    guard !url.contains(":"), let path = Place.realPath(url) else { return url }
    return path
  }

  private static func fetchAll(_ repository: Repository, _ network: Network, linking: Bool) throws
    -> SyncTarget?
  {
    var target = try SyncTarget(SyncRequest(), in: repository, branch: "refs/heads/main")
    let linked = linking ? LocalObjects.link(from: target.url, into: repository) : nil
    let credentials = Credentials(network, repository)
    let fetched = try RemoteFailure.translating(target, credentials) {
      try repository.fetch(
        remote: "origin", credentials: credentials.provider, progress: network.report)
    }
    credentials.approve()
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
    try repository.setReference(
      target.seenReference, to: commit, expecting: nil, message: "memtrace: clone")
    try repository.setUpstream(ofBranch: branch, to: Upstream(remote: "origin", branch: branch))
    return target
  }

  private static func checkOutAll(_ repository: Repository, _ root: String, _ target: SyncTarget)
    throws
  {
    guard let commit = try repository.reference(target.upstream) else { return }
    let writer = FileWriter(try Folder(root))
    var entries: [IndexChange] = []
    try repository.walk(repository.commit(commit).tree) { path, entry in
      entries.append(
        IndexChange(path: path, id: entry.id, mode: entry.mode, matchesWorkTree: entry.mode.isBlob))
      guard entry.mode.isBlob else { return }
      try repository.withBlob(entry.id) { try writer.write($0, to: path, mode: entry.mode) }
    }
    try repository.updateIndex(entries)
  }

  /// Only what cloning itself put there: the folder was empty.
  private static func removeAll(in folder: String) {
    guard let entries = try? Folder(folder).list() else { return }
    for entry in entries {
      let path = "\(folder)/\(entry.name)"
      if entry.isFolder {
        removeAll(in: path)
        rmdir(path)
      } else {
        unlink(path)
      }
    }
  }
}
