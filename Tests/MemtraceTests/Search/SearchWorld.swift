// Records to search in: written out in a test, or random but the same every time.

@testable import Memtrace

final class SearchWorld: SearchSource {
  struct Record: Sendable {
    var text: String
    var agent = "billing-agent"
    var session: Int? = 0
    var time: Int64 = 0
    var importance: Double?
  }

  let records: [Record]
  /// First records of the sessions.
  private let heads: [Int: Int]

  init(_ records: [Record]) {
    self.records = records
    let sessions = records.enumerated().compactMap { n, record in record.session.map { ($0, n) } }
    heads = Dictionary(sessions) { first, _ in first }
  }

  /// One session a group, a minute a record.
  convenience init(sessions: [[String]]) {
    var records: [Record] = []
    for (session, texts) in sessions.enumerated() {
      for text in texts {
        records.append(Record(text: text, session: session, time: Int64(records.count) * 60_000))
      }
    }
    self.init(records)
  }

  func document(_ record: Int) -> SearchDocument {
    let it = records[record]
    return SearchDocument(
      id: ULID(milliseconds: it.time, random: (0, UInt64(record))), agent: it.agent,
      time: Timestamp(milliseconds: it.time), importance: it.importance)
  }

  func session(of record: Int) -> Int? { records[record].session.flatMap { heads[$0] } }

  func appendText(of record: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: records[record].text.utf8)
  }

  /// What a query finds, best first.
  func found(
    _ query: String, among filter: SearchFilter = .all, options: SearchOptions = SearchOptions(),
    supersededBy: (Int) -> Int? = { _ in nil }
  ) -> [String] {
    SearchIndex(self, count: records.count)
      .search(query, in: self, among: filter, options: options, supersededBy: supersededBy)
      .map { records[$0.record].text }
  }

  // MARK: - Random worlds

  /// SplitMix64 (Steele, Lea, Flood 2014).
  struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A word of a language in which few words make up most of a text.
    mutating func word() -> String {
      let scale = [4, 20, 100, 1_000][below(4)]
      return "w\(Character(Unicode.Scalar(UInt8(97 + below(scale) % 26))))o\(below(scale))".filter {
        scale > 100 || !$0.isNumber
      }
    }

    mutating func text(upTo words: Int) -> String {
      (0...below(words)).map { _ in word() }.joined(separator: " ") + (below(5) == 0 ? "?" : ".")
    }
  }

  /// Sessions of very different sizes, records in any order, a tenth without a session.
  static func random(_ count: Int, seed: UInt64) -> SearchWorld {
    var random = Random(state: seed)
    let agents = ["billing-agent", "wao", "network-agent", "tv bot"]
    let sessions = max(1, count / 12)
    return SearchWorld(
      (0..<count).map { _ in
        let isBig = random.below(4) == 0
        return Record(
          text: random.text(upTo: random.below(20) == 0 ? 90 : 12), agent: agents[random.below(4)],
          session: random.below(10) == 0 ? nil : isBig ? 0 : 1 + random.below(sessions),
          time: 1_700_000_000_000 + Int64(random.below(5_000)) * 3_600_000,
          importance: random.below(2) == 0 ? nil : Double(random.below(11)) / 10)
      })
  }
}
