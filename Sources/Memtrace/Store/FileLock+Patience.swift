// How long we wait for our own locks, and what a person is told then.

internal import Glibc
internal import System

extension FileLock {
  /// Waits for the lock.
  /// - Parameter patience: milliseconds before it gives up with `busy`.
  static func taken(_ path: String, patience: Int = 60_000) throws -> FileLock {
    do {
      return try FileLock(waitingFor: path, patience: patience)
    } catch {
      guard error.call == "flock", error.code == EWOULDBLOCK else { throw error }
      throw MemtraceError(
        .busy, "another process is writing to this repository",
        hint: "run the same command again; `memtrace status` names who holds a lock")
    }
  }
}
