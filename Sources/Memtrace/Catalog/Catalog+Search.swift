// Ranked search over segments and overlay alike.

internal import Synchronization

extension Catalog {
  /// The index of some segments; the overlay's records come in as they are written.
  struct SearchState {
    fileprivate var index: SearchIndex?
    fileprivate var source: CatalogSource?
    fileprivate var epoch = -1
    fileprivate var removals = 0
    /// What of each segment was taken out.
    fileprivate var retired: [(sessions: Bits, files: Bits)] = []
  }

  /// The memories that answer a query best, best first.
  func ranked(_ query: RankedQuery) throws -> [RankedMemory] {
    try fresh {
      // One search at a time; writers only leave what they wrote in a list.
      try search.withLock { search in
        bring(&search)
        guard let index = search.index, let source = search.source else { return [] }
        return try answer(query, index, source)
      }
    }
  }

  private func bring(_ search: inout SearchState) {
    let (views, epoch, news) = look { held in
      let isKnown = search.index != nil && search.epoch == held.epoch
      return (
        held.views, held.epoch,
        held.overlay.takeUnindexed(since: isKnown ? search.removals : nil)
      )
    }
    if let all = news.all {
      search.index = SearchIndex(views.map(\.segment))
      search.source = CatalogSource(self, views)
      search.retired = views.map { _ in (Bits(), Bits()) }
      (search.epoch, search.removals) = (epoch, all.removals)
      retire(views, from: &search)
      add(all.list.memories, to: &search)
    } else {
      retire(views, from: &search)
    }
    add(news.added, to: &search)
  }

  /// Takes out what does not count any more.
  private func retire(_ views: [SegmentView], from search: inout SearchState) {
    var first = 0
    for (i, view) in views.enumerated() {
      let known = search.retired[i]
      if view.deadSessions.count != known.sessions.count {
        for session in view.deadSessions.numbers where !known.sessions.contains(session) {
          if let record = view.segment.records(ofSession: session).first {
            search.index?.retire(first + Int(record))
          }
        }
      }
      if view.deadFiles.count != known.files.count {
        for file in view.deadFiles.numbers where !known.files.contains(file) {
          for record in view.segment.records(ofFile: file) {
            search.index?.retire(first + Int(record))
          }
        }
      }
      search.retired[i] = (view.deadSessions, view.deadFiles)
      first += view.segment.recordCount
    }
    search.source?.views = views
  }

  private func add(_ memories: [Memory], to search: inout SearchState) {
    for memory in memories {
      search.source?.append(memory)
      guard let source = search.source else { return }
      search.index?.append(from: source)
    }
  }

  private func answer(
    _ query: RankedQuery, _ index: SearchIndex, _ source: CatalogSource
  ) throws -> [RankedMemory] {
    var options = SearchOptions()
    options.limit = query.limit
    options.offset = query.offset
    options.explains = query.explains
    options.isOfOneCustomer = query.isAboutOneCustomer
    let allowed = try allowed(by: query.filter, source)
    let judge = Judge(source)
    let hits = index.search(
      query.text, in: source, among: allowed, options: options, foreseeing: judge.foresee,
      supersededBy: { record in
        guard case .corrected(let correction) = judge[record] else { return nil }
        return source.number(correction)
      },
      isHidden: { query.filter.standsOnly && judge[$0] != .stands })
    try source.check()
    let places = hits.map { source.place($0.record) }
    return zip(hits, try load(places)).map {
      RankedMemory(memory: $1, score: $0.score, explanation: $0.explanation)
    }
  }

  private func allowed(by filter: MemoryFilter, _ source: CatalogSource) throws -> SearchFilter {
    if filter.isEmpty { return .all }
    if filter.isOnlyOfSessions {
      return .sessions(try ids(where: filter.sessionMetadata).compactMap(source.head(of:)))
    }
    var places: [Place] = []
    try visit(filter, descending: false) {
      places.append($0)
      return true
    }
    if filter.contains != nil {
      places = zip(places, try load(places)).filter { filter.matches($0.1) }.map(\.0)
    }
    return .records(places.compactMap(source.number).sorted())
  }
}

/// The records of all segments, numbered on from one to the next, and then those of the overlay as they came.
struct CatalogSource: SearchSource, @unchecked Sendable {
  private let catalog: Catalog
  fileprivate(set) var views: [SegmentView]
  private let starts: [Int]
  /// The first number of the overlay's.
  private let end: Int
  private var added: [Memory] = []
  private var numbers: [RecordID: Int] = [:]
  private var heads: [SessionID: Int] = [:]
  private let failure = Failure()

  /// The index asks without being able to hear a no.
  private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }

  init(_ catalog: Catalog, _ views: [SegmentView]) {
    self.catalog = catalog
    self.views = views
    var starts: [Int] = []
    var end = 0
    for view in views {
      starts.append(end)
      end += view.segment.recordCount
    }
    (self.starts, self.end) = (starts, end)
  }

  mutating func append(_ memory: Memory) {
    let number = end + added.count
    numbers[memory.id] = number
    if let session = memory.session, heads[session] == nil { heads[session] = number }
    added.append(memory)
  }

  /// - Throws: what stood in the way of an answer.
  func check() throws {
    if let error = failure.error.withLock({ $0 }) {
      failure.error.withLock { $0 = nil }
      throw error
    }
  }

  private func trying<Value>(_ other: Value, _ body: () throws -> Value) -> Value {
    do {
      return try body()
    } catch {
      failure.error.withLock { $0 = $0 ?? error }
      return other
    }
  }

  private func row(_ record: Int) -> (view: SegmentView, start: Int, row: Int)? {
    guard record < end else { return nil }
    let place = starts.firstPlace { $0 > record } - 1
    return (views[place], starts[place], record - starts[place])
  }

  func place(_ record: Int) -> Catalog.Place {
    guard let (view, _, row) = row(record) else { return .memory(added[record - end]) }
    return .row(view, row)
  }

  func number(_ place: Catalog.Place) -> Int? {
    switch place {
    case .memory(let memory): numbers[memory.id]
    case .row(let view, let row):
      views.firstIndex { $0.segment === view.segment }.map { starts[$0] + row }
    }
  }

  func number(_ id: RecordID) -> Int? {
    if let number = numbers[id] { return number }
    for (view, start) in zip(views, starts).reversed() {
      if let row = view.record(id) { return start + row }
    }
    return nil
  }

  /// The number of a session's first record; nil where it has none.
  func head(of id: SessionID) -> Int? {
    if let head = heads[id] { return head }
    for (view, start) in zip(views, starts).reversed() {
      guard let session = view.session(id) else { continue }
      return view.segment.records(ofSession: session).first.map { start + Int($0) }
    }
    return nil
  }

  func document(_ record: Int) -> SearchDocument {
    guard let (view, _, row) = row(record) else {
      let memory = added[record - end]
      return SearchDocument(
        id: memory.id.ulid, agent: memory.agent, time: memory.time, importance: memory.importance)
    }
    let segment = view.segment
    return SearchDocument(
      id: segment.recordID[row], agent: segment.agentID(Int(segment.recordAgent[row])),
      time: Timestamp(milliseconds: segment.recordTime[row]), importance: segment.importance(row))
  }

  func session(of record: Int) -> Int? {
    guard let (view, start, row) = row(record) else {
      return added[record - end].session.flatMap { heads[$0] }
    }
    let session = view.segment.recordSession[row]
    guard session != Segment.noSession else { return nil }
    return view.segment.records(ofSession: Int(session)).first.map { start + Int($0) }
  }

  func appendText(of record: Int, to bytes: inout [UInt8]) {
    if let (view, _, row) = row(record) { return bytes.append(contentsOf: view.segment.said(row)) }
    let memory = added[record - end]
    bytes += memory.content.utf8
    if let reasoning = memory.reasoning {
      bytes.append(UInt8(ascii: "\n"))
      bytes += reasoning.utf8
    }
  }

  func newest(_ most: Int, of count: Int) -> [Int] {
    var found: [Int] = []
    trying(
      (),
      {
        try catalog.visit(MemoryFilter(), descending: true) { place in
          if let number = number(place) { found.append(number) }
          return found.count < most
        }
      })
    return found.reversed()
  }

  /// Those of these records that may not stand.
  func disputable(_ records: [Int]) -> [Int] {
    trying([]) { try catalog.disputable(records.map(place)).compactMap(number) }
  }

  /// Whether a disputable record stands.
  func state(of record: Int) -> RecordState {
    trying(.stands) {
      guard let memory = try catalog.load([place(record)]).first else { return .stands }
      return try catalog.standing(of: [memory])[memory.id]
    }
  }
}

/// Says of records whether they stand, and of each once.
private final class Judge {
  private let source: CatalogSource
  private var known: [Int: RecordState] = [:]
  /// What was looked at; where nobody has a say in it, it is not in `known`.
  private var seen: Set<Int> = []

  init(_ source: CatalogSource) { self.source = source }

  /// Looks at many together, which is quicker than at each.
  func foresee(_ records: [Int]) {
    seen.formUnion(records)
    for record in source.disputable(records) where known[record] == nil {
      known[record] = source.state(of: record)
    }
  }

  subscript(record: Int) -> RecordState {
    if !seen.contains(record) { foresee([record]) }
    return known[record] ?? .stands
  }
}
