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
  private var positions: [RecordID: Int] = [:]
  /// Numbers of sessions, in the order in which they were met.
  private var sessionNumbers: [SessionID: Int] = [:]
  /// The records of each session, ascending.
  private var recordsOfSession: [[Int32]] = []
  /// Corrected record to the newest one that corrects it.
  private var correctedBy: [Int: Int] = [:]

  var count: Int { source.memories.count }

  /// - Parameter memories: each once, in any order.
  init(_ memories: [Memory]) {
    source.memories.reserveCapacity(memories.count)
    for memory in memories { take(memory) }
    index = SearchIndex(source, count: memories.count, parts: 2) { count, body in
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
    for record in memories.indices { note(record) }
  }

  mutating func append(_ memory: Memory) {
    take(memory)
    index.append(from: source)
    note(count - 1)
    if index.isWorthRebuilding { self = SearchableMemories(source.memories) }
  }

  /// - Parameter sessions: those that the filter's conditions on metadata leave; nil for all.
  func search(_ query: RankedQuery, sessions: Set<SessionID>?) -> [RankedMemory] {
    var options = SearchOptions()
    options.limit = query.limit
    options.offset = query.offset
    options.explains = query.explains
    let hits = index.search(
      query.text, in: source, among: records(matching: query.filter, sessions), options: options,
      supersededBy: { correctedBy[$0] })
    return hits.map {
      RankedMemory(
        memory: source.memories[$0.record], score: $0.score, explanation: $0.explanation)
    }
  }

  private func records(matching filter: MemoryFilter, _ sessions: Set<SessionID>?) -> SearchFilter {
    if filter.isEmpty, sessions == nil { return .all }
    guard let sessions = sessions ?? filter.session.map({ [$0] }) else {
      return .records(source.memories.indices.filter { filter.matches(source.memories[$0]) })
    }
    // A customer's sessions are few, and their records are walked directly.
    let records = sessions.compactMap { sessionNumbers[$0] }.flatMap { recordsOfSession[$0] }
    return .records(records.map(Int.init).filter { filter.matches(source.memories[$0]) }.sorted())
  }

  private mutating func take(_ memory: Memory) {
    let number = memory.session.map { session in
      if let number = sessionNumbers[session] { return number }
      sessionNumbers[session] = recordsOfSession.count
      recordsOfSession.append([])
      return recordsOfSession.count - 1
    }
    if let number { recordsOfSession[number].append(Int32(source.memories.count)) }
    source.sessions.append(number)
    source.memories.append(memory)
  }

  private mutating func note(_ record: Int) {
    let memory = source.memories[record]
    positions[memory.id] = record
    guard memory.eventType == "correction", let parent = memory.parent.flatMap({ RecordID($0) }),
      let corrected = positions[parent]
    else { return }
    if let other = correctedBy[corrected], source.memories[other].id > memory.id { return }
    correctedBy[corrected] = record
  }

  private struct Source: SearchSource {
    var memories: [Memory] = []
    var sessions: [Int?] = []

    func document(_ record: Int) -> SearchDocument {
      let memory = memories[record]
      return SearchDocument(
        id: memory.id.ulid, session: sessions[record], agent: memory.agent, time: memory.time,
        importance: memory.importance)
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
