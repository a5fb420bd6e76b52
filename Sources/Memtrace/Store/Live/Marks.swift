// What changes whenever a file of a folder does: sizes, times and inodes, summed up.

internal import Glibc

enum Marks {
  /// The folder that is read as one: a session's, or an agent's with all below; nil for a file elsewhere.
  static func group(of path: String) -> String? {
    let parts = path.split(separator: "/")
    switch parts.first {
    case "agents" where parts.count >= 3: return "agents/\(parts[1])"
    case "sessions" where parts.count >= 3: return parts.dropLast().joined(separator: "/")
    default: return nil
    }
  }

  /// Of every session's and agent's folder.
  static func all(in tree: Folder) throws -> [String: UInt64] {
    var marks: [String: UInt64] = [:]
    for root in Layout.recordRoots { try visit(root, in: tree) { marks[$0, default: 0] &+= $1 } }
    return marks
  }

  /// Of the folders whose mark is not the known one; 0 where the folder is gone.
  static func changed(from known: [String: UInt64], in tree: Folder) throws -> [String: UInt64] {
    var sums: [String: UInt64] = [:]
    var found = 0
    for root in Layout.recordRoots {
      try visit(root, in: tree) { folder, mark in
        // An agent's folder is summed up from several. A session's is one, and need not be held.
        if known[folder] == mark, folder.hasPrefix("sessions/") {
          found += 1
        } else {
          sums[folder, default: 0] &+= mark
        }
      }
    }
    found += sums.keys.count { known[$0] != nil }
    var changed = sums.filter { known[$0.key] != $0.value }
    if found < known.count {
      let all = try all(in: tree)
      for folder in known.keys where all[folder] == nil { changed[folder] = 0 }
    }
    return changed
  }

  /// Of one folder; 0 where it is not there.
  static func one(_ folder: String, in tree: Folder) throws -> UInt64 {
    var sum: UInt64 = 0
    try visit(folder, in: tree) { if $0 == folder { sum &+= $1 } }
    return sum
  }

  /// Calls with the mark of each folder that has files, and the folder that it counts for.
  private static func visit(
    _ folder: String, in tree: Folder, _ body: (_ group: String, _ mark: UInt64) -> Void
  ) throws {
    let _: Void? = try missingIsNil {
      try tree.within(folder, create: false) { parent, name in
        let descriptor = try Descriptor(at: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try visit(descriptor.raw, folder, body)
      }
    }
  }

  private static func visit(
    _ descriptor: Int32, _ path: String, _ body: (_ group: String, _ mark: UInt64) -> Void
  ) throws {
    var sum: UInt64 = 0
    for entry in try Folder.entries(of: descriptor) where !entry.name.hasPrefix(".") {
      if entry.isFolder {
        let _: Void? = try missingIsNil {
          let next = try Descriptor(at: descriptor, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          try visit(next.raw, "\(path)/\(entry.name)", body)
        }
        continue
      }
      var status = stat()
      guard fstatat(descriptor, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      sum &+= mark(entry.name, status)
    }
    guard sum != 0, let group = group(of: path + "/file") else { return }
    body(group, sum)
  }

  /// FNV-1a over name, size, time and inode (Fowler, Noll, Vo).
  private static func mark(_ name: String, _ status: stat) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x0000_0100_0000_01B3
      hash ^= hash >> 31
    }
    for byte in name.utf8 { mix(UInt64(byte)) }
    mix(UInt64(truncatingIfNeeded: status.st_size))
    mix(UInt64(truncatingIfNeeded: status.st_mtim.tv_sec))
    mix(UInt64(truncatingIfNeeded: status.st_mtim.tv_nsec))
    mix(UInt64(status.st_ino))
    return hash | 1
  }
}
