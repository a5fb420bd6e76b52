// Which rows of a segment a filter of memories may mean, told without reading a line, and a walk over them.

/// A filter in the numbers of one segment.
struct RowMatch {
  private let segment: Segment
  private let filter: MemoryFilter
  private let agent: UInt32?
  private let eventTypes: Set<UInt32>
  private let tagLists: [Bool]

  /// Nil where nothing in the segment can match.
  init?(_ view: SegmentView, _ filter: MemoryFilter) {
    segment = view.segment
    self.filter = filter
    let segment = view.segment
    agent = filter.agent.flatMap { segment.agent($0) }.map { UInt32($0) }
    if filter.agent != nil, agent == nil { return nil }
    eventTypes = Set(
      segment.eventTypes.indices.filter { i in
        filter.eventTypes.contains { $0.isExactly(segment.eventTypes[i]) }
      }.map { UInt32($0) })
    if !filter.eventTypes.isEmpty, eventTypes.isEmpty { return nil }
    tagLists =
      filter.tags.isEmpty
      ? []
      : segment.tagLists.map { list in
        filter.tags.allSatisfy { tag in list.contains { $0.isExactly(tag) } }
      }
  }

  @inline(__always)
  func matches(_ record: Int) -> Bool {
    if let agent, segment.recordAgent[record] != agent { return false }
    if !filter.kinds.isEmpty, !filter.kinds.contains(segment.recordKinds[record].memory) {
      return false
    }
    if !eventTypes.isEmpty, !eventTypes.contains(segment.recordEventType[record]) { return false }
    if !tagLists.isEmpty, !tagLists[Int(segment.recordTags[record])] { return false }
    if let least = filter.minImportance, !(segment.recordImportance[record] >= least) {
      return false
    }
    let time = segment.recordID[record].milliseconds
    if let since = filter.since, time < since.milliseconds { return false }
    if let until = filter.until, time >= until.milliseconds { return false }
    return true
  }
}

/// The rows of one segment that match, one after another.
struct RowRun {
  private let view: SegmentView
  private let match: RowMatch?
  private let isMeant: (RecordKinds) -> Bool
  private let step: Int
  private let bounds: Range<Int>
  private var at: Int
  private(set) var next: RecordID?

  init(
    _ view: SegmentView, _ filter: MemoryFilter, _ isMeant: @escaping (RecordKinds) -> Bool,
    isDescending: Bool
  ) {
    self.view = view
    self.isMeant = isMeant
    match = RowMatch(view, filter)
    step = isDescending ? -1 : 1
    let first = filter.since.map { view.segment.firstRecord(since: $0.milliseconds) } ?? 0
    let end =
      filter.until.map { view.segment.firstRecord(since: $0.milliseconds) }
      ?? view.segment.recordCount
    bounds = match == nil || end <= first ? 0..<0 : first..<end
    at = isDescending ? bounds.upperBound - 1 : bounds.lowerBound
    find()
  }

  private mutating func find() {
    guard let match else { return }
    while bounds.contains(at) {
      if isMeant(view.segment.recordKinds[at]), match.matches(at), view.isLive(at) {
        next = view.segment.id(at)
        return
      }
      at += step
    }
    next = nil
  }

  mutating func take() -> Catalog.Place {
    defer {
      at += step
      find()
    }
    return .row(view, at)
  }
}
