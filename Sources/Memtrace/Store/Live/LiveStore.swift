// A repository that many threads use at once: everyone reads, one thread of its own writes.

internal import Git
internal import Synchronization
internal import System

/// What a long-running front holds. Verbs that read run on any thread and wait for no write; verbs that write are
/// handed over, share one sync of the journal with all that wait beside them, and are answered once they are durable.
public final class LiveStore: Sendable {
  /// What a front wants done, run on the writer's thread.
  public typealias Work = @Sendable (Call) throws -> any Answer
  public typealias Reply = @Sendable (Result<any Answer, any Error>) -> Void

  /// The organisation, as answers name it.
  public let organisation: String
  /// Who may call.
  public let keys: KeyRing
  let world: World
  let place: Place
  private let folder: Folder
  let configuration: Configuration
  let catalog: Catalog
  let backlog = Backlog()
  let outside: OutsideChanges
  /// What talking to a remote needs.
  let network: Network
  /// When a sync last succeeded, and how many have failed since.
  let lastSync = Mutex<(time: Timestamp?, failures: Int)>((nil, 0))
  /// How often packs went.
  let packRemovals = Mutex(0)
  private let ended = Signal()

  /// Reads everything and starts the threads.
  /// - Parameter organisation: the name in the answers; nil for the repository's own.
  /// - Throws: `MemtraceError`, as `Store.open`.
  public init(
    at path: String, organisation: String?, world: World, network: Network
  ) throws {
    Allocator.keepLargePiecesApart()
    let store = try Store.open(at: path, world: world)
    if let organisation { store.configuration.organisation = organisation }
    self.organisation = store.configuration.organisation
    self.world = world
    self.network = network
    place = store.place
    folder = store.folder
    configuration = store.configuration
    keys = try store.keyRing()
    let catalog = try translating { try Catalog.open(store, isLasting: true) }
    self.catalog = catalog
    outside = OutsideChanges(place, catalog)
    try translating {
      _ = try store.repository()
      try outside.begin(store)
      Allocator.giveBack()
      // What is there at the start is no news.
      catalog.look { $0.arrivals.isOn = true }
      let committer = try Committer(self)
      try startThread { [self] in
        GroupWriter(self, committer).run()
        ended.post()
      }
      try startThread { [self] in outside.watch(self) }
      try startThread { [self] in keepHouse() }
    }
  }

  /// The time by this repository's clock.
  public var now: Timestamp { world.now() }

  /// Whether `reading` may have to wait until what another process wrote is taken in.
  public var isBehind: Bool { outside.isBehind }

  /// Surroundings for a verb that reads, on the calling thread: what any process has acknowledged by now is there.
  /// - Parameter isSettled: nothing was behind a moment ago.
  public func reading(isSettled: Bool = false) -> Call {
    if !isSettled { outside.settle() }
    let call = Call(store: store())
    call.network = network
    return call
  }

  /// A store for one thread, over the records in memory.
  func store() -> Store {
    Store(
      place: place, folder: folder, configuration: configuration, records: catalog, world: world)
  }

  /// Passes on what was put back or removed, before a thread forgets its store's notices.
  func tellRemovals(of store: Store) {
    for words in store.removalNews { network.say(words) }
    store.removalNews = []
  }

  /// Hands a verb that writes to the writer. `done` is called on the writer's thread.
  /// - Parameter isAlone: the verb looks at records that a verb beside it may have staged.
  public func write(isAlone: Bool = false, _ work: @escaping Work, done: @escaping Reply) {
    backlog.add(Backlog.Job(work: work, done: done, isAlone: isAlone))
  }

  /// Finishes what was handed over, and returns once all of it is committed and the Git index is at it, or after so
  /// many seconds: what is left then is safe in the journal.
  public func stop(seconds: Int = 4) {
    guard backlog.close() else { return }
    outside.stop()
    ended.wait(milliseconds: seconds * 1_000)
  }

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
    /// Syncs that failed since one succeeded.
    public let syncFailures: Int
  }

  public func figures() -> Figures {
    let counts = catalog.counts
    let sync = lastSync.withLock { $0 }
    return Figures(
      // The same that the gauge shows before the first: it is right again with the next look.
      agents: (try? catalog.agents().count) ?? 0, sessions: counts.sessions,
      memories: counts.memories,
      waiting: backlog.waiting, uncommitted: backlog.uncommitted,
      syncAge: sync.time.map { Int(now.milliseconds - $0.milliseconds) / 1_000 },
      syncFailures: sync.failures)
  }

  /// Why this repository cannot serve, in words for anybody: no path in them. Nil where it can. Looks at it, which
  /// takes a moment.
  public func trouble() -> String? {
    if let trouble = backlog.trouble { return trouble }
    do {
      try translating { _ = try store().repository().head() }
    } catch {
      return Self.reason(error)
    }
    return backlog.uncommitted > Backlog.uncommittedLimit
      ? "\(backlog.uncommitted) records wait for their commit" : nil
  }

  /// Whether the repository can be found now.
  public var isThere: Bool { place.isThere }

  /// An error as somebody may hear it who is not on this machine: where the repository lies is nobody's business.
  public func outward(_ error: any Error) -> MemtraceError {
    let known = error as? MemtraceError ?? MemtraceError(.internal, "internal error")
    let isOurs = [.internal, .corrupt, .notFound, .busy].contains(known.kind)
    if isOurs, !place.isThere { return Self.isGone }
    guard known.message.contains(place.root) else { return known }
    return MemtraceError(
      known.kind, known.message.replacing(place.root, with: "the repository"), faults: known.faults,
      existing: known.existing)
  }

  /// The repository cannot be found at the moment.
  public static let isGone = MemtraceError(.busy, "the repository is not there at the moment")

  static func reason(_ error: any Error) -> String {
    switch (error as? MemtraceError)?.kind {
    case .full: "the disk is full"
    case .corrupt: "the repository is damaged"
    case .busy: "another process holds the repository"
    default: "the repository cannot be read or written"
    }
  }
}
