// What a segment knows of its rows does not depend on how it came to be.

import System
import Testing

@testable import Memtrace

@Suite struct SegmentTests {
  /// Lines of a session that opens an issue and resolves it.
  private func lines(_ session: SessionID, at time: Int64) -> [[UInt8]] {
    ["issue", "resolved"].enumerated().map { n, tag in
      let memory = Memory(
        id: RecordID(.memory, ULID(milliseconds: time + Int64(n), random: (0, 0))),
        time: Timestamp(milliseconds: time), agent: "tv-support", session: session,
        kind: .episodic, eventType: "general", content: tag, reasoning: nil,
        tags: [tag, "router"], importance: nil, metadata: nil, dedupKey: nil, parent: nil)
      var line: [UInt8] = []
      memory.appendLine(to: &line)
      return line
    }
  }

  private let sessions = (0..<20).map {
    SessionID.own(ULID(milliseconds: 1_780_000_000_000 + Int64($0) * 1_000, random: (0, 0)))
  }

  private func openRows(_ builder: consuming SegmentBuilder) -> (open: Int, closed: Int) {
    let segment = Segment("", SegmentBytes(builder.build()))
    let rows = (0..<segment.recordCount).map { segment.recordKinds[$0] }.filter(\.mayBeOpen)
    return (rows.count, rows.filter(\.isClosedWithin).count)
  }

  @Test(arguments: [false, true])
  func `what a session closes by itself is known, however it was named before`(isReversed: Bool) {
    var builder = SegmentBuilder()
    for id in isReversed ? sessions.reversed() : sessions { builder.own(.session(id)) }
    for (n, id) in sessions.enumerated() {
      let lines = lines(id, at: 1_790_000_000_000 + Int64(n) * 1_000)
      builder.add("sessions/\(n)", .absent, lines.flatMap { $0 })
    }
    #expect(openRows(builder) == (20, 20))
  }

  @Test func `what comes in pieces is judged when it is asked for`() {
    var builder = SegmentBuilder()
    let first = lines(sessions[0], at: 1_790_000_000_000)
    let second = lines(sessions[1], at: 1_790_000_001_000)
    builder.add("a", .absent, first[0])
    builder.add("b", .absent, second.flatMap { $0 })
    builder.add("c", .absent, first[1])
    #expect(openRows(builder) == (2, 1))
  }
}
