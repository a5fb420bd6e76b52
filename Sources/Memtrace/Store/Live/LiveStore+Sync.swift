// Syncs in the background, while calls go on being answered.

internal import Synchronization
internal import System

extension LiveStore {
  /// Syncs again and again, on a thread of its own, until the store is stopped.
  /// - Parameters:
  ///   - interval: milliseconds between two syncs; a remote that is away is asked less and less often.
  ///   - say: what has changed, for a log.
  /// - Throws: `MemtraceError` where the system has no thread left.
  public func keepSyncing(
    every interval: Int, remote: String?, say: @escaping @Sendable (String) -> Void
  ) throws {
    try translating {
      try startThread { [self] in
        var watch = SyncWatch(interval: interval)
        let store = store()
        while !backlog.isClosed {
          let result = Result { () throws(MemtraceError) in try sync(store, remote) }
          let next = watch.next(result, random: world.random())
          if case .failure = result { noteSyncState() }
          if let words = next.words { say(words) }
          tellRemovals(of: store)
          store.notices = []
          // A handle that lives keeps open every pack that ever came, and what it has read of them.
          store.closeRepository()
          var rest = next.pause
          while rest > 0, !backlog.isClosed {
            network.sleep(min(rest, 250))
            rest -= 250
          }
        }
      }
    }
  }

  private func sync(_ store: Store, _ remote: String?) throws(MemtraceError) -> SyncReport {
    do {
      let report = try store.sync(SyncRequest(remote: remote), network: network)
      lookOutside()
      return report
    } catch let error as MemtraceError {
      throw error
    } catch {
      throw MemtraceError(.internal, "\(error)")
    }
  }

  /// Takes in at once what others did; what fails now is looked at again within a second, by the watch.
  public func lookOutside() {
    try? outside.look(store())
    noteSyncState()
  }

  /// What metrics say of it: the last that could be read.
  private func noteSyncState() {
    guard let state = try? store().syncState() else { return }
    lastSync.withLock { $0 = (state.lastSync, state.failures) }
  }
}
