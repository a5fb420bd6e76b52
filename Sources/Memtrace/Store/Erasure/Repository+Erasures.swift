// Erased lines in Git's trees: which files hold some, and a tree without them.

internal import Git

/// A file of a tree that holds erased lines.
struct ErasedFile {
  let path: String
  let mode: FileMode
  let old: ObjectID
  /// Empty where nothing of it is left.
  let cleaned: [UInt8]
}

extension Repository {
  /// The files that hold erased lines: of those that differ from `clean`, a tree which is known to hold none, or of all.
  /// - Parameter isTargeted: looks only where the erased records are known to have stood, and in the archives of their
  ///   months: a repository of 100,000 sessions is not read for one of them.
  func erasedFiles(
    in tree: ObjectID, since clean: ObjectID?, _ erasures: Erasures, isTargeted: Bool = false
  ) throws -> [ErasedFile] {
    var found: [ErasedFile] = []
    func look(_ path: String, _ id: ObjectID, _ mode: FileMode) throws {
      guard mode.isRegular, !path.hasPrefix(Layout.own + "/") else { return }
      if let bytes = try ifThere(id, read: { try $0.withBlob(id) { erasures.filtered($0) } }) {
        if let bytes { found.append(ErasedFile(path: path, mode: mode, old: id, cleaned: bytes)) }
      }
    }
    if let clean {
      for root in Layout.recordRoots {
        try changes(from: clean, to: tree, under: root) { change in
          if let new = change.new { try look(change.path, new.id, new.mode) }
        }
      }
      return found
    }
    guard isTargeted, !erasures.isScattered else {
      for root in Layout.recordRoots {
        try walk(tree, under: root) { try look($0, $1.id, $1.mode) }
      }
      return found
    }
    let sessions = Set(erasures.sessions.keys).union(erasures.places)
    for session in sessions {
      try walk(tree, under: Layout.folder(of: session)) { try look($0, $1.id, $1.mode) }
    }
    for month in Set(sessions.compactMap(Layout.month)) {
      guard let entry = try treeEntry(in: tree, month), entry.isTree else { continue }
      for file in try entries(of: entry.id) {
        try look("\(month)/\(file.name)", file.id, file.mode)
      }
    }
    if !erasures.records.isEmpty {
      try walk(tree, under: Layout.agentRoot) { try look($0, $1.id, $1.mode) }
    }
    return found
  }

  func tree(_ tree: ObjectID, without files: [ErasedFile], adding more: [TreeUpdate] = []) throws
    -> ObjectID
  {
    let updates = try files.map { file -> TreeUpdate in
      file.cleaned.isEmpty
        ? .remove(path: file.path)
        : .upsert(path: file.path, id: try writeBlob(file.cleaned), mode: file.mode)
    }
    return updates.isEmpty && more.isEmpty ? tree : try updateTree(base: tree, updates + more)
  }
}
