// The one way in which a Git index is edited here: noted for whoever comes after a killed one, tried for two seconds.

internal import Git
internal import Glibc
internal import System

extension Repository {
  /// Puts into the index of this work tree what `changes` says, which looks at it anew each time that it is tried.
  /// - Parameter state: our folder of the one who writes, for a note of the lock.
  /// - Throws: `GitError` `.locked` where somebody holds the index for two seconds, `.unsupported` where it cannot be
  ///   written here.
  func editIndex(noting state: String, _ changes: () throws -> [IndexChange]) throws {
    func noted(_ work: () throws -> Void) throws {
      let note = try LockNote(state, .index, locks: ["\(gitFolder)/index.lock"])
      defer { note.remove() }
      try work()
    }
    for attempt in 1... {
      do {
        if lacksIndex { try noted(rebuildMissingIndex) }
        let changes = try changes()
        return try noted { try updateIndex(changes) }
      } catch let error as GitError where error.code == .locked && attempt < 80 {
        usleep(25_000)
      }
    }
  }

  /// Takes erased lines out of what is staged of these files.
  func dropFromIndex(
    _ paths: some Collection<String>, _ erasures: Erasures, in folder: Folder, noting state: String
  ) throws {
    try editIndex(noting: state) {
      let entries = try indexEntries(at: paths)
      return try paths.compactMap { path in
        guard let entry = entries[path]?.first, entry.stage == 0, entry.mode.isRegular,
          let left = try withBlob(
            entry.id, { erasures.filtered($0, keepsFragments: !Layout.isOfRecords(path)) })
        else { return nil }
        guard !left.isEmpty else { return IndexChange(path: path, id: nil) }
        let id = try writeBlob(left)
        return IndexChange(
          path: path, id: id, mode: entry.mode,
          matchesWorkTree: try folder.read(path).map(Repository.blobID) == id)
      }
    }
  }
}
