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
  /// Numbers of sessions, in the order in which they were met.
  private var sessionNumbers: [SessionID: Int32] = [:]
  /// The last record of each session, and of each record the one before it in its session; less than 0 for none.
  private var lastOfSession: [Int32] = []
  private var before: [Int32] = []
  /// Corrected record to the newest one that corrects it.
  private var correctedBy: [Int: Int] = [:]

  var count: Int { source.memories.count }

  /// - Parameter memories: each once, in any order.
  init(_ memories: [Memory]) {
    source.memories.reserveCapacity(memories.count)
    source.sessions.reserveCapacity(memories.count)
    before.reserveCapacity(memories.count)
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

  /// - Parameter sessions: each once, those that the filter's conditions on metadata leave; nil for all.
  func search(_ query: RankedQuery, sessions: [SessionID]?) -> [RankedMemory] {
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

  private func records(matching filter: MemoryFilter, _ sessions: [SessionID]?) -> SearchFilter {
    if filter.isEmpty, sessions == nil { return .all }
    guard let sessions = sessions ?? filter.session.map({ [$0] }) else {
      return .records(source.memories.indices.filter { filter.matches(source.memories[$0]) })
    }
    // A customer's sessions are few, and their records are walked directly.
    var records = sessions.compactMap { sessionNumbers[$0] }.flatMap(records(ofSession:))
    if !filter.isOnlyOfSessions { records.removeAll { !filter.matches(source.memories[$0]) } }
    return .records(records.sorted())
  }

  private func records(ofSession number: Int32) -> [Int] {
    var records: [Int] = []
    var record = lastOfSession[Int(number)]
    while record >= 0 {
      records.append(Int(record))
      record = before[Int(record)]
    }
    return records
  }

  private mutating func take(_ memory: Memory) {
    let record = Int32(source.memories.count)
    let number = memory.session.map { session in
      if let number = sessionNumbers[session] { return Int(number) }
      sessionNumbers[session] = Int32(lastOfSession.count)
      lastOfSession.append(-1)
      return lastOfSession.count - 1
    }
    before.append(number.map { lastOfSession[$0] } ?? -1)
    if let number { lastOfSession[number] = record }
    source.sessions.append(number.map(Int32.init) ?? -1)
    source.memories.append(memory)
  }

  private mutating func note(_ record: Int) {
    let memory = source.memories[record]
    if inOrder == record, record == 0 || source.memories[record - 1].id < memory.id {
      inOrder += 1
    } else {
      outOfOrder[memory.id] = record
    }
    guard memory.eventType == "correction", let parent = memory.parent.flatMap({ RecordID($0) }),
      let corrected = place(of: parent)
    else { return }
    if let other = correctedBy[corrected], source.memories[other].id > memory.id { return }
    correctedBy[corrected] = record
  }

  private func place(of id: RecordID) -> Int? {
    let place = source.memories[..<inOrder].firstPlace { $0.id >= id }
    return place < inOrder && source.memories[place].id == id ? place : outOfOrder[id]
  }

  private struct Source: SearchSource {
    var memories: [Memory] = []
    /// Less than 0 for none.
    var sessions: [Int32] = []

    func document(_ record: Int) -> SearchDocument {
      let memory = memories[record]
      return SearchDocument(
        id: memory.id.ulid, session: sessions[record] < 0 ? nil : Int(sessions[record]),
        agent: memory.agent, time: memory.time, importance: memory.importance)
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
