// Writes on their way to the writer's thread, and how far behind it is.

internal import Glibc
internal import Synchronization
internal import System

/// Bounded twice: by writes that wait for the journal, and by records that wait for their commit.
final class Backlog: Sendable {
  struct Job: Sendable {
    let work: LiveStore.Work
    let done: LiveStore.Reply
    let isAlone: Bool
    fileprivate(set) var since = Clock.milliseconds()
  }

  private struct State {
    var jobs: [Job] = []
    var isClosed = false
    var uncommitted = 0
    var trouble: String?
  }

  /// Writes that may wait; records that may be without a commit.
  static let waitingLimit = 10_000
  static let uncommittedLimit = 50_000
  /// Milliseconds after which a write that waits is refused.
  static let patience = 5_000

  private let state = Mutex(State())
  private let arrived = Signal()

  func add(_ job: Job) {
    let (isTaken, isFirst) = state.withLock { state in
      guard !state.isClosed, state.jobs.count < Self.waitingLimit else { return (false, false) }
      state.jobs.append(job)
      return (true, state.jobs.count == 1)
    }
    if !isTaken {
      job.done(.failure(MemtraceError(.busy, "too many writes wait, or the server is stopping")))
    } else if isFirst {
      arrived.post()
    }
  }

  /// No more jobs.
  /// - Returns: false where that was so already.
  func close() -> Bool {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    arrived.post()
    return isFirst
  }

  /// Lets `wait` return at once.
  func wake() { arrived.post() }

  /// Waits until a job is there, or so many milliseconds.
  func wait(milliseconds: Int) {
    if state.withLock({ $0.jobs.isEmpty }) { arrived.wait(milliseconds: milliseconds) }
  }

  /// What waits, the first 1,000 of it.
  func take() -> [Job] {
    state.withLock { state in
      let jobs = Array(state.jobs.prefix(1_000))
      state.jobs.removeFirst(jobs.count)
      return jobs
    }
  }

  /// Those that have waited too long.
  func takeExpired() -> [Job] {
    let limit = Clock.milliseconds() - Int64(Self.patience)
    return state.withLock { state in
      let count = state.jobs.prefix { $0.since < limit }.count
      let jobs = Array(state.jobs.prefix(count))
      state.jobs.removeFirst(count)
      return jobs
    }
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }
  var waiting: Int { state.withLock { $0.jobs.count } }

  var uncommitted: Int {
    get { state.withLock { $0.uncommitted } }
    set { state.withLock { $0.uncommitted = newValue } }
  }

  /// Why writes cannot go on; nil where they can.
  var trouble: String? {
    get { state.withLock { $0.trouble } }
    set { state.withLock { $0.trouble = newValue } }
  }
}
