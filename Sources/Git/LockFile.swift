// Files read whole, and files replaced whole under Git's lock protocol.

internal import Glibc

/// A file's bytes with the status they had.
struct FileBytes {
  let bytes: [UInt8]
  let status: stat

  /// Nil where there is no such file.
  /// - Parameter most: how many bytes are read.
  init?(_ path: String, most: Int = .max) throws(GitError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw systemError(errno, "open", path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError(errno, "fstat", path) }
    var failure: Int32 = 0
    bytes = [UInt8](unsafeUninitializedCapacity: min(most, Int(status.st_size))) { buffer, count in
      if let start = buffer.baseAddress { LargePages.ask(at: start, buffer.count) }
      while count < buffer.count {
        let got = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw systemError(failure, "read", path) }
    self.status = status
  }

  /// A file's own status, symbolic links not followed; nil where there is none.
  static func status(_ path: [CChar]) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }
}

/// `<path>.lock`, made exclusively; without `commit` it vanishes and the file stays as it was.
struct LockFile: ~Copyable {
  private let path: String
  private var descriptor: Int32

  static func isHeld(_ path: String) -> GitError {
    GitError(
      code: .locked, call: "open", message: "\(path).lock: another process holds it",
      errorClass: 2)
  }

  /// - Throws: `.locked` where the lock is there already.
  init(over path: String) throws(GitError) {
    self.path = path
    descriptor = open(path + ".lock", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let failure = errno
      guard failure == EEXIST else { throw systemError(failure, "open", path + ".lock") }
      throw LockFile.isHeld(path)
    }
    var status = stat()
    // A shared repository's files have wider permissions than a new file gets.
    if stat(path, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      // What fails once must not shut everybody out.
      for _ in 0..<3 where unlink(path + ".lock") != 0 && errno != ENOENT {}
    }
  }

  /// Gives the lock back; the file stays as it was.
  consuming func release() {}

  /// Appends to the new contents.
  func write(_ bytes: ArraySlice<UInt8>) throws(GitError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError(errno, "write", path + ".lock")
      }
      written += count
    }
  }

  /// Puts the new contents in the file's place. The index is made of what is stored elsewhere, so it is not synced.
  consuming func commit() throws(GitError) {
    guard rename(path + ".lock", path) == 0 else { throw systemError(errno, "rename", path) }
    close(descriptor)
    descriptor = -1
  }
}
