// Where the archives of a session's month lie in a tree.

internal import Git

extension Repository {
  /// Those that may hold lines of a session.
  func archives(of session: SessionID, in tree: ObjectID) throws -> [(path: String, id: ObjectID)] {
    guard let month = Layout.month(of: session), let folder = try treeEntry(in: tree, month),
      folder.isTree
    else { return [] }
    return try entries(of: folder.id)
      .filter { $0.mode.isRegular && FileName.isArchive($0.name) }
      .map { ("\(month)/\($0.name)", $0.id) }
  }
}
