// Closed sessions of an earlier month, as lines of an export that an import restores file by file.

import Testing

@testable import Memtrace

struct OldSessions {
  private var random: SplitMix
  private(set) var sessions: [String] = []
  /// Memories and decisions.
  private(set) var records: [String] = []
  private let replica: String

  init(seed: UInt64 = 1, replica: String = "k3v9x2aq") {
    random = SplitMix(seed: seed)
    self.replica = replica
  }

  /// Each is a quarter of an hour after the one before, with three memories and a decision in three files.
  mutating func lines(
    _ count: Int, from start: String = "2026-01-03T10:00:00Z", say: String = "said",
    isClosed: (Int) -> Bool = { _ in true }
  ) -> String {
    let start = Timestamp(rfc3339: start)!.milliseconds
    var text = ""
    for number in 0..<count {
      let time = start + Int64(number) * 900_000
      let session = SessionID.own(ulid(time))
      sessions.append(session.description)
      text += event(session, time, .opened(metadata: Self.metadata(number), source: nil))
      for step in 1...3 {
        let content = "Customer \(number) \(say) \(step), error E-\(number)"
        text += memory(session, time + Int64(step), .episodic, content)
      }
      text += memory(session, time + 5, .decision, "Refund \(number)")
      if isClosed(number) { text += event(session, time + 9, .closed) }
    }
    return text
  }

  private static func metadata(_ number: Int) -> [JSON.Member] {
    [.init("customer_id", .string("c\(number % 7)")), .init("number", .string("n\(number)"))]
  }

  private mutating func ulid(_ time: Int64) -> ULID {
    ULID(milliseconds: time, random: (UInt16(truncatingIfNeeded: random.next()), random.next()))
  }

  private mutating func event(_ session: SessionID, _ time: Int64, _ change: Event.Change) -> String
  {
    var bytes: [UInt8] = []
    Event(
      id: RecordID(.event, ulid(time)), time: Timestamp(milliseconds: time),
      subject: .session(session), agent: "ana", change: change
    ).appendLine(to: &bytes)
    return exported(bytes)
  }

  private mutating func memory(
    _ session: SessionID, _ time: Int64, _ kind: Memory.Kind, _ content: String
  ) -> String {
    let id = RecordID(kind == .decision ? .decision : .memory, ulid(time))
    records.append(id.description)
    let more =
      kind == .decision
      ? "\"decision\":\"\(content)\",\"reasoning\":\"Billed twice\""
      : "\"content\":\"\(content)\",\"dedup_key\":\"k\(time)\""
    let stamp = "\"time\":\"\(Timestamp(milliseconds: time))\",\"agent_id\":\"ana\""
    return exported(
      Array("{\(stamp),\(more),\"session_id\":\"\(session)\",\"id\":\"\(id)\"}\n".utf8))
  }

  private func exported(_ line: [UInt8]) -> String {
    String(decoding: line.dropLast(2), as: UTF8.self) + ",\"replica\":\"\(replica)\"}\n"
  }
}

extension Clone {
  func take(_ lines: String) throws {
    let file = world.folder + "/lines.jsonl"
    try write(lines, to: file)
    try done("import", file)
  }

  /// The archives in HEAD.
  func archives() throws -> [String] {
    try git("ls-files", "sessions").split(separator: "\n").map(String.init)
      .filter { $0.contains("/archive.") }
  }

  /// The files of sessions in HEAD that are no archives.
  func loose() throws -> [String] {
    try git("ls-files", "sessions").split(separator: "\n").map(String.init)
      .filter { !$0.contains("/archive.") }
  }
}
