// Where record files are read from: the work tree, or a commit.

internal import Git

/// Folders and files by path. A missing one is empty, or nil.
protocol FileTree {
  func list(_ folder: String) throws -> [(name: String, isFolder: Bool)]
  func read(_ file: String) throws -> [UInt8]?
  /// Every file beneath a folder, in the order of paths.
  func walk(_ folder: String, _ body: (String, [UInt8]) throws -> Void) throws
}

extension Folder: FileTree {}

/// The files of one commit.
struct CommittedFiles: FileTree {
  let repository: Repository
  let tree: ObjectID

  func list(_ folder: String) throws -> [(name: String, isFolder: Bool)] {
    guard let entry = try repository.treeEntry(in: tree, folder), entry.isTree else { return [] }
    return try repository.entries(of: entry.id).map { ($0.name, $0.isTree) }
  }

  func read(_ file: String) throws -> [UInt8]? {
    guard let entry = try repository.treeEntry(in: tree, file), entry.mode.isBlob else {
      return nil
    }
    return try repository.blob(entry.id)
  }

  func walk(_ folder: String, _ body: (String, [UInt8]) throws -> Void) throws {
    try repository.walk(tree, under: folder) { path, entry in
      if entry.mode.isBlob { try body(path, try repository.blob(entry.id)) }
    }
  }
}

extension Store {
  /// The records as they were at a commit.
  /// - Throws: `notFound` for a revision that is none.
  func records(at revision: String) throws -> any Records {
    let repository = try repository()
    guard let id = try repository.resolve(revision) else {
      throw MemtraceError(
        .notFound, "'\(revision)' is no commit, branch or tag", hint: "memtrace log")
    }
    let files = CommittedFiles(repository: repository, tree: try repository.commit(id).tree)
    return WorkTree(
      Unerased(files: files, erasures: try erasures()), pending: [], isSmall: isSmall)
  }
}
