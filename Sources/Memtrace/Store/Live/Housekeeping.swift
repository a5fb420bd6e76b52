// Keeps the object store small behind a bridge, which writes a pack for each busy commit.

internal import Git
internal import Glibc
internal import Synchronization

extension LiveStore {
  /// Packs that are made one.
  private static let packs = 24
  /// Seconds between two looks.
  private static let pause = 5

  /// Until the store is stopped. Needs no lock: every object stays, only in another file.
  func keepHouse() {
    // Of this thread alone, on Linux: looking for deltas takes seconds, and nobody waits for it.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15)
    while !backlog.isClosed {
      for _ in 0..<Self.pause * 4 where !backlog.isClosed { usleep(250_000) }
      guard !backlog.isClosed else { return }
      // What fails now is tried again in a moment.
      let joined = try? store().repository().joinSmallPacks(from: Self.packs)
      if let joined, joined > 0 { joins.withLock { $0 += 1 } }
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
