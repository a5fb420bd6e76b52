// How a memory repository comes into being.

internal import Git
internal import Glibc
internal import Templates

extension Store {
  /// Makes a memory repository in a folder, or adds one to the Git repository that is there: our files are added
  /// and committed, and none of a person's is overwritten.
  /// - Parameters:
  ///   - replica: the user's word for this clone; ids drawn here begin with it.
  ///   - source: a folder with somebody's memory files, which are copied.
  /// - Throws: `conflict` where there is one already.
  static func initialise(
    _ folder: String, organisation: String, replica: String?, source: Place?, world: World
  ) throws -> Store {
    try makeFolders(folder)
    let root = Place.realPath(folder) ?? folder
    if access(Place.joined(root, Layout.configuration), F_OK) == 0 {
      throw MemtraceError(
        .conflict, "\(root) is a memory repository already", hint: "memtrace -C \(root) status")
    }
    let repository = try openOrMake(root)
    guard repository.workTree != nil else {
      throw MemtraceError(
        .invalid, "\(root) is a bare repository",
        hint: "clone it, and run memtrace init in the clone")
    }
    let target = try Folder(root)
    var files: [(path: String, bytes: [UInt8])] = []
    func add(_ path: String, _ bytes: [UInt8]) throws {
      guard try target.status(path) == nil else { return }
      try target.replace(path, with: bytes)
      files.append((path, bytes))
    }
    if let source {
      let origin = try Folder(source.root)
      try add(Layout.configuration, try origin.read(Layout.configuration) ?? [])
      for folder in Layout.recordRoots { try origin.walk(folder) { try add($0, $1) } }
    }
    try add(Layout.configuration, Configuration.text(organisation: organisation))
    for template in ["repository/gitattributes", "repository/README.md"].compactMap(Template.named)
    {
      try add(template.path, template.bytes)
    }
    let store = try Store.open(at: root, world: world)
    try store.locked { session in
      session.ledger.name = replica
      try session.saveLedger()
      try session.commitFiles(
        files, areWritten: true,
        message: "init: memory repository · \(store.configuration.organisation)\n")
    }
    return store
  }

  private static func openOrMake(_ root: String) throws -> Repository {
    do {
      return try Repository.open(path: root)
    } catch let error as GitError where error.code == .notFound {
      return try Repository.initialize(path: root)
    } catch let error as GitError where error.code == .unsupported {
      throw MemtraceError(
        .invalid, "\(root) is a repository of a kind that libgit2 cannot read: \(error.message)",
        hint: "memtrace init DIR makes a SHA-1 repository in a new folder")
    }
  }

  static func makeFolders(_ path: String) throws {
    var made = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
      made += "/\(component)"
      if mkdir(made, 0o777) != 0, errno != EEXIST {
        throw SystemError(call: "mkdir", path: made, code: errno)
      }
    }
  }
}

extension WriteSession {
  /// Commits whole files beside whatever HEAD holds, then brings them to the work tree and the index.
  /// - Parameter areWritten: the work tree has them already.
  func commitFiles(
    _ files: [(path: String, bytes: [UInt8])], areWritten: Bool = false, message: String,
    progress: (Int) -> Void = { _ in }
  ) throws {
    guard !files.isEmpty else { return }
    if let reason = obstacle() {
      throw MemtraceError(.busy, "nothing can be committed now: \(reason)", hint: "git status")
    }
    let head = try repository.head()
    let parent = try head.commit.map(repository.commit)
    var entry = try replica(for: head)
    let note = try LockNote(state, repository, head.branch!)
    defer { note.remove() }
    let seconds = store.world.now().milliseconds / 1_000
    let signature = try repository.committer(replica: entry.id, seconds: seconds)
    var changes: [IndexChange] = []
    // A handful of files goes into loose objects, a crowd into packs.
    func build(_ repository: Repository) throws -> ObjectID {
      for file in files {
        changes.append(
          IndexChange(
            path: file.path, id: try repository.writeBlob(file.bytes), matchesWorkTree: true))
      }
      return try repository.updateTree(
        base: parent?.tree, changes.map { .upsert(path: $0.path, id: $0.id!, mode: $0.mode) })
    }
    let tree = files.count < 100 ? try build(repository) : try repository.withBulkWrites(build)
    entry.tip = try repository.createCommit(
      tree: tree, parents: parent.map { [$0.id] } ?? [], author: signature, committer: signature,
      message: message, updating: "HEAD")
    entry.branch = head.branch!
    if !areWritten {
      for (done, file) in files.enumerated() {
        try store.folder.replace(file.path, with: file.bytes)
        progress(done)
      }
    }
    try repository.updateIndex(changes)
    entry.indexedAt = entry.tip
    ledger.record(entry)
    try saveLedger()
  }
}
