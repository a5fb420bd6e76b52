// A process of our own that goes on when this one has ended.

import CLinux
import Glibc

enum Background {
  /// Starts `memtrace gc --background`. It has a session of its own, so that it neither keeps a terminal nor dies with
  /// it, and none of our files, so that nobody who reads our output waits for it. This process ends without waiting, and
  /// the system's first process buries it.
  static func housekeeping(of root: String) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, "/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY, 0)
    }
    _ = clinux_spawn_closefrom(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, CLINUX_SPAWN_SETSID)
    let texts: [String] = ["memtrace", "-C", root, "--quiet", "gc", "--background"]
    var words: [UnsafeMutablePointer<CChar>?] = []
    for text in texts { words.append(strdup(text)) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process = pid_t()
    // What fails here is tried again by the next write.
    posix_spawn(&process, "/proc/self/exe", &actions, &attributes, words, environ)
  }
}
