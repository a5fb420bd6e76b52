// Which memories a list or a search asks for.

/// Every condition that is set must hold.
public struct MemoryFilter: Sendable {
  public var agent: String?
  public var session: SessionID?
  public var kinds: [Memory.Kind] = []
  public var eventTypes: Set<String> = []
  /// A record has all of them.
  public var tags: [String] = []
  /// Case does not matter; content or reasoning.
  public var contains: Needle?
  /// Bounds on the time in the id, the first inclusive, the second not.
  public var since: Timestamp?
  public var until: Timestamp?
  public var minImportance: Double?
  /// Only records that count (`Standing`): what lists and searches show unless they are asked for all.
  public var standsOnly = false
  /// Conditions on the metadata of the record's session.
  public var sessionMetadata: [JSON.Member] = []
  /// False once nobody waits for what is found any more: whoever looks through many may stop.
  public var isWanted: @Sendable () -> Bool = { true }

  public init() {}

  /// Whether it is about sessions and agents alone: their events meet it too.
  var isOfPlaces: Bool {
    var rest = self
    (rest.agent, rest.session) = (nil, nil)
    return rest.isOnlyOfSessions
  }

  /// Whether every memory of the sessions matches.
  var isOnlyOfSessions: Bool {
    agent == nil && session == nil && kinds.isEmpty && eventTypes.isEmpty && tags.isEmpty
      && contains == nil && since == nil && until == nil && minImportance == nil
  }

  /// Whether every memory matches.
  var isEmpty: Bool { isOnlyOfSessions && sessionMetadata.isEmpty }

  /// All but `sessionMetadata`, which the session answers, and `standsOnly`, which other records do.
  func matches(_ memory: Memory) -> Bool {
    let time = memory.id.ulid.milliseconds
    if let agent, !memory.agent.isExactly(agent) { return false }
    if let session, memory.session != session { return false }
    if !kinds.isEmpty, !kinds.contains(memory.kind) { return false }
    if !eventTypes.isEmpty, !eventTypes.contains(where: memory.eventType.isExactly) {
      return false
    }
    if let since, time < since.milliseconds { return false }
    if let until, time >= until.milliseconds { return false }
    if let minImportance, (memory.importance ?? -1) < minImportance { return false }
    if !tags.allSatisfy({ memory.tags.contains(where: $0.isExactly) }) { return false }
    guard let contains else { return true }
    return contains.isIn(memory.content) || memory.reasoning.map(contains.isIn) == true
  }

  /// Every key is there with an equal value: a scalar matches where its JSON text without quotes is equal,
  /// addresses and telephone numbers where they are the same one (`IdentityForm`).
  static func matches(_ conditions: [JSON.Member], _ metadata: [JSON.Member]) -> Bool {
    conditions.allSatisfy { condition in
      guard let value = metadata.first(where: { $0.isNamed(condition.key) })?.value else {
        return false
      }
      if let wanted = condition.value.scalarText, let found = value.scalarText {
        return wanted.isExactly(found)
          || IdentityForm.of(condition.key, wanted) == IdentityForm.of(condition.key, found)
      }
      return value == condition.value
    }
  }
}

/// Newest first or oldest first, in id order.
public enum Order: String, CaseIterable, Sendable {
  case ascending = "asc"
  case descending = "desc"
}

/// Part of a list, and whether more follows.
public struct Page<Item: Sendable>: Sendable {
  public let items: [Item]
  public let hasMore: Bool

  /// - Parameter items: in ascending order.
  init(of items: [Item], order: Order, limit: Int, offset: Int) {
    let ordered = order == .ascending ? items : items.reversed()
    let start = min(offset, ordered.count)
    let end = start + min(limit, ordered.count - start)
    self.items = Array(ordered[start..<end])
    hasMore = end < ordered.count
  }

  init(items: [Item], hasMore: Bool) {
    self.items = items
    self.hasMore = hasMore
  }
}
