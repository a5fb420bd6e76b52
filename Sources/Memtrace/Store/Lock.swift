// One writer at a time, among threads and processes.

internal import Glibc

/// An advisory lock on a file, given back when it goes or its process dies.
final class Lock {
  private let descriptor: Descriptor

  /// Waits for the lock.
  /// - Parameter patience: milliseconds before it gives up with `busy`.
  init(_ path: String, patience: Int = 60_000) throws {
    descriptor = try Descriptor(opening: path, O_RDWR | O_CREAT)
    var waited = 0
    while flock(descriptor.raw, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw SystemError(call: "flock", path: path, code: errno)
      }
      guard waited < patience * 1_000 else {
        throw MemtraceError(
          .busy, "another process is writing to this repository",
          hint: "run the same command again; `memtrace status` names who holds a lock")
      }
      // Short at first, for a writer holds the lock for milliseconds.
      let pause = waited < 20_000 ? 500 : 2_000
      usleep(UInt32(pause))
      waited += pause
    }
  }

  /// The lock without waiting; nil where somebody holds it.
  static func attempt(_ path: String, shared: Bool = false) throws -> Lock? {
    let descriptor = try Descriptor(opening: path, O_RDWR | O_CREAT)
    guard flock(descriptor.raw, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else { return nil }
    return Lock(holding: descriptor)
  }

  /// A lock on a folder, in which nothing is written for it; nil where somebody holds it.
  static func attempt(onFolder path: String) throws -> Lock? {
    let descriptor = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    guard flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 else { return nil }
    return Lock(holding: descriptor)
  }

  private init(holding descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }
}
