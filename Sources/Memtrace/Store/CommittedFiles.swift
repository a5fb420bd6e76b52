// The files of a commit, as those of a work tree are read.

internal import Git
internal import Synchronization
internal import System

/// A file that a work tree holds with the same bytes has the stamp that it has there, so that what a catalog knows of that work
/// tree's file counts for the commit's too; any other one has `FileStamp.eternal`. Nothing is believed without the bytes:
/// an edit that is in no commit is never taken for the commit's.
final class CommittedFiles: FileTree, @unchecked Sendable {
  /// One thread at a time.
  private let repository: Repository
  private let tree: ObjectID
  private let workTree: Folder?
  /// Small files whose stamp was asked for: their bytes are asked for next.
  private let kept = Mutex<[String: (bytes: [UInt8], stamp: FileStamp)]>([:])

  private static let largest = 65_536

  /// - Parameter workTree: whose stamps count; nil where no file has one.
  init(_ repository: Repository, tree: ObjectID, workTree: Folder? = nil) {
    (self.repository, self.tree, self.workTree) = (repository, tree, workTree)
  }

  func stamp(_ file: String) throws -> FileStamp? {
    try entry(file).map { try stamp(file, $0) }
  }

  func readStamped(_ file: String) throws -> (bytes: [UInt8], stamp: FileStamp)? {
    try entry(file).map { try read(file, $0) }
  }

  private func entry(_ file: String) throws -> TreeEntry? {
    try repository.treeEntry(in: tree, file).flatMap { $0.mode.isRegular ? $0 : nil }
  }

  private func stamp(_ file: String, _ entry: TreeEntry) throws -> FileStamp {
    workTree == nil ? .eternal : try read(file, entry).stamp
  }

  private func read(
    _ file: String, _ entry: TreeEntry
  ) throws -> (bytes: [UInt8], stamp: FileStamp) {
    if let kept = kept.withLock({ $0[file] }) { return kept }
    let read = try readAnew(file, entry)
    if read.bytes.count <= Self.largest { kept.withLock { $0[file] = read } }
    return read
  }

  private func readAnew(
    _ file: String, _ entry: TreeEntry
  ) throws -> (bytes: [UInt8], stamp: FileStamp) {
    if let here = try? workTree?.readStamped(file), try Repository.blobID(here.bytes) == entry.id {
      return here
    }
    return (try repository.blob(entry.id), .eternal)
  }

  func read(
    _ file: String, _ pieces: [Range<Int>], at stamp: FileStamp
  ) throws -> [ArraySlice<UInt8>]? {
    guard let found = try readStamped(file) else { return nil }
    guard found.stamp == stamp, pieces.allSatisfy({ $0.upperBound <= found.bytes.count }) else {
      return []
    }
    return pieces.map { found.bytes[$0] }
  }

  func walk(_ folder: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws {
    try each(folder) { path, entry in
      let (bytes, stamp) = try readAnew(path, entry)
      try body(path, bytes, stamp)
    }
  }

  func walk(_ folder: String, stamps body: (String, FileStamp) throws -> Void) throws {
    try each(folder) { path, entry in try body(path, try stamp(path, entry)) }
  }

  private func each(_ path: String, _ body: (String, TreeEntry) throws -> Void) throws {
    if let file = try entry(path) { return try body(path, file) }
    try repository.walk(tree, under: path) { path, entry in
      if entry.mode.isRegular { try body(path, entry) }
    }
  }
}
