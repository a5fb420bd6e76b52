// A process of our own that goes on when this one has ended.

import System

enum Background {
  /// Starts `memtrace gc --background`. What fails here is tried again by the next write.
  static func housekeeping(of root: String) {
    ChildProcess.startDetachedSelf(["memtrace", "-C", root, "--quiet", "gc", "--background"])
  }
}
