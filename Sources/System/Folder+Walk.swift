// All files beneath a folder, one after the other.

internal import Glibc

/// A file as it was read.
package struct ReadFile: Sendable {
  package let path: String
  package let bytes: [UInt8]
  package let stamp: FileStamp

  package init(path: String, bytes: [UInt8], stamp: FileStamp) {
    (self.path, self.bytes, self.stamp) = (path, bytes, stamp)
  }
}

extension Folder {
  /// Calls `body` with the path from the root and the contents of every file, folders and files in the order of
  /// their names. Links are passed over, and so are folders of ours that begin with a dot.
  package func walk(_ folder: String, _ body: (String, [UInt8]) throws -> Void) throws {
    try walk(folder) { path, bytes, _ in try body(path, bytes) }
  }

  /// The same with the stamp that each file had before it was read.
  package func walk(_ folder: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws {
    let parts = try parts(of: folder)
    guard parts.count >= Self.manyParts else {
      for part in parts {
        for file in try files(of: part) { try body(file.path, file.bytes, file.stamp) }
      }
      return
    }
    let read: @Sendable (Int) throws -> [ReadFile] = { try self.files(of: parts[$0]) }
    try ahead(of: parts.count, by: Self.manyParts, read) { files in
      for file in files { try body(file.path, file.bytes, file.stamp) }
    }
  }

  /// A file, or a folder with all that is in it.
  private struct Part: Sendable {
    let path: String
    let isFolder: Bool
  }

  /// So many are read at once: a disk answers many questions in the time of one.
  private static let manyParts = 64

  /// What a folder is made of, in the order of names: of sessions their months, or days, or hours, until there are many.
  private func parts(of folder: String) throws -> [Part] {
    var parts = [Part(path: folder, isFolder: true)]
    for _ in 0..<3 where parts.count < Self.manyParts {
      parts = try parts.flatMap { part in
        try part.isFolder
          ? list(part.path).filter { !$0.name.hasPrefix(".") }
            .map { Part(path: "\(part.path)/\($0.name)", isFolder: $0.isFolder) } : [part]
      }
    }
    return parts
  }

  private func files(of part: Part) throws -> [ReadFile] {
    var files: [ReadFile] = []
    let _: Void? = try missingIsNil {
      try within(part.path, create: false) { parent, name in
        let above = part.path[..<part.path.lastIndex(of: "/")!]
        try visit(parent, path: String(above), [(name, part.isFolder)]) { parent, name, path in
          let file = try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
          let stamp = try file.stamp()
          files.append(ReadFile(path: path, bytes: try file.readAll(), stamp: stamp))
        }
      }
    }
    return files
  }

  /// The stamps alone.
  package func walk(_ folder: String, stamps body: (String, FileStamp) throws -> Void) throws {
    try visit(folder) { parent, name, path in
      var status = stat()
      try retrying("fstatat", path) { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
      if status.st_mode & S_IFMT == S_IFREG { try body(path, FileStamp(status)) }
    }
  }

  /// Paths of all that is neither a file nor a folder, links first of all: what the others pass over.
  package func oddities(_ folder: String) throws -> [String] {
    var paths: [String] = []
    try visit(folder) { parent, name, path in
      var status = stat()
      try retrying("fstatat", path) { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
      if status.st_mode & S_IFMT != S_IFREG { paths.append(path) }
    }
    return paths
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
    try visit(descriptor, path: path, Self.entries(of: descriptor), body)
  }

  private func visit(
    _ descriptor: Int32, path: String, _ entries: [(name: String, isFolder: Bool)],
    _ body: (_ parent: Int32, _ name: String, _ path: String) throws -> Void
  ) throws {
    for entry in entries where !entry.name.hasPrefix(".") {
      let below = "\(path)/\(entry.name)"
      if entry.isFolder {
        try enter(descriptor, entry.name) { try visit($0, path: below, body) }
      } else {
        do {
          try body(descriptor, entry.name, below)
        } catch let error as SystemError where error.isMissing || error.isBlocked {
          continue
        }
      }
    }
  }

  /// What somebody removed in between is no error.
  private func enter(_ parent: Int32, _ name: String, _ body: (Int32) throws -> Void) throws {
    let _: Void? = try missingIsNil {
      let next = try Descriptor(at: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      try body(next.raw)
    }
  }
}
