// The first record of a session is found by the session's id, however many sessions there are.

import Testing

@testable import Memtrace

@Suite struct SessionHeadsTests {
  @Test(arguments: [0, 1, 9, 2_000])
  func `every session leads to its first record, no other one to any`(sessions: Int) {
    func id(_ number: Int) -> SessionID {
      number % 2 == 0
        ? .own(ULID(milliseconds: 1_700_000_000_000 + Int64(number), random: (0, 0)))
        : .foreign("call-\(number)")
    }
    // Three rounds over all sessions, after each record one without a session.
    let memories = (0..<sessions * 6).map { record in
      let ulid = ULID(milliseconds: 1_700_000_000_000 + Int64(record), random: (1, 0))
      return Memory(
        id: RecordID(.memory, ulid), time: Timestamp(milliseconds: 0), agent: "a",
        session: record % 2 == 0 ? id(record / 2 % sessions) : nil, content: "text")
    }
    var heads = SessionHeads()
    for record in memories.indices { heads.note(record, memories) }
    for number in 0..<sessions { #expect(heads.head(of: id(number), memories) == 2 * number) }
    for number in sessions..<sessions + 100 {
      #expect(heads.head(of: id(number), memories) == nil)
    }
  }
}
