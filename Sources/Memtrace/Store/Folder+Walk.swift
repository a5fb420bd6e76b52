// All files beneath a folder, one after the other.

internal import Glibc
internal import Synchronization

extension Folder {
  /// Calls `body` with the path from the root and the contents of every file, folders and files in the order of
  /// their names. Links are passed over, and so are folders of ours that begin with a dot.
  func walk(_ folder: String, _ body: (String, [UInt8]) throws -> Void) throws {
    try walk(folder) { path, bytes, _ in try body(path, bytes) }
  }

  /// The same with the stamp that each file had before it was read.
  func walk(_ folder: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws {
    let _: Void? = try missingIsNil {
      try within(folder, create: false) { parent, name in
        let descriptor = try Descriptor(at: parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try read(descriptor.raw, path: folder, body)
      }
    }
  }

  private struct ReadFile: Sendable {
    let path: String
    let bytes: [UInt8]
    let stamp: FileStamp
  }

  /// Of a folder with many in it, so many are read before what they hold is handed on.
  private static let folderBatch = 128

  private func read(
    _ descriptor: Int32, path: String, _ body: (String, [UInt8], FileStamp) throws -> Void
  ) throws {
    let entries = try Self.entries(of: descriptor).filter { !$0.name.hasPrefix(".") }
    let isLarge = entries.count(where: \.isFolder) >= Self.folderBatch
    var from = 0
    while from < entries.count {
      let batch = Array(entries[from...].prefix(isLarge ? Self.folderBatch : 1))
      from += batch.count
      if !isLarge, batch[0].isFolder {
        try enter(descriptor, batch[0].name) {
          try read($0, path: "\(path)/\(batch[0].name)", body)
        }
        continue
      }
      let found = Mutex(
        [Swift.Result<[ReadFile], any Error>](repeating: .success([]), count: batch.count))
      concurrently(batch.count) { i in
        let files = Swift.Result { try self.files(in: descriptor, path, [batch[i]]) }
        found.withLock { $0[i] = files }
      }
      for files in found.withLock({ $0 }) {
        for file in try files.get() { try body(file.path, file.bytes, file.stamp) }
      }
    }
  }

  private func files(
    in descriptor: Int32, _ path: String, _ entries: [(name: String, isFolder: Bool)]
  ) throws -> [ReadFile] {
    var files: [ReadFile] = []
    try visit(descriptor, path: path, entries) { parent, name, path in
      let file = try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      let stamp = try file.stamp()
      files.append(ReadFile(path: path, bytes: try file.readAll(), stamp: stamp))
    }
    return files
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
