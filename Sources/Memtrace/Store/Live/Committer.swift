// Commits what one journal file holds, on a thread of its own, while writes go on into the other.

internal import Git
internal import Synchronization

/// Works under the lock that the writer holds; never on what the writer touches.
final class Committer: Sendable {
  /// A file that the writer turned away from: nobody else touches it until the outcome is taken.
  struct Task: @unchecked Sendable {
    let file: JournalFile
    let lines: [PendingLine]
  }

  private struct State {
    var task: Task?
    /// Whether the last task was committed; nil while it is under way.
    var outcome: Bool?
    var isStopped = false
  }

  private let live: LiveStore
  private let state = Mutex(State())
  private let begun = Signal()

  init(_ live: LiveStore) {
    self.live = live
    try? startThread { [self] in run() }
  }

  func commit(_ task: Task) {
    state.withLock { $0.task = task }
    begun.post()
  }

  /// Whether all of it is committed; nil while it is under way.
  func takeResult() -> Bool? {
    state.withLock { state in
      defer { state.outcome = nil }
      return state.outcome
    }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    begun.post()
  }

  private func run() {
    let store = live.store()
    var handle = FreshHandle()
    while true {
      begun.wait(milliseconds: 60_000)
      let (task, isStopped) = state.withLock { state in
        defer { state.task = nil }
        return (state.task, state.isStopped)
      }
      if let task {
        handle.renew(store, live)
        let outcome = commit(task, store)
        state.withLock { $0.outcome = outcome }
        live.backlog.wake()
      }
      if isStopped { return }
    }
  }

  private func commit(_ task: Task, _ store: Store) -> Bool {
    defer {
      live.tellRemovals(of: store)
      store.notices = []
    }
    do {
      let session = try WriteSession(store, committing: task)
      // Many lines share few folders.
      let folders = Set(Set(task.lines.map(\.folder)).compactMap { Marks.group(of: $0 + "/file") })
      try live.outside.ourOwn(folders, in: store.folder) {
        guard try session.flush(), let tip = session.ledger.newest?.tip else { return nil }
        return (tip.id, try session.repository.commit(tip.id).parents.first)
      }
      return session.pending.isEmpty
    } catch {
      return false
    }
  }
}
