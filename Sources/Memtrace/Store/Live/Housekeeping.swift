// Keeps the object store small behind a bridge, which writes a pack for each busy commit.

internal import Git
internal import Glibc
internal import Synchronization

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
      guard (try? store.repository()) != nil, store.housekeepingIsDue(),
        let report = try? store.keepHouse(isWhole: false), report.joined > 0
      else { continue }
      joins.withLock { $0 += 1 }
    }
  }
}

/// A long-lived handle on a repository whose packs are joined now and then.
struct FreshHandle {
  private var joins = 0

  /// Opens the repository anew after a join, before the next use.
  mutating func renew(_ store: Store, _ live: LiveStore) {
    let count = live.joins.withLock { $0 }
    if count != joins { store.closeRepository() }
    joins = count
  }
}
