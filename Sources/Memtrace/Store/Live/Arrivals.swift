// What was added last, in the order in which it came: for those who follow it.

internal import Synchronization

/// The newest of what came since the start; each has a number.
struct Arrivals: Sendable {
  private var items: [Record] = []
  /// The number of what comes next.
  private(set) var next = 0
  /// What is read at the start is no news.
  var isOn = false
  private static let most = 2_048

  mutating func add(_ record: Record) {
    guard isOn else { return }
    items.append(record)
    next += 1
    if items.count > Self.most { items.removeFirst(Self.most / 2) }
  }

  /// Everything was read anew: whoever follows has missed something.
  mutating func skip() {
    next += 1
    items = []
  }

  /// - Returns: nil where some of it is no longer held.
  func since(_ number: Int) -> ArraySlice<Record>? {
    let first = next - items.count
    guard (first...next).contains(number) else { return nil }
    return items[(number - first)...]
  }
}

/// One piece of news for those who follow a repository.
public struct Arrival: Sendable {
  /// `record` or `review`.
  public let kind: String
  /// The contract's JSON.
  public let body: [UInt8]
  /// The number of what comes after it.
  public fileprivate(set) var next = 0
}

/// Which news somebody wants.
public struct ArrivalFilter: Sendable {
  public static let fields: [Field] = [.sessionMetadata, .agent]

  /// On the metadata of the session that it belongs to.
  fileprivate let conditions: [JSON.Member]
  /// Who recorded it, or what a review is about.
  fileprivate let agent: String?

  /// - Throws: `invalid` with every fault.
  public init(_ json: JSON, now: Timestamp) throws {
    var input = Input(json, of: Self.fields, now: now)
    conditions = input.conditions()
    agent = input.agent()?.id
    try input.finish()
  }
}

extension LiveStore {
  /// The number of what comes next.
  public var nextArrival: Int { catalog.look(\.arrivals.next) }

  /// What came since a number that an earlier call gave.
  /// - Returns: nil news where some of it was missed.
  public func arrivals(
    since number: Int, _ filter: ArrivalFilter
  ) -> (news: [Arrival]?, next: Int) {
    let arrivals = catalog.look(\.arrivals)
    guard let items = arrivals.since(number) else { return (nil, arrivals.next) }
    do {
      let news = try zip(number..., items).compactMap { place, record -> Arrival? in
        var arrival = try arrival(record, filter.conditions, filter.agent)
        arrival?.next = place + 1
        return arrival
      }
      return (news, arrivals.next)
    } catch {
      // What they are cannot be read now: the follower hears that it missed something, and looks for itself.
      return (nil, arrivals.next)
    }
  }

  /// - Returns: nil for what is not asked for, and for what is erased or taken out since it came.
  private func arrival(_ record: Record, _ conditions: [JSON.Member], _ agent: String?) throws
    -> Arrival?
  {
    if catalog.look(\.erasures).cover(record) { return nil }
    var json = JSONWriter()
    switch record {
    case .memory(let memory):
      guard agent.map({ memory.agent.isExactly($0) }) ?? true, try isOf(conditions, memory.session),
        try catalog.memory(memory.id) != nil
      else { return nil }
      memory.write(
        to: &json, organisation: organisation,
        try catalog.standing(of: [memory])[memory.id])
      return Arrival(kind: "record", body: json.bytes)
    case .review(let review):
      guard try isOf(conditions, review.session) else { return nil }
      if let agent {
        guard try catalog.memory(review.record)?.agent.isExactly(agent) == true else { return nil }
      }
      review.write(to: &json)
      return Arrival(kind: "review", body: json.bytes)
    case .event, .unknown, .invalid: return nil
    }
  }

  private func isOf(_ conditions: [JSON.Member], _ session: SessionID?) throws -> Bool {
    if conditions.isEmpty { return true }
    guard let metadata = try session.flatMap({ try catalog.standing(of: $0) })?.session.metadata
    else { return false }
    return MemoryFilter.matches(conditions, metadata)
  }

  /// When a sync last succeeded, and how many have failed since.
  public var syncs: (time: Timestamp?, failures: Int) { lastSync.withLock { $0 } }
}
