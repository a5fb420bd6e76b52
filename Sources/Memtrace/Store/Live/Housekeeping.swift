// Keeps the object store small behind a bridge, which writes a pack for each busy commit.

internal import Git
internal import Glibc
internal import Synchronization
internal import System

extension LiveStore {
  /// Seconds between two looks.
  private static let pause = 5

  /// Until the store is stopped. Needs no lock: every object stays, only in another file.
  func keepHouse() {
    // Of this thread alone, on Linux, and of the git command that it starts.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    while !backlog.isClosed {
      for _ in 0..<Self.pause * 4 where !backlog.isClosed { usleep(250_000) }
      guard !backlog.isClosed else { return }
      let store = store()
      // What fails is noted for `status`.
      guard (try? store.repository()) != nil, store.housekeepingIsDue() else { continue }
      _ = try? store.keepHouse(isWhole: false)
    }
  }
}

/// A long-lived handle on a repository whose packs go now and then: joined by us or by others, or with what was erased
/// from history. libgit2 keeps a pack open that is gone, and with it what it holds.
struct FreshHandle {
  private var removals = 0

  /// Opens the repository anew after packs went, before the next use.
  /// - Returns: whether it was so.
  @discardableResult
  mutating func renew(_ store: Store, _ live: LiveStore) -> Bool {
    let count = live.packRemovals.withLock { $0 }
    if count == removals { return false }
    store.closeRepository()
    removals = count
    return true
  }
}

/// Looks whether packs went since the last look.
struct PackWatch {
  private var names: Set<String> = []
  private var changed: [Int] = []

  mutating func hasLost(_ place: Place) -> Bool {
    guard let path = place.commonFolder.map({ "\($0)/objects/pack" }) else { return false }
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    let now = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    guard now != changed, let found = try? Folder(path).list() else { return false }
    changed = now
    defer { names = Set(found.lazy.map(\.name).filter { $0.hasSuffix(".pack") }) }
    return !names.isSubset(of: found.map(\.name))
  }
}
