// A lock on a file, held by one at a time among threads and processes.

internal import Glibc

/// An advisory lock on a file, given back when it goes or its process dies.
package final class FileLock: Sendable {
  private let descriptor: Descriptor

  /// Waits for the lock, and makes its file.
  /// - Parameter patience: milliseconds.
  /// - Throws: `SystemError` of `flock` with `EWOULDBLOCK` where somebody holds it for longer.
  package init(waitingFor path: String, patience: Int) throws(SystemError) {
    descriptor = try Descriptor(opening: path, O_RDWR | O_CREAT)
    var waited = 0
    while flock(descriptor.raw, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR || errno == EWOULDBLOCK && waited < patience * 1_000 else {
        throw .last("flock", path)
      }
      // Short at first, for a writer holds the lock for milliseconds.
      let pause = waited < 20_000 ? 500 : 2_000
      usleep(UInt32(pause))
      waited += pause
    }
  }

  /// The lock without waiting; nil where somebody holds it.
  package static func attempt(_ path: String, shared: Bool = false) throws(SystemError) -> FileLock?
  {
    FileLock(try Descriptor(opening: path, O_RDWR | O_CREAT), shared ? LOCK_SH : LOCK_EX)
  }

  /// A lock on a folder, in which nothing is written for it; nil where somebody holds it.
  package static func attempt(onFolder path: String) throws(SystemError) -> FileLock? {
    FileLock(try Descriptor(opening: path, O_RDONLY | O_DIRECTORY), LOCK_EX)
  }

  private init?(_ descriptor: consuming Descriptor, _ kind: Int32) {
    self.descriptor = descriptor
    guard flock(self.descriptor.raw, kind | LOCK_NB) == 0 else { return nil }
  }
}
