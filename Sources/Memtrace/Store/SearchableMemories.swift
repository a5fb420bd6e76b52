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
  private var source: Source
  private var index: SearchIndex
  private var positions: [RecordID: Int] = [:]
  private var sessionNumbers: [SessionID: Int] = [:]
  /// Corrected record to the newest one that corrects it.
  private var correctedBy: [Int: Int] = [:]

  var count: Int { source.memories.count }

  /// - Parameter memories: each once, in any order.
  init(_ memories: [Memory]) {
    source = Source()
    source.memories.reserveCapacity(memories.count)
    for memory in memories {
      source.sessions.append(Self.number(of: memory.session, in: &sessionNumbers))
      source.memories.append(memory)
    }
    index = SearchIndex(source, count: memories.count, parts: 2) { count, body in
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
    for record in memories.indices { note(record) }
  }

  mutating func append(_ memory: Memory) {
    source.sessions.append(Self.number(of: memory.session, in: &sessionNumbers))
    source.memories.append(memory)
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
    return .records(
      source.memories.indices.filter { record in
        let memory = source.memories[record]
        if let sessions, memory.session.map(sessions.contains) != true { return false }
        return filter.matches(memory)
      })
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

  private static func number(of session: SessionID?, in numbers: inout [SessionID: Int]) -> Int? {
    guard let session else { return nil }
    if let number = numbers[session] { return number }
    numbers[session] = numbers.count
    return numbers.count - 1
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
