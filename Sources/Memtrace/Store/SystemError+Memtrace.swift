// What the system's refusals mean to a person.

internal import Glibc
internal import System

extension MemtraceError {
  /// - Parameter path: shown where the call itself did not know it.
  init(_ error: SystemError, path: String = "") {
    let place = error.path.isEmpty ? path : error.path
    let subject = place.isEmpty ? error.reason : "\(place): \(error.reason)"
    switch error.code {
    case ENOSPC, EDQUOT:
      self.init(
        .full, "the disk is full (\(subject))",
        hint: "free some space and run the same command again")
    case EFBIG:
      self.init(
        .full, "a file may not grow any more (\(subject))",
        hint: "ulimit -f says how large one may be")
    case EACCES, EPERM:
      self.init(
        .internal, "no permission (\(subject))", hint: "run as the user who owns the repository")
    case EROFS:
      self.init(
        .internal, "read-only file system (\(subject))",
        hint: "move the repository to a writable disk")
    case ELOOP, ENOTDIR:
      self.init(
        .corrupt, "\(place): a symbolic link or a file stands where a folder should be",
        hint: "remove it; memory folders are never entered through links")
    case EISDIR:
      self.init(.invalid, "\(place) is a folder, and a file is wanted")
    case ENOENT:
      self.init(.notFound, "\(place): no such file or folder")
    default:
      self.init(.internal, "\(error.call) failed (\(subject))")
    }
  }
}
