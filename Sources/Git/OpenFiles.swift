// Which files living processes of this machine have open, as /proc tells it.

internal import Glibc

public enum OpenFiles {
  /// Whether a living process has the file open. Processes of other users are seen by root alone.
  public static func contain(_ path: String) -> Bool {
    var wanted = stat()
    guard stat(path, &wanted) == 0 else { return false }
    for process in (try? Repository.names(in: "/proc")) ?? [] where Int(process) != nil {
      for descriptor in (try? Repository.names(in: "/proc/\(process)/fd")) ?? [] {
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
