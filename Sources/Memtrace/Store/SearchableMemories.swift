// All memories of a repository with the index that ranks them.

internal import Dispatch

/// A memory that a query found.
public struct RankedMemory: Sendable {
  public let memory: Memory
  /// The larger the better; comparable within one answer only.
  public let score: Double
  /// Only if asked for.
  public let explanation: SearchExplanation?
}

/// A query's words and the memories among which it looks.
public struct RankedQuery: Sendable {
  public var text: String
  public var filter = MemoryFilter()
  public var limit = 50
  public var offset = 0
  public var explains = false

  public init(_ text: String) {
    self.text = text
  }
}

/// A value: a copy goes on answering while the original grows.
struct SearchableMemories: Sendable {
  private var source = Source()
  private var index = SearchIndex(Source(), count: 0)
  /// So many records from the first stand in the order of their ids; the places of the others are below.
  private var inOrder = 0
  private var outOfOrder: [RecordID: Int] = [:]

  var count: Int { source.memories.count }

  /// - Parameter memories: each once, in any order.
  init(_ memories: [Memory]) {
    source.memories = memories
    for record in memories.indices { source.sessions.note(record, memories) }
    index = SearchIndex(source, count: memories.count, parts: 2) { count, body in
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
    for record in memories.indices { note(record) }
  }

  mutating func append(_ memory: Memory) {
    source.memories.append(memory)
    source.sessions.note(count - 1, source.memories)
    index.append(from: source)
    note(count - 1)
    if index.isWorthRebuilding { self = SearchableMemories(source.memories) }
  }

  /// - Parameter sessions: each once, those that the filter's conditions on metadata leave; nil for all.
  func search(
    _ query: RankedQuery, sessions: [SessionID]?, standing: Standing
  ) -> [RankedMemory] {
    var options = SearchOptions()
    options.limit = query.limit
    options.offset = query.offset
    options.explains = query.explains
    let hits = index.search(
      query.text, in: source, among: allowed(by: query.filter, sessions), options: options,
      supersededBy: { record in
        guard case .corrected(let correction) = standing[source.memories[record].id] else {
          return nil
        }
        return place(of: correction)
      },
      isHidden: { query.filter.standsOnly && !standing.stands(source.memories[$0].id) })
    return hits.map {
      RankedMemory(
        memory: source.memories[$0.record], score: $0.score, explanation: $0.explanation)
    }
  }

  private func allowed(by filter: MemoryFilter, _ sessions: [SessionID]?) -> SearchFilter {
    if filter.isEmpty, sessions == nil { return .all }
    guard let sessions = sessions ?? filter.session.map({ [$0] }) else {
      return .records(
        source.memories.indices.filter { filter.isWanted() && filter.matches(source.memories[$0]) })
    }
    // A customer's sessions are few, and their records are looked at directly.
    let heads = sessions.compactMap { source.sessions.head(of: $0, source.memories) }
    if filter.isOnlyOfSessions { return .sessions(heads) }
    let records = heads.lazy.flatMap(index.places(ofSession:)).map(index.record(at:))
    return .records(records.filter { filter.matches(source.memories[$0]) }.sorted())
  }

  private mutating func note(_ record: Int) {
    let memory = source.memories[record]
    if inOrder == record, record == 0 || source.memories[record - 1].id < memory.id {
      inOrder += 1
    } else {
      outOfOrder[memory.id] = record
    }
  }

  private func place(of id: RecordID) -> Int? {
    let place = source.memories[..<inOrder].firstPlace { $0.id >= id }
    return place < inOrder && source.memories[place].id == id ? place : outOfOrder[id]
  }

  private struct Source: SearchSource {
    var memories: [Memory] = []
    var sessions = SessionHeads()

    func document(_ record: Int) -> SearchDocument {
      let memory = memories[record]
      return SearchDocument(
        id: memory.id.ulid, agent: memory.agent, time: memory.time,
        importance: memory.importance)
    }

    func session(of record: Int) -> Int? {
      memories[record].session.flatMap { sessions.head(of: $0, memories) }
    }

    func appendText(of record: Int, to bytes: inout [UInt8]) {
      bytes += memories[record].content.utf8
      if let reasoning = memories[record].reasoning {
        bytes.append(UInt8(ascii: "\n"))
        bytes += reasoning.utf8
      }
    }
  }
}
