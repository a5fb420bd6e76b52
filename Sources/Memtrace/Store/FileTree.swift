// Where record files are read from: the work tree, or a commit (CommittedFiles).

internal import Glibc
internal import System

/// Folders and files by path. A missing one is empty, or nil.
protocol FileTree: Sendable {
  /// The file as it is now; nil where it is not there.
  func stamp(_ file: String) throws -> FileStamp?
  /// A file's bytes with its stamp of the same moment.
  func readStamped(_ file: String) throws -> (bytes: [UInt8], stamp: FileStamp)?
  /// Pieces of a file; nil where it is not there, and no pieces where it does not have this stamp.
  func read(_ file: String, _ pieces: [Range<Int>], at stamp: FileStamp) throws -> [ArraySlice<
    UInt8
  >]?
  /// Every file beneath a folder, in the order of paths.
  func walk(_ folder: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws
  /// The same without their bytes.
  func walk(_ folder: String, stamps body: (String, FileStamp) throws -> Void) throws
}

extension Folder: FileTree {
  func stamp(_ file: String) throws -> FileStamp? {
    do {
      return try status(file).map(FileStamp.init)
    } catch let error as SystemError where error.isBlocked {
      return nil
    }
  }

  func readStamped(_ file: String) throws -> (bytes: [UInt8], stamp: FileStamp)? {
    try missingIsNil {
      try within(file, create: false) { parent, name in
        let file = try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let stamp = try file.stamp()
        return (try file.readAll(), stamp)
      }
    }
  }

  /// Of a file from which less than a part is wanted, only that is read.
  private static let manyTimes = 8

  func read(
    _ file: String, _ pieces: [Range<Int>], at stamp: FileStamp
  ) throws -> [ArraySlice<UInt8>]? {
    try missingIsNil {
      try within(file, create: false) { parent, name in
        let file = try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try file.stamp() == stamp else { return [] }
        let size = Int(stamp.size)
        if size > 65_536, pieces.reduce(0, { $0 + $1.count }) * Self.manyTimes < size {
          return try pieces.map { try file.read($0)[...] }
        }
        // Its size is known; one that shrinks while it is read is another one by now.
        let bytes = try file.read(0..<size)
        guard pieces.allSatisfy({ $0.upperBound <= bytes.count }) else { return [] }
        return pieces.map { bytes[$0] }
      }
    }
  }
}
