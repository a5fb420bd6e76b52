// What search asks of the records, and how it is asked.

/// What ranking knows of a record beside its text.
public struct SearchDocument: Sendable {
  /// Order inside a session, and between equal scores.
  public let id: ULID
  public let agent: String
  public let time: Timestamp
  /// 0…1
  public let importance: Double?

  public init(id: ULID, agent: String, time: Timestamp, importance: Double? = nil) {
    self.id = id
    self.agent = agent
    self.time = time
    self.importance = importance
  }
}

/// The records behind an index. A record's number never changes while an index of it lives; new ones come after.
public protocol SearchSource: Sendable {
  func document(_ record: Int) -> SearchDocument
  /// The session, by the number of its first record; nil for a record without one, which has no neighbours.
  func session(of record: Int) -> Int?
  /// Appends what can be found of the record: its content; of a decision, decision and reasoning.
  func appendText(of record: Int, to bytes: inout [UInt8])
  /// So many records at most, of `count`: those with the greatest ids.
  func newest(_ most: Int, of count: Int) -> [Int]
}

extension SearchSource {
  /// Where the numbers follow the ids.
  public func newest(_ most: Int, of count: Int) -> [Int] { Array((0..<count).suffix(most)) }
}

/// Which records may be found.
public enum SearchFilter: Sendable {
  case all
  /// Record numbers, ascending, each once.
  case records([Int])
  /// All records of sessions, which go by the numbers of their first records; each once.
  case sessions([Int])

  var isAll: Bool { if case .all = self { true } else { false } }

  func allows(_ record: Int, of count: Int, in source: any SearchSource) -> Bool {
    switch self {
    case .all: return record < count
    case .sessions(let sessions):
      return record < count && source.session(of: record).map(sessions.contains) ?? false
    case .records(let records):
      var (low, high) = (0, records.count)
      while low < high {
        let middle = (low + high) / 2
        if records[middle] < record { low = middle + 1 } else { high = middle }
      }
      return low < records.count && records[low] == record
    }
  }
}

public struct SearchOptions: Sendable {
  /// Most results, at least 0.
  public var limit = 50
  /// Results left out before the first.
  public var offset = 0
  /// Whether an important record goes before an equal one.
  public var usesImportance = true
  /// Whether a younger record goes before an equal one.
  public var usesRecency = true
  /// Whether each hit says how its score came about.
  public var explains = false
  /// Whether all that the filter allows is about one customer; else two records are of one thing only in one session.
  public var isOfOneCustomer = false
  /// What weighs how much.
  public var recipe = SearchRecipe()
  /// Whether blocks that cannot reach the best are skipped; the result is the same.
  public var prunes = true

  public init() {}
}

public struct SearchHit: Sendable {
  public let record: Int
  public let score: Double
  /// Only if asked for.
  public let explanation: SearchExplanation?
}

/// The parts of a score: the sum of the first four times the product of the factors.
public struct SearchExplanation: Sendable, Equatable {
  public struct Term: Sendable, Equatable {
    public let text: String
    /// Its inverse document frequency, 0.7 of the repository and 0.3 of the filter.
    public let idf: Double
    /// How often it occurs, neighbours' occurrences at their weight.
    public let frequency: Double
  }

  public struct Factor: Sendable, Equatable {
    public let name: String
    public let value: Double
  }

  /// Query terms that the record or its neighbours have.
  public var terms: [Term] = []
  public var words = 0.0
  public var trigrams = 0.0
  public var feedback = 0.0
  public var session = 0.0
  /// The factors other than 1.
  public var factors: [Factor] = []
}
