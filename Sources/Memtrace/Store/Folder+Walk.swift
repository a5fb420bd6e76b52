// All files beneath a folder, one after the other.

internal import Glibc

extension Folder {
  /// Calls `body` with the path from the root and the contents of every file, folders and files in the order of
  /// their names. Links are passed over, and so are folders of ours that begin with a dot.
  func walk(_ folder: String, _ body: (String, [UInt8]) throws -> Void) throws {
    try walk(folder) { path, bytes, _ in try body(path, bytes) }
  }

  /// The same with the stamp that each file had before it was read.
  func walk(_ folder: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws {
    try visit(folder) { parent, name, path in
      let file = try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      let stamp = try file.stamp()
      try body(path, try file.readAll(), stamp)
    }
  }

  /// The stamps alone.
  func walk(_ folder: String, stamps body: (String, FileStamp) throws -> Void) throws {
    try visit(folder) { parent, name, path in
      var status = stat()
      try retrying("fstatat", path) { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
      if status.st_mode & S_IFMT == S_IFREG { try body(path, FileStamp(status)) }
    }
  }

  private func visit(
    _ folder: String, _ body: (_ parent: Int32, _ name: String, _ path: String) throws -> Void
  ) throws {
    let _: Void? = try missingIsNil {
      try within(folder, create: false) { parent, name in
        let descriptor = try Descriptor(at: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try visit(descriptor.raw, path: folder, body)
      }
    }
  }

  private func visit(
    _ descriptor: Int32, path: String,
    _ body: (_ parent: Int32, _ name: String, _ path: String) throws -> Void
  ) throws {
    for entry in try Self.entries(of: descriptor) where !entry.name.hasPrefix(".") {
      let below = "\(path)/\(entry.name)"
      if entry.isFolder {
        // What somebody removed in between is no error.
        let _: Void? = try missingIsNil {
          let next = try Descriptor(at: descriptor, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          try visit(next.raw, path: below, body)
        }
      } else {
        do {
          try body(descriptor, entry.name, below)
        } catch let error as SystemError where error.isMissing || error.isBlocked {
          continue
        }
      }
    }
  }
}
