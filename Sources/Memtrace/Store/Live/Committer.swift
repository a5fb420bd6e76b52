// Commits what one journal file holds, on a thread of its own, while writes go on into the other.

internal import Git
internal import Synchronization
internal import System

/// Works under the lock that the writer holds; never on what the writer touches.
final class Committer: Sendable {
  /// A file that the writer turned away from: nobody else touches it until the outcome is taken.
  struct Task: @unchecked Sendable {
    let file: JournalFile
    let lines: [PendingLine]
  }

  private struct State {
    var task: Task?
    /// What of the last task is not committed, in the same file; nil while it is under way.
    var outcome: [PendingLine]?
    var isStopped = false
  }

  /// Milliseconds between two times that the Git index follows: it is written whole each time.
  private static let indexPause: Int64 = 500

  private let live: LiveStore
  private let state = Mutex(State())
  private let begun = Signal()

  /// - Throws: where the system has no thread left.
  init(_ live: LiveStore) throws {
    self.live = live
    try startThread { [self] in run() }
  }

  /// Lets go of what it need not hold.
  func wake() { begun.post() }

  func commit(_ task: Task) {
    state.withLock { $0.task = task }
    begun.post()
  }

  /// What is left to commit, more than before where something was put back; nil while it is under way.
  func takeResult() -> [PendingLine]? {
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
    var indexDue: Int64 = 0
    while true {
      begun.wait(milliseconds: 60_000)
      let (task, isStopped) = state.withLock { state in
        defer { state.task = nil }
        return (state.task, state.isStopped)
      }
      handle.renew(store, live)
      if let task {
        let followsIndex = Clock.milliseconds() >= indexDue
        let outcome = commit(task, store, followsIndex)
        if followsIndex { indexDue = Clock.milliseconds() + Self.indexPause }
        state.withLock { $0.outcome = outcome }
        live.backlog.wake()
      }
      if isStopped { return }
    }
  }

  private func commit(_ task: Task, _ store: Store, _ followsIndex: Bool) -> [PendingLine] {
    defer {
      live.tellRemovals(of: store)
      store.notices = []
    }
    var left = task.lines
    do {
      let session = try WriteSession(store, committing: task)
      session.followsIndex = followsIndex
      try live.outside.ourOwn(task.lines) {
        defer { left = session.pending }
        guard session.flush(), let tip = session.ledger.newest?.tip else { return nil }
        return (tip.id, try session.repository.commit(tip.id).parents.first)
      }
    } catch {
      // Tried again in a moment, and `status` says why it waits.
      store.notices = []
    }
    return left
  }
}
