// What an erasure covers, and how its line says so.

import Testing

@testable import Memtrace

struct ErasureTests {
  private static let session = "sess_01M63EWH25D3WJ1HF09HD2HP35"
  private static let memory = "mem_01M63F8CMTRRZBVJZ01G3BFP9H"

  private func line(_ id: String, session: String? = nil, _ more: String = "") -> String {
    let place = session.map { "\"session_id\":\"\($0)\"," } ?? ""
    return
      "{\"time\":\"2026-10-29T09:18:33.114Z\",\"agent_id\":\"ana\",\"content\":\"x\",\(more)\(place)\"id\":\"\(id)\"}\n"
  }

  private func erasures(_ members: String) -> Erasures {
    Erasures(reading: Array("{\(members),\"id\":\"era_01M8KWQ1DMDYF77DKMCNX1C3S6\"}\n".utf8))
  }

  private func left(_ text: String, by erasures: Erasures) -> String {
    String(decoding: erasures.filtered(Array(text.utf8)), as: UTF8.self)
  }

  @Test func `a session takes all its lines along, whatever they are and wherever they stand`() {
    let erasures = erasures("\"sessions\":[{\"id\":\"\(Self.session)\"}]")
    let own = line(Self.memory, session: Self.session)
    let other = line("mem_01M63F8CMTRRZBVJZ01G3BFP9J", session: "sess_01M63EWH25D3WJ1HF09HD2HP36")
    let unknown =
      "{\"shape\":\"round\",\"session_id\":\"\(Self.session)\",\"id\":\"blob_01M63F8CMTYH5CY7PF37C4YEA3\"}\n"
    let nameless = "{\"content\":\"x\",\"session_id\":\"\(Self.session)\"}\n"
    let torn = "{\"content\":\"x\",\"session_id\":\"\(Self.session)\",\"id\":\"mem_01M63\n"
    #expect(left(own + other + unknown + nameless + torn, by: erasures) == other)
    let escaped = own.replacing("sess_", with: "sess\\u005f")
    #expect(left(other + escaped, by: erasures) == other, "however its id is spelled")
  }

  @Test func `lines that stay keep their bytes, spaces, marks and a missing end`() {
    let erasures = erasures("\"records\":[\"\(Self.memory)\"]")
    let gone = line(Self.memory)
    let stay = "\u{FEFF}  \n# a note\r\n" + line("mem_01M63F8CMTRRZBVJZ01G3BFP9J")
    #expect(left(stay + "  " + gone + "end", by: erasures) == stay + "end")
    #expect(left(gone, by: erasures) == "")
    #expect(left(stay, by: erasures) == stay)
  }

  @Test func `what is said of an erased record, and what a merge made of it, goes with it`() {
    let erasures = erasures("\"records\":[\"\(Self.memory)\"]")
    let review =
      "{\"time\":\"2026-10-29T09:18:33.114Z\",\"reviewer\":\"Ana\",\"review\":\"rejected\",\"record_id\":\"\(Self.memory)\",\"reason\":\"PIN\",\"agent_id\":\"ana\",\"id\":\"rev_01M8KXQ4P3A6D2F8J0M5S7X9ZC\"}\n"
    let conflict = line(
      "mem_01M63F8CMT00000000000000AA",
      "\"event_type\":\"conflict\",\"parent_id\":\"\(Self.memory)\",")
    let answer = line("mem_01M63F8CMT00000000000000AB", "\"parent_id\":\"\(Self.memory)\",")
    #expect(left(review + conflict + answer, by: erasures) == answer)
  }

  @Test func `a row of an import is named by its time and count, in its session alone`() throws {
    let id = try #require(RecordID(Self.memory))
    var erasure = ErasureLine()
    erasure.records = [
      .row(kind: .memory, high: id.ulid.high, place: ExactText(Self.session))
    ]
    let bytes = erasure.bytes(
      try #require(RecordID("era_01M8KWQ1DMDYF77DKMCNX1C3S6")), at: Timestamp(milliseconds: 1),
      by: "Ana", reason: nil)
    #expect(!String(decoding: bytes, as: UTF8.self).contains(Self.memory.suffix(13)))
    let erasures = Erasures(reading: bytes)
    #expect(erasures.records == Set(erasure.records))
    let same = ULID(high: id.ulid.high, low: 7)
    let other = line("mem_\(same)", session: Self.session)
    let elsewhere = line(Self.memory, session: "sess_01M63EWH25D3WJ1HF09HD2HP36")
    #expect(
      left(line(Self.memory, session: Self.session) + other + elsewhere, by: erasures) == elsewhere)
  }

  @Test func `a session of an import begins anew with later rows`() throws {
    let erasures = erasures(
      "\"sessions\":[{\"id\":\"\(Self.session)\",\"until\":\"2026-10-29T09:18:33.114Z\"}]")
    let time = try #require(Timestamp(rfc3339: "2026-10-29T09:18:33.115Z")).milliseconds
    let later = line("mem_\(ULID(high: UInt64(time) << 16, low: 1))", session: Self.session)
    #expect(left(line(Self.memory, session: Self.session) + later, by: erasures) == later)
  }

  @Test func `only an erasure erases, and none erases an erasure`() {
    let accepted = Erasures(
      reading: Array(
        "{\"records\":[\"\(Self.memory)\"],\"id\":\"acc_01M8KWQ1DMDYF77DKMCNX1C3S6\"}\n".utf8))
    #expect(accepted.isEmpty)
    let era = "era_01M8KWQ1DMDYF77DKMCNX1C3S7"
    let erasures = erasures("\"records\":[\"\(era)\"]")
    let text = "{\"records\":[],\"id\":\"\(era)\"}\n"
    #expect(left(text, by: erasures) == text)
  }

  @Test func `a retry is known by a hash that names nobody`() throws {
    let id = try #require(RecordID(Self.memory))
    let key = Erasures.key(.whole(id), agent: "ana", session: nil, dedupKey: "update-991")
    let erasures = erasures("\"records\":[\"\(Self.memory)\"],\"keys\":[\"\(key)\"]")
    #expect(key.utf8.count == 32)
    #expect(erasures.isRetry("update-991", agent: "ana", session: nil))
    #expect(!erasures.isRetry("update-992", agent: "ana", session: nil))
    #expect(!erasures.isRetry("update-991", agent: "ben", session: nil))
    #expect(!erasures.isRetry("update-991", agent: "ana", session: SessionID(Self.session)))
  }
}
