// How a memory repository comes into being.

internal import Git
internal import Glibc
internal import System
internal import Templates

extension Store {
  /// Makes a memory repository in a folder, or adds one to the Git repository that is there: our files are added
  /// and committed, and none of a person's is overwritten.
  /// - Parameters:
  ///   - organisation: nil for that of the source, and for `default` where there is none.
  ///   - replica: the user's word for this clone; ids drawn here begin with it.
  ///   - source: a folder with somebody's memory files, which are copied.
  /// - Throws: `conflict` where there is one already.
  static func initialise(
    _ folder: String, organisation: String?, replica: String?, source: Place?, world: World
  ) throws -> Store {
    try Path.makeFolders(folder)
    let root = Path.real(folder) ?? folder
    if access(Place.joined(root, Layout.configuration), F_OK) == 0 {
      throw MemtraceError(
        .conflict, "\(root) is a memory repository already", hint: "memtrace -C \(root) status")
    }
    if UnfinishedClone.find(in: root) != nil { throw UnfinishedClone.error(root) }
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
      let configuration = try origin.read(Layout.configuration) ?? []
      try add(
        Layout.configuration,
        try organisation.map { try Configuration.named($0, configuration) } ?? configuration)
      for folder in Layout.recordRoots { try origin.walk(folder) { try add($0, $1) } }
    }
    try add(Layout.configuration, Configuration.text(organisation: organisation ?? "default"))
    for template in ["repository/gitattributes", "repository/README.md"].compactMap(Template.named)
    {
      try add(template.path, template.bytes)
    }
    do {
      // Ours says `-filter`; a person's own file, or one that counts more, may say otherwise.
      try Conversion.refuse(Conversion.examples, in: repository)
    } catch {
      for file in files { try target.remove(file.path) }
      throw error
    }
    let store = try Store.open(at: root, world: world)
    try store.locked { session in
      session.flush()
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
}
