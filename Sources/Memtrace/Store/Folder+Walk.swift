// All files beneath a folder, one after the other.

internal import Glibc

extension Folder {
  /// Calls `body` with the path from the root and the contents of every file, folders and files in the order of
  /// their names. Links are passed over, and so are folders of ours that begin with a dot.
  func walk(_ folder: String, _ body: (String, [UInt8]) throws -> Void) throws {
    let _: Void? = try missingIsNil {
      try within(folder, create: false) { parent, name in
        let descriptor = try Descriptor(at: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try walk(descriptor.raw, path: folder, body)
      }
    }
  }

  private func walk(
    _ descriptor: Int32, path: String, _ body: (String, [UInt8]) throws -> Void
  ) throws {
    for entry in try Self.entries(of: descriptor) where !entry.name.hasPrefix(".") {
      let below = "\(path)/\(entry.name)"
      if entry.isFolder {
        // What somebody removed in between is no error.
        let _: Void? = try missingIsNil {
          let next = try Descriptor(at: descriptor, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          try walk(next.raw, path: below, body)
        }
      } else {
        do {
          let file = try Descriptor(at: descriptor, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
          try body(below, try file.readAll())
        } catch let error as SystemError where error.isMissing || error.isBlocked {
          continue
        }
      }
    }
  }
}
