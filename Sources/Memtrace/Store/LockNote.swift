// A note of the Git locks that we are about to take, for whoever comes after us if we are killed.

internal import Git
internal import Glibc
internal import System

/// The lock files, one a line, that libgit2 takes next; a folder with its slash stands for all in it, for nobody knows what
/// a remote calls its branches. Only the holder of our own lock writes it, so a note found by the next holder is a dead
/// writer's.
struct LockNote {
  /// The Git index is edited while references are noted, and history rewritten in the middle of a sync: each has its
  /// file.
  enum Kind: String, CaseIterable {
    case references = "git-lock"
    case index = "index-lock"
    case history = "history-lock"
  }

  private let path: String

  /// - Parameter branch: full name of the branch that moves.
  init(_ state: String, _ repository: Repository, _ branch: String) throws {
    try self.init(
      state,
      locks: [
        "\(repository.gitFolder)/HEAD.lock", "\(repository.commonFolder)/\(branch).lock",
      ])
  }

  init(_ state: String, _ kind: Kind = .references, locks: [String]) throws {
    path = "\(state)/\(kind.rawValue)"
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
    try file.append(locks.joined(separator: "\n").utf8)
  }

  func remove() {
    unlink(path)
  }

  /// Removes what a dead writer left: its locks, where they were made within so many seconds of its note and no
  /// living process has them open.
  /// - Returns: how many locks were removed.
  static func clear(_ state: String, within seconds: Int = 10) throws -> Int {
    try Kind.allCases.reduce(0) { try $0 + clear("\(state)/\($1.rawValue)", seconds) }
  }

  private static func clear(_ path: String, _ seconds: Int) throws -> Int {
    guard let note = try FileBytes(path) else { return 0 }
    var removed = 0
    let entries = String(decoding: note.bytes, as: UTF8.self).split(separator: "\n").map(
      String.init)
    for lock in try entries.flatMap(Self.locks) {
      var status = stat()
      guard stat(lock, &status) == 0 else { continue }
      let age = status.st_mtim.tv_sec - note.status.st_mtim.tv_sec
      // A lock that is older than the note, or much younger, is somebody else's.
      guard (0...seconds).contains(age), !OpenFiles.contain(lock) else { continue }
      if unlink(lock) == 0 { removed += 1 }
    }
    unlink(path)
    return removed
  }

  private static func locks(_ noted: String) throws -> [String] {
    guard noted.hasSuffix("/") else { return [noted] }
    guard let folder = try missingIsNil({ try Folder(noted) }) else { return [] }
    return try folder.list().flatMap { entry in
      if entry.isFolder { return try locks("\(noted)\(entry.name)/") }
      return entry.name.hasSuffix(".lock") ? [noted + entry.name] : []
    }
  }
}
