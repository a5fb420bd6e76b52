// Server-sent events: what is recorded, reviewed and synced, told to whoever follows a repository.

internal import Glibc
import Memtrace
import Synchronization
import System

/// One repository's followers. A thread looks for news while there are any.
final class Feed: Sendable {
  private struct Entry {
    weak var follower: Follower?
  }

  private struct State {
    var entries: [Entry] = []
    var isWatched = false
  }

  let store: LiveStore
  /// Numbers mean something only to the process that gave them.
  let era: String
  private let state = Mutex(State())
  private static let most = 256
  /// Microseconds between two looks.
  private static let pause: UInt32 = 100_000

  init(_ store: LiveStore) {
    self.store = store
    era = String(store.now.milliseconds, radix: 36)
  }

  /// - Returns: false where there are too many.
  func add(_ follower: Follower) -> Bool {
    let (isTaken, isFirst) = state.withLock { state in
      state.entries.removeAll { $0.follower == nil }
      guard state.entries.count < Self.most else { return (false, false) }
      state.entries.append(Entry(follower: follower))
      defer { state.isWatched = true }
      return (true, !state.isWatched)
    }
    guard isFirst else { return isTaken }
    do {
      try startThread { [self] in watch() }
      return true
    } catch {
      state.withLock { $0.isWatched = false }
      return false
    }
  }

  private func watch() {
    while true {
      usleep(Self.pause)
      let followers = state.withLock { state in
        state.entries.removeAll { $0.follower?.isOver != false }
        state.isWatched = !state.entries.isEmpty
        return state.entries.compactMap(\.follower)
      }
      if followers.isEmpty { return }
      for follower in followers { follower.look(store, era) }
    }
  }
}

/// One client that follows.
final class Follower: Sendable {
  private struct State {
    /// The number of what is news to it.
    var next: Int
    var syncs: (time: Timestamp?, failures: Int)
    var waiting: [UInt8] = []
    var take: (@Sendable ([UInt8]) -> Void)?
    var lastSent: Int64
    var lastAsked: Int64
    var isOver = false
  }

  private let filter: ArrivalFilter
  /// The number of the first piece of news; nil where it is not known what the client has seen.
  let first: Int?
  private let isAllowed: @Sendable () -> Bool
  private let end: Int64
  private let state: Mutex<State>

  /// Seconds after which a client is to ask again: every request has an end. It says what it saw last.
  private static let longest: Int64 = 100
  private static let second: Int64 = 1_000_000_000
  /// Bytes that may wait for a client that does not read.
  private static let mostWaiting = 1_048_576

  /// - Parameters:
  ///   - next: what it has seen is before this; nil for what comes from now on, before its client hears that it follows;
  ///     negative where that is not known.
  ///   - isAllowed: whether its key still counts.
  init(
    of store: LiveStore, next: Int?, _ filter: ArrivalFilter,
    isAllowed: @escaping @Sendable () -> Bool
  ) {
    self.filter = filter
    self.isAllowed = isAllowed
    let now = Clock.monotonic()
    end = now + Self.longest * Self.second
    let next = next ?? store.nextArrival
    first = next < 0 ? nil : next
    state = Mutex(State(next: next, syncs: store.syncs, lastSent: now, lastAsked: now))
  }

  var isOver: Bool { state.withLock { $0.isOver } }

  /// Asks for the next piece; an empty one is the end.
  func next(_ take: @escaping @Sendable ([UInt8]) -> Void) {
    state.withLock { $0.take = take }
    give()
  }

  func look(_ store: LiveStore, _ era: String) {
    let now = Clock.monotonic()
    let (number, isDue) = state.withLock { state in
      let isDue = now - state.lastAsked > Self.second
      if isDue { state.lastAsked = now }
      return (state.next, isDue)
    }
    let (news, next) = store.arrivals(since: number, filter)
    var text: [UInt8] = []
    // Each with a number of its own: a client may go at any of them, and comes back with the last that it saw.
    func tell(_ kind: String, _ body: [UInt8], before next: Int) {
      text += Array("id: \(era)-\(next)\nevent: \(kind)\ndata: ".utf8) + body + Array("\n\n".utf8)
    }
    for piece in news ?? [] { tell(piece.kind, piece.body, before: piece.next) }
    if news == nil { tell("sync", Array(#"{"missed":true}"#.utf8), before: next) }
    let syncs = store.syncs
    let hasSynced = state.withLock { state in
      defer { state.syncs = syncs }
      return state.syncs.time != syncs.time || state.syncs.failures != syncs.failures
    }
    if hasSynced {
      let time = syncs.time.map { JSON.string($0.description) } ?? .null
      tell("sync", JSON.object([.init("last_sync", time)]).bytes, before: next)
    }
    let isOut = now >= end || (isDue && !isAllowed())
    state.withLock { state in
      state.next = next
      if text.isEmpty, now - state.lastSent > 15 * Self.second {
        text = Self.mark(era, next, "here")
      }
      if !text.isEmpty { state.lastSent = now }
      state.waiting += text
      if isOut || state.waiting.count > Self.mostWaiting { state.isOver = true }
    }
    give()
  }

  /// A comment, and where to go on from: who hears no news for long would otherwise not know.
  static func mark(_ era: String, _ next: Int?, _ comment: String) -> [UInt8] {
    Array(((next.map { "id: \(era)-\($0)\n" } ?? "") + ": \(comment)\n\n").utf8)
  }

  private func give() {
    let (take, bytes) = state.withLock { state -> ((@Sendable ([UInt8]) -> Void)?, [UInt8]) in
      guard let take = state.take, !state.waiting.isEmpty || state.isOver else { return (nil, []) }
      defer {
        state.take = nil
        state.waiting = []
      }
      return (take, state.waiting)
    }
    take?(bytes)
  }
}

extension Bridge {
  /// `GET /api/v1/events?where.KEY=VALUE&agent_id=…`, with `Last-Event-ID` from where a client left off.
  func events(_ request: Request) throws -> Outcome {
    let caller = try authorize(request, for: .read)
    let feed = feeds[ObjectIdentifier(caller.store)]!
    let filter = try ArrivalFilter(
      .object(try request.members(of: ArrivalFilter.fields)), now: caller.store.now)
    let last = request.header("last-event-id")?.split(separator: "-") ?? []
    // What another process counted says nothing here: something may have been missed.
    let known = last.count == 2 && last[0] == feed.era ? Int(last[1]) : nil
    let next = last.isEmpty ? nil : known ?? -1
    let follower = Follower(of: caller.store, next: next, filter) { [self] in
      (try? authorize(request, for: .read)) != nil
    }
    guard feed.add(follower) else {
      return .now(.error(503, "too many follow already", headers: [("Retry-After", "10")]))
    }
    var response = Response(
      status: 200, contentType: "text/event-stream",
      body: Follower.mark(feed.era, follower.first, "hello"),
      headers: [("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")])
    response.feed = { follower.next($0) }
    response.route = "/api/v1/events"
    response.caller = caller.name
    return .now(response)
  }
}
