// Which files living processes of this machine have open, as /proc tells it.

internal import Glibc

package enum OpenFiles {
  /// Whether a living process has the file open; where that cannot be told, one may have. Processes of other users are
  /// seen by root alone.
  package static func contain(_ path: String) -> Bool {
    var wanted = stat()
    guard stat(path, &wanted) == 0 else { return false }
    guard let processes = try? Path.names(in: "/proc") else { return true }
    for process in processes where Int(process) != nil {
      // One that has just ended, or is another user's, has no folder to list.
      for descriptor in (try? Path.names(in: "/proc/\(process)/fd")) ?? [] {
        var status = stat()
        if stat("/proc/\(process)/fd/\(descriptor)", &status) == 0,
          status.st_dev == wanted.st_dev, status.st_ino == wanted.st_ino
        {
          return true
        }
      }
    }
    return false
  }
}
