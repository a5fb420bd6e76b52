// All work trees of a repository, for what concerns each of them.

internal import Git
internal import Glibc
internal import System

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
    let repository = try Repository.open(path: path)
    let common = repository.commonFolder
    let folder = try Folder(path, modes: FileModes.of(common))
    var all = paths
    for root in Layout.recordRoots {
      try folder.walk(root) { path, bytes in
        if erasures.filtered(bytes) != bytes { all.insert(path) }
      }
    }
    for path in all.sorted() {
      guard let bytes = try folder.read(path) else { continue }
      let isForeign = !Layout.isOfRecords(path)
      guard
        let left = bytes.withUnsafeBytes({ erasures.filtered($0, keepsFragments: isForeign) })
      else { continue }
      if left.isEmpty {
        try folder.remove(path)
      } else {
        try folder.replace(path, with: left, by: temporary)
      }
    }
    guard repository.indexIsReadable() else { return }
    let own = Place.state(of: gitFolder, common)
    let state = access(own, F_OK) == 0 ? own : common + "/memtrace"
    // The next one who writes there takes the lock away if we are killed; so do we, who come back.
    _ = try LockNote.clear(state)
    try repository.dropFromIndex(all, erasures, in: folder, noting: state)
  }
}
