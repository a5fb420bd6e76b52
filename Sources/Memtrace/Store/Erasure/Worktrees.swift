// All work trees of a repository, for what concerns each of them.

internal import Git
internal import Glibc

struct Worktree {
  /// The root of its files.
  let path: String
  /// `.git`, or `.git/worktrees/NAME`.
  let gitFolder: String

  /// The main one first; those whose folder is gone are left out, and a bare main one.
  static func all(of repository: Repository) throws -> [Worktree] {
    let common = repository.commonFolder
    var found: [Worktree] = []
    if common.hasSuffix("/.git"), access(common + "/index", F_OK) == 0 {
      found.append(Worktree(path: String(common.dropLast(5)), gitFolder: common))
    }
    guard let folder = try missingIsNil({ try Folder(common + "/worktrees") }) else { return found }
    for (name, isFolder) in try folder.list() where isFolder {
      guard let bytes = try folder.read("\(name)/gitdir") else { continue }
      let file = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
      guard file.hasSuffix("/.git"), access(file, F_OK) == 0 else { continue }
      found.append(
        Worktree(path: String(file.dropLast(5)), gitFolder: "\(common)/worktrees/\(name)"))
    }
    return found
  }

  /// Its files and its index let go of what is erased; whatever else a person changed stays.
  func drop(_ erasures: Erasures, alsoIn paths: Set<String>, by temporary: String) throws {
    let folder = try Folder(
      path, modes: FileModes.of(Repository.open(path: path).commonFolder))
    var all = paths
    for root in Layout.recordRoots {
      try folder.walk(root) { path, bytes in
        if erasures.filtered(bytes) != bytes { all.insert(path) }
      }
    }
    let repository = try Repository.open(path: path)
    for path in all.sorted() {
      guard let bytes = try folder.read(path) else { continue }
      let isOurs = Layout.recordRoots.contains { path.hasPrefix($0 + "/") }
      guard
        let left = bytes.withUnsafeBytes({ erasures.filtered($0, keepsFragments: !isOurs) })
      else { continue }
      if left.isEmpty {
        try folder.remove(path)
      } else {
        try folder.replace(path, with: left, by: temporary)
      }
    }
    guard repository.indexIsReadable() else { return }
    for attempt in 1... {
      do {
        let entries = try repository.indexEntries(at: all)
        try repository.updateIndex(
          try all.compactMap { path in
            let isOurs = Layout.recordRoots.contains { path.hasPrefix($0 + "/") }
            guard let entry = entries[path]?.first, entry.stage == 0, entry.mode.isRegular,
              let left = try repository.withBlob(
                entry.id, { erasures.filtered($0, keepsFragments: !isOurs) })
            else { return nil }
            guard !left.isEmpty else { return IndexChange(path: path, id: nil) }
            let id = try repository.writeBlob(left)
            return IndexChange(
              path: path, id: id, mode: entry.mode,
              matchesWorkTree: try folder.read(path).map(Repository.blobID) == id)
          })
        return
      } catch let error as GitError where error.code == .locked && attempt < 80 {
        usleep(25_000)
      }
    }
  }
}
