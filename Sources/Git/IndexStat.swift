// What an index entry remembers of a file, and single paths looked up in an index.

internal import Glibc

enum IndexStat {
  /// The ten numbers that an entry starts with: change and modification time, device, inode, mode, owner, group,
  /// size; each cut to 32 bits as Git does.
  static func words(_ status: stat) -> [UInt32] {
    [
      UInt32(truncatingIfNeeded: status.st_ctim.tv_sec),
      UInt32(truncatingIfNeeded: status.st_ctim.tv_nsec),
      UInt32(truncatingIfNeeded: status.st_mtim.tv_sec),
      UInt32(truncatingIfNeeded: status.st_mtim.tv_nsec),
      UInt32(truncatingIfNeeded: status.st_dev), UInt32(truncatingIfNeeded: status.st_ino),
      status.st_mode, status.st_uid, status.st_gid, UInt32(truncatingIfNeeded: status.st_size),
    ]
  }

  static func path(_ workTree: String, _ name: [UInt8]) -> [CChar] {
    (Array(workTree.utf8) + [TreePath.slash] + name + [0]).map { CChar(bitPattern: $0) }
  }
}

/// The entries at some paths of an index.
struct IndexEntries {
  struct Found {
    let entry: IndexEntry
    let extendedFlags: UInt16
  }

  private(set) var entries: [String: [Found]] = [:]

  /// - Parameter isWanted: whether an entry at one of these paths counts.
  init(
    _ index: IndexFile, at paths: some Sequence<String>,
    where isWanted: (RawIndexEntry) -> Bool = { _ in true }
  ) {
    let names = paths.map { TreeName.bytes($0) }.sorted { $0.lexicographicallyPrecedes($1) }
    var next = 0
    for (place, block) in index.blocks.enumerated() where next < names.count {
      if index.isBefore(names[next], block: place) { continue }
      index.withEntries(of: block) { entry, _ in
        while next < names.count {
          let order = names[next].withUnsafeBytes { treeOrder($0, false, entry.name, false) }
          if order > 0 { return }
          if order == 0 { break }
          next += 1
        }
        if next < names.count, isWanted(entry) { add(entry) }
      }
    }
  }

  private mutating func add(_ entry: RawIndexEntry) {
    let path = TreeName.text(entry.name)
    let found = IndexEntry(
      path: path, id: entry.id, mode: entry.mode, stage: entry.stage,
      isLeftOut: entry.extendedFlags & 0x4000 != 0)
    entries[path, default: []].append(Found(entry: found, extendedFlags: entry.extendedFlags))
  }

  func extendedFlags(_ path: String) -> UInt16 { entries[path]?.first?.extendedFlags ?? 0 }

  /// The index says already what the change says, and nothing newer is known of the file.
  func holds(_ change: IndexChange) -> Bool {
    guard !change.matchesWorkTree, let found = entries[change.path], found.count == 1 else {
      return false
    }
    guard found[0].extendedFlags & 0x4000 != 0 || TreePath.isWritable(change.path) else {
      return false
    }
    let entry = found[0].entry
    return entry.stage == 0 && entry.id == change.id && entry.mode == change.mode
  }
}
