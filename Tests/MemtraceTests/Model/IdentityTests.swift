// Ids and their texts.
import Testing

@testable import Memtrace

struct IdentityTests {
  /// The example of github.com/ulid/spec, and the ends of the range.
  @Test(arguments: [
    ("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1_469_922_850_259),
    ("00000000000000000000000000", 0),
    ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 281_474_976_710_655),
  ])
  func `known ulids are read and written`(_ text: String, _ milliseconds: Int64) throws {
    let ulid = try #require(ULID(text))
    #expect(ulid.milliseconds == milliseconds)
    #expect(ulid.description == text)
  }

  @Test(arguments: [
    "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "01arz3ndektsv4rrffq69g5fav", "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5FAL",
    "01ARZ3NDEKTSV4RRFFQ69G5FAO", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FA ",
    "01ARZ3NDEKTSV4RRFFQ69G5FAé",
  ])
  func `an id has one spelling`(_ text: String) {
    #expect(ULID(text) == nil)
  }

  @Test func `texts sort as ids do, and the scanner reads them alike`() {
    var random = Seeded(61)
    let crockford = Crockford()
    var ids = (0..<500).map { _ in random.ulid() }
    ids += [ULID(high: 0, low: .max), ULID(high: 1, low: 0), ULID(high: .max >> 3, low: 0)]
    for ulid in ids {
      let text = Array(ulid.description.utf8)
      let scanned = text.withUnsafeBufferPointer { crockford.ulid($0.baseAddress!) }
      if ULID(text: text) != ulid || scanned != ulid { Issue.record("\(ulid)") }
    }
    #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
  }

  @Test func `the scanner knows the same ids by every byte`() {
    let crockford = Crockford()
    for text in ["mem_01ARZ3NDEKTSV4RRFFQ69G5FAV", "rev_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"] {
      for at in 0..<30 {
        for byte in UInt8.min ... .max {
          var bytes = Array(text.utf8)
          bytes[at] = byte
          let scanned = bytes.withUnsafeBufferPointer { crockford.recordID($0) }
          if scanned != RecordID(text: bytes) { Issue.record("\(text) with \(byte) at \(at)") }
        }
      }
    }
  }

  @Test(arguments: RecordID.Kind.allCases)
  func `record ids are read as they are written`(kind: RecordID.Kind) throws {
    let id = RecordID(kind, try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV")))
    #expect(id.description == kind.prefix + "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    #expect(RecordID(id.description) == id)
    #expect(RecordID("note" + id.description.dropFirst(4)) == nil)
    #expect(RecordID(String(id.description.dropLast())) == nil)
    #expect(RecordID(id.description + "0") == nil)
  }

  @Test func `ids end with the year 2199`() {
    let end = ULID.endOfTime
    #expect(Timestamp(milliseconds: end).description == "2200-01-01T00:00:00.000Z")
    let last = RecordID(.memory, ULID(milliseconds: end - 1, random: (.max, .max)))
    let late = RecordID(.memory, ULID(milliseconds: end, random: (0, 0)))
    #expect(RecordID(last.description) == last)
    #expect(RecordID(late.description) == nil)
    #expect(SessionID("sess_\(last.ulid)") == .own(last.ulid))
    #expect(SessionID("sess_\(late.ulid)") == nil)
  }

  @Test func `records order by time, whatever their kind`() throws {
    let early = ULID(milliseconds: 1, random: (0, 0))
    let late = ULID(milliseconds: 2, random: (0, 0))
    #expect(RecordID(.review, early) < RecordID(.decision, late))
    #expect(RecordID(.decision, early) < RecordID(.memory, early))
  }

  @Test func `foreign sessions are any legal id`() {
    #expect(SessionID("chat-77") == .foreign("chat-77"))
    #expect(SessionID("sess_short") == .foreign("sess_short"))
    #expect(
      SessionID("sess_01arz3ndektsv4rrffq69g5fav") == .foreign("sess_01arz3ndektsv4rrffq69g5fav"))
    for text in ["", "7", "_a", "a b", "a/b", "é", String(repeating: "a", count: 129)] {
      #expect(SessionID(text) == nil)
    }
    #expect(SessionID(String(repeating: "a", count: 128)) != nil)
    #expect(SessionID.own(ULID(high: .max, low: .max)) < .foreign("a"))
    #expect(SessionID.foreign("B") < .foreign("a"))
  }
}
