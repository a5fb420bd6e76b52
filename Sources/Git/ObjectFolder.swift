// The folder of objects as files: loose ones, packs, and what killed writers left among them.

internal import Glibc
internal import System

/// Looks at names and sizes alone; libgit2 and the git command read the contents.
struct ObjectFolder {
  /// `.git/objects`
  let path: String

  struct Pack: Hashable {
    /// `pack-` and 40 hex digits.
    let name: String
    let bytes: Int
    /// Somebody's file beside it says that it stays: a person's `.keep`, a partial clone's `.promisor`.
    let isKept: Bool
    /// What `git gc` put aside as unreachable.
    let isCruft: Bool
  }

  var packFolder: String { path + "/pack" }

  init(_ repository: Repository) {
    path = repository.commonFolder + "/objects"
  }

  // MARK: Loose objects

  /// From 4 of the 256 folders; `git gc --auto` looks into one.
  func looseEstimate() throws(GitError) -> Int {
    var count = 0
    for folder in ["17", "5b", "a2", "e9"] {
      count += try ofSystem({ try Path.names(in: "\(path)/\(folder)") }).count {
        $0.utf8.count == 38
      }
    }
    return count * 64
  }

  func loose() throws(GitError) -> [ObjectID] {
    var found: [ObjectID] = []
    for prefix in Self.prefixes {
      found += try ofSystem({ try Path.names(in: "\(path)/\(prefix)") }).compactMap {
        ObjectID(hex: prefix + $0)
      }
    }
    return found
  }

  /// Takes away the loose files of all objects that some pack here holds. The packs' names are synced before. No
  /// folder goes: a writer may be about to put a file into it.
  /// - Returns: how many went, and how many loose objects are left.
  func removePackedLoose() throws(GitError) -> (gone: Int, left: Int) {
    try sync()
    let loose = try loose()
    guard !loose.isEmpty else { return (0, 0) }
    let indexes = try packs().compactMap(index)
    var gone = 0
    for id in loose where indexes.contains(where: { $0.contains(id) }) {
      let hex = id.description
      if unlink("\(path)/\(hex.prefix(2))/\(hex.dropFirst(2))") == 0 { gone += 1 }
    }
    return (gone, loose.count - gone)
  }

  // MARK: Packs

  /// Those that have both their files.
  func packs() throws(GitError) -> [Pack] {
    let names = Set(try ofSystem({ try Path.names(in: packFolder) }))
    return names.filter { $0.hasPrefix("pack-") && $0.hasSuffix(".idx") }.compactMap { index in
      let name = String(index.dropLast(4))
      guard let status = Path.status("\(packFolder)/\(name).pack")
      else { return nil }
      return Pack(
        name: name, bytes: Int(status.st_size),
        isKept: names.contains("\(name).keep") || names.contains("\(name).promisor"),
        isCruft: names.contains("\(name).mtimes"))
    }
  }

  /// Nil where it cannot be read.
  func index(of pack: Pack) -> PackIndex? { PackIndex("\(packFolder)/\(pack.name).idx") }

  /// One index over many packs, which a person's `git maintenance` looks after.
  var hasMultiPackIndex: Bool {
    Path.status(packFolder + "/multi-pack-index") != nil
  }

  /// Takes away packs of which every object is in one of the packs `new`. Their names are synced before.
  /// - Returns: how many went.
  func remove(_ old: [Pack], coveredBy new: Set<String>) throws(GitError) -> Int {
    try sync()
    let covers = try packs().filter { new.contains($0.name) }.compactMap(index)
    var gone = 0
    for pack in old where !pack.isKept && !new.contains(pack.name) {
      guard let index = index(of: pack),
        (0..<index.count).allSatisfy({ position in
          covers.contains { $0.contains(index[position]) }
        })
      else { continue }
      // The index first: a pack without one is not looked into.
      for ending in ["idx", "pack", "rev", "bitmap", "mtimes"] {
        unlink("\(packFolder)/\(pack.name).\(ending)")
      }
      gone += 1
    }
    return gone
  }

  /// So that what was renamed into the folder of packs is there after a power cut.
  private func sync() throws(GitError) {
    try ofSystem {
      let _: Void? = try missingIsNil { try Descriptor.syncFolder(packFolder) }
    }
  }

  // MARK: Leftovers

  /// Takes away what killed writers of objects and packs left: unfinished files of libgit2 and of the git command that
  /// are over an hour old and that no living process has open. `git gc` leaves libgit2's for ever.
  func removeLeftovers() {
    let now = time(nil)
    let folders =
      [(packFolder, ["pack_git2_", "tmp_", ".tmp-"]), (path, ["tmp_object_git2_", "tmp_obj_"])]
      + Self.prefixes.map { ("\(path)/\($0)", ["tmp_obj_"]) }
    for (folder, beginnings) in folders {
      for name in (try? Path.names(in: folder)) ?? []
      where beginnings.contains(where: { name.hasPrefix($0) }) {
        let file = "\(folder)/\(name)"
        guard let status = Path.status(file),
          status.st_mode & S_IFMT == S_IFREG, status.st_mtim.tv_sec < now - 3_600,
          !OpenFiles.contain(file)
        else { continue }
        unlink(file)
      }
    }
  }

  private static let prefixes = (0..<256).map { number in
    let text = String(number, radix: 16)
    return text.utf8.count == 1 ? "0" + text : text
  }
}
