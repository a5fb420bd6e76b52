// Files replaced whole under Git's lock protocol.

internal import Glibc
internal import System

/// `<path>.lock`, made exclusively; without `commit` it vanishes and the file stays as it was.
struct LockFile: ~Copyable {
  private let path: String
  private let file: Descriptor
  private var isDone = false

  static func isHeld(_ path: String) -> GitError {
    GitError(
      code: .locked, call: "open", message: "\(path).lock: another process holds it",
      errorClass: 2)
  }

  /// - Throws: `.locked` where the lock is there already.
  init(over path: String) throws(GitError) {
    self.path = path
    do {
      file = try Descriptor(opening: path + ".lock", O_WRONLY | O_CREAT | O_EXCL)
    } catch {
      throw error.code == EEXIST ? LockFile.isHeld(path) : GitError(error)
    }
    var status = stat()
    // A shared repository's files have wider permissions than a new file gets.
    if stat(path, &status) == 0 { fchmod(file.raw, status.st_mode & 0o777) }
  }

  deinit {
    if !isDone { Path.remove(path + ".lock") }
  }

  /// Gives the lock back; the file stays as it was.
  consuming func release() {}

  /// Appends to the new contents.
  func write(_ bytes: some Collection<UInt8>) throws(GitError) {
    try ofSystem(at: path + ".lock") { try file.append(bytes) }
  }

  /// Puts the new contents in the file's place. The index is made of what is stored elsewhere, so it is not synced.
  consuming func commit() throws(GitError) {
    guard rename(path + ".lock", path) == 0 else { throw GitError(.last("rename", path)) }
    isDone = true
  }
}
