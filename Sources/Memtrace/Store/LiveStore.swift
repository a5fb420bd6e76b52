// A repository that many threads use at once: everyone reads, one thread of its own writes.

internal import Synchronization

/// What a long-running front holds. Verbs that read run on any thread and wait for no write; verbs that write are
/// handed over and answered once what they staged is durable.
public final class LiveStore: Sendable {
  /// The verb that a front wants done, run on the writer's thread.
  public typealias Work = @Sendable (Call) throws -> any Answer

  /// The organisation, as answers name it.
  public let organisation: String
  /// Who may call.
  public let keys: KeyRing
  let world: World
  let root: String
  private let jobs = Mutex(Jobs())
  private let arrived = Signal()
  private let ended = Signal()

  struct Job {
    let work: Work
    let done: @Sendable (Result<any Answer, any Error>) -> Void
  }

  private struct Jobs {
    var waiting: [Job] = []
    var isClosed = false
  }

  /// - Parameter organisation: the name in the answers; nil for the repository's own.
  /// - Throws: `MemtraceError`, as `Store.open`.
  public init(at folder: String, organisation: String?, world: World) throws {
    let store = try Store.open(at: folder, world: world)
    self.organisation = organisation ?? store.configuration.organisation
    self.world = world
    root = store.root
    keys = try store.keyRing()
    try translating { try startThread { [self] in write() } }
  }

  /// Surroundings for a verb that reads, on the calling thread.
  /// - Throws: `MemtraceError`.
  public func reading() throws -> Call {
    Call(store: try open())
  }

  /// Hands a verb that writes to the writer. `done` is called on the writer's thread.
  public func write(
    _ work: @escaping Work, done: @escaping @Sendable (Result<any Answer, any Error>) -> Void
  ) {
    let isTaken = jobs.withLock { jobs in
      if !jobs.isClosed { jobs.waiting.append(Job(work: work, done: done)) }
      return !jobs.isClosed
    }
    guard isTaken else {
      return done(.failure(MemtraceError(.busy, "the server is stopping")))
    }
    arrived.post()
  }

  /// The time by this repository's clock.
  public var now: Timestamp { world.now() }

  /// Counts of this moment, for metrics.
  public struct Figures: Sendable {
    public let agents: Int
    public let sessions: Int
    public let memories: Int
    /// Writes that wait for the journal.
    public let waiting: Int
    /// Records that are durable and in no commit yet.
    public let uncommitted: Int
    /// Seconds since the last sync that succeeded; nil before the first.
    public let syncAge: Int?
  }

  public func figures() -> Figures {
    Figures(
      agents: 0, sessions: 0, memories: 0, waiting: jobs.withLock { $0.waiting.count },
      uncommitted: 0, syncAge: nil)
  }

  /// Why this repository cannot serve; nil where it can.
  public func trouble() -> String? {
    do {
      _ = try reading().store().records().isKnown(agent: "memtrace")
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Finishes what was handed over and returns once all of it is committed.
  public func stop() {
    jobs.withLock { $0.isClosed = true }
    arrived.post()
    ended.wait(milliseconds: 5_000)
  }

  private func open() throws -> Store {
    let store = try Store.open(at: root, world: world)
    store.configuration.organisation = organisation
    return store
  }

  private func write() {
    while true {
      arrived.wait(milliseconds: 1_000)
      let (taken, isClosed) = jobs.withLock { jobs in
        defer { jobs.waiting = [] }
        return (jobs.waiting, jobs.isClosed)
      }
      for job in taken {
        job.done(Result { try job.work(try reading()) })
      }
      if isClosed, taken.isEmpty { break }
    }
    ended.post()
  }
}
