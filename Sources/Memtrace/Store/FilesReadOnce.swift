// The work tree as one verb reads it: no file is opened twice.

internal import Synchronization
internal import System

/// Keeps small files that were read, each for whoever asks for it with the stamp that it had. What lives longer than a verb
/// reads the folder itself: these are never let go.
final class FilesReadOnce: FileTree {
  private struct Kept {
    var files: [String: (bytes: [UInt8], stamp: FileStamp)] = [:]
    var byteCount = 0
  }

  /// Bytes of a file that is kept, and of all of them at most.
  private static let (largest, most) = (65_536, 16 << 20)

  private let folder: Folder
  private let kept = Mutex(Kept())

  init(_ folder: Folder) { self.folder = folder }

  func stamp(_ file: String) throws -> FileStamp? { try folder.stamp(file) }

  /// As it is now, whatever is kept.
  func readStamped(_ file: String) throws -> (bytes: [UInt8], stamp: FileStamp)? {
    guard let read = try folder.readStamped(file) else { return nil }
    if read.bytes.count <= Self.largest {
      kept.withLock { kept in
        kept.byteCount += read.bytes.count - (kept.files[file]?.bytes.count ?? 0)
        kept.files[file] = read
        // What one verb reads is seldom as much: begun anew, it is read once more at most.
        if kept.byteCount > Self.most { kept = Kept() }
      }
    }
    return read
  }

  func read(
    _ file: String, _ pieces: [Range<Int>], at stamp: FileStamp
  ) throws -> [ArraySlice<UInt8>]? {
    guard stamp.size <= Self.largest else { return try folder.read(file, pieces, at: stamp) }
    var found = kept.withLock { $0.files[file] }
    if found?.stamp != stamp { found = try readStamped(file) }
    guard let found else { return nil }
    guard found.stamp == stamp, pieces.allSatisfy({ $0.upperBound <= found.bytes.count }) else {
      return []
    }
    return pieces.map { found.bytes[$0] }
  }

  func walk(_ folder: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws {
    try self.folder.walk(folder, body)
  }

  func walk(_ folder: String, stamps body: (String, FileStamp) throws -> Void) throws {
    try self.folder.walk(folder, stamps: body)
  }
}
