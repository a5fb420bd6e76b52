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
    for root in Layout.recordRoots { try add(root, in: tree, to: &marks) }
    return marks
  }

  /// Of one folder; 0 where it is not there.
  static func one(_ folder: String, in tree: Folder) throws -> UInt64 {
    var marks: [String: UInt64] = [:]
    try add(folder, in: tree, to: &marks)
    return marks[folder] ?? 0
  }

  private static func add(
    _ folder: String, in tree: Folder, to marks: inout [String: UInt64]
  ) throws {
    let _: Void? = try missingIsNil {
      try tree.within(folder, create: false) { parent, name in
        let descriptor = try Descriptor(at: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try add(descriptor.raw, folder, to: &marks)
      }
    }
  }

  private static func add(
    _ descriptor: Int32, _ path: String, to marks: inout [String: UInt64]
  ) throws {
    var sum: UInt64 = 0
    for entry in try Folder.entries(of: descriptor) where !entry.name.hasPrefix(".") {
      if entry.isFolder {
        let _: Void? = try missingIsNil {
          let next = try Descriptor(at: descriptor, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          try add(next.raw, "\(path)/\(entry.name)", to: &marks)
        }
        continue
      }
      var status = stat()
      guard fstatat(descriptor, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      sum &+= mark(entry.name, status)
    }
    guard sum != 0, let group = group(of: path + "/file") else { return }
    marks[group, default: 0] &+= sum
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
