// Looking into trees.

extension Repository {
  /// What stands at a path (`a/b.txt`) of a tree; nil where nothing does. An empty path is the tree itself.
  public func treeEntry(in tree: ObjectID, _ path: String) throws -> TreeEntry? {
    var found = TreeEntry(name: "", id: tree, mode: .tree)
    for name in path.split(separator: "/") {
      guard found.isTree, let next = try entry(in: found.id, named: TreeName.bytes(name)) else {
        return nil
      }
      found = next
    }
    return found
  }

  /// All entries of one folder, in Git's order.
  public func entries(of tree: ObjectID) throws -> [TreeEntry] {
    try withTree(tree) { entries in
      var all: [TreeEntry] = []
      while let entry = entries.next() { all.append(entry.entry) }
      return all
    }
  }

  /// Calls `body` with every file (also symbolic link and submodule) below `prefix`, in the order of their
  /// paths. The paths are from the root. Nothing happens where `prefix` is missing.
  public func walk(
    _ tree: ObjectID, under prefix: String? = nil, _ body: (String, TreeEntry) throws -> Void
  ) throws {
    guard let start = try folder(tree, prefix) else { return }
    try walk(start, path: Repository.slashed(prefix), body)
  }

  private func walk(
    _ tree: ObjectID, path: String, _ body: (String, TreeEntry) throws -> Void
  ) throws {
    try withTree(tree) { entries in
      while let entry = entries.next()?.entry {
        if entry.isTree {
          try walk(entry.id, path: path + entry.name + "/", body)
        } else {
          try body(path + entry.name, entry)
        }
      }
    }
  }

  private func entry(in tree: ObjectID, named name: [UInt8]) throws -> TreeEntry? {
    try withTree(tree) { entries in
      while let entry = entries.next() {
        if entry.name.elementsEqual(name) { return entry.entry }
      }
      return nil
    }
  }

  /// The folder at `prefix`; nil where there is none.
  func folder(_ tree: ObjectID?, _ prefix: String?) throws -> ObjectID? {
    guard let tree, let prefix, !prefix.isEmpty else { return tree }
    guard let entry = try treeEntry(in: tree, prefix), entry.isTree else { return nil }
    return entry.id
  }

  /// `a/b` and `a/b/` become `a/b/`; nil and an empty text stay empty.
  static func slashed(_ prefix: String?) -> String {
    guard let prefix, !prefix.isEmpty else { return "" }
    return prefix.utf8.last == UInt8(ascii: "/") ? prefix : prefix + "/"
  }
}
