// Files of ours that all work trees of a clone share, changed by one at a time.

internal import System

/// In `.git/memtrace` of the common Git folder. A writers' lock does not guard them: each work tree has its own.
enum SharedState {
  /// - Parameter folder: `.git/memtrace` of the common Git folder, made where it is missing.
  static func changing<Value>(_ folder: String, _ body: () throws -> Value) throws -> Value {
    try Path.makeFolder(folder, mode: 0o700)
    let lock = try FileLock.taken(folder + "/shared")
    return try withExtendedLifetime(lock, body)
  }
}
