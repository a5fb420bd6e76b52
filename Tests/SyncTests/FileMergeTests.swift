// The rules of merging one file, each on lines that fit on one screen.

import Testing

@testable import Memtrace

@Suite struct `Merging one file of records` {
  static func line(_ n: Int, _ text: String, prefix: String = "mem_") -> String {
    let ulid = ULID(milliseconds: 1_700_000_000_000 + Int64(n), random: (1, UInt64(n)))
    return #"{"agent_id":"a","content":"\#(text)","id":"\#(prefix)\#(ulid)"}"#
  }

  /// Merges both ways and holds one against the other.
  static func merge(_ base: [String]?, _ one: [String]?, _ other: [String]?) -> (
    lines: [String]?, conflicts: Int
  ) {
    func bytes(_ lines: [String]?) -> [UInt8]? {
      lines.map { Array($0.map { $0 + "\n" }.joined().utf8) }
    }
    let bases = bytes(base).map { [$0] } ?? []
    let merge = FileMerge(bases: bases, one: bytes(one), other: bytes(other))
    #expect(merge == FileMerge(bases: bases, one: bytes(other), other: bytes(one)))
    #expect(FileMerge(bases: bases, one: merge.bytes, other: merge.bytes).bytes == merge.bytes)
    let text = merge.bytes.map { String(decoding: $0, as: UTF8.self) }
    return (text.map { $0.split(separator: "\n").map(String.init) }, merge.conflicts)
  }

  let a = line(1, "a")
  let b = line(2, "b")
  let c = line(3, "c")
  let d = line(4, "d")

  @Test func `lines of both sides come together in the order of their ids`() {
    #expect(Self.merge([a], [a, c], [a, b, d]).lines == [a, b, c, d])
    #expect(Self.merge(nil, [c], [b, d]).lines == [b, c, d])
  }

  @Test func `where both only append, what was there is not re-sorted`() {
    #expect(Self.merge([c, a], [c, a, d], [c, a, b]).lines == [c, a, b, d])
  }

  @Test func `an edit on one side counts`() {
    let edited = Self.line(1, "edited")
    #expect(Self.merge([a, b], [edited, b], [a, b, c]).lines == [edited, b, c])
  }

  @Test func `what one side deleted is gone, and what the other appended stays`() {
    #expect(Self.merge([a, b], [b], [a, b, c]).lines == [b, c])
    #expect(Self.merge([a, b], nil, [a, b, c]).lines == [c])
    #expect(Self.merge([a, b], nil, [a]).lines == nil)
  }

  @Test func `an edit survives a deletion`() {
    let edited = Self.line(1, "edited")
    #expect(Self.merge([a, b], [b], [edited, b]).lines == [edited, b])
    #expect(Self.merge([a], nil, [edited]).lines == [edited])
  }

  @Test func `two edits of one record become two records`() throws {
    let (x, y) = (Self.line(1, "x"), Self.line(1, "y"))
    let merged = Self.merge([a, b], [x, b], [y, b])
    let lines = try #require(merged.lines)
    #expect(merged.conflicts == 1)
    #expect(lines.count == 3)
    #expect(lines.contains(x) && !lines.contains(y))
    let loser = try #require(lines.first { $0.contains(#""content":"y""#) })
    let fields = try JSON(parsing: loser)
    #expect(fields["event_type"] == "conflict")
    #expect(fields["parent_id"] == (try JSON(parsing: x))["id"])
    let ulid = try #require(RecordID(fields["id"]?.string ?? "")).ulid
    #expect(ulid.milliseconds == 1_700_000_000_001)
    let hash = SHA256.hash(y.utf8)
    #expect(ulid.high & 0xFFFF == UInt64(hash[0]) << 8 | UInt64(hash[1]))
    #expect(ulid.low == hash[2..<10].reduce(0) { $0 << 8 | UInt64($1) })
  }

  @Test func `a conflict that was merged before is not made again`() throws {
    let (x, y) = (Self.line(1, "x"), Self.line(1, "y"))
    let merged = try #require(Self.merge([a], [x], [y]).lines)
    let again = Self.merge([a], merged, [y])
    #expect(again.lines == merged)
    #expect(again.conflicts == 0)
  }

  @Test func `a losing event changes nothing by itself, and a losing retry key is set aside`()
    throws
  {
    let id = MergeKey(prefix: "evt_", ulid: ULID(milliseconds: 5, random: (0, 7)))
    let line =
      #"{"time":"t","event":"closed","dedup_key":"k","conflict_event":1,"session_id":"s","id":"\#(id.text)"}"#
    let made = ConflictRecord(losing: Array(line.utf8)[...], of: id)
    #expect(
      String(decoding: made.line, as: UTF8.self)
        == #"{"time":"t","conflict_conflict_event":"closed","conflict_dedup_key":"k","#
        + #""conflict_event":1,"event":"conflict","event_type":"conflict","#
        + #""parent_id":"\#(id.text)","session_id":"s","id":"\#(made.key.text)"}"#)
    #expect(RecordLines(made.line[...]).records.keys.first == made.key)
  }

  @Test func `a losing correction says what it was and what it corrected`() throws {
    let id = MergeKey(prefix: "mem_", ulid: ULID(milliseconds: 5, random: (0, 7)))
    let line =
      #"{"time":"t","content":"c","event_type":"correction","parent_id":"mem_1","id":"\#(id.text)"}"#
    let made = ConflictRecord(losing: Array(line.utf8)[...], of: id)
    #expect(
      String(decoding: made.line, as: UTF8.self)
        == #"{"time":"t","content":"c","conflict_event_type":"correction","#
        + #""conflict_parent_id":"mem_1","event_type":"conflict","#
        + #""parent_id":"\#(id.text)","id":"\#(made.key.text)"}"#)
  }

  @Test func `lines that are no record are kept verbatim at the end`() {
    let merged = Self.merge(
      [a, "<<<<<<< HEAD", b], [a, "<<<<<<< HEAD", b, "oops"], [b, "<<<<<<< HEAD"])
    #expect(merged.lines == [b, "<<<<<<< HEAD", "oops"])
  }

  @Test func `a record type that this version does not know merges by its id`() {
    let (x, y) = (Self.line(2, "x", prefix: "note_"), Self.line(1, "y", prefix: "note_"))
    #expect(Self.merge([a], [x, a], [a, y]).lines == [a, y, x])
  }

  @Test func `an id past the year 2200 is no record`() {
    let late = #"{"id":"mem_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}"#
    #expect(Self.merge([a], [late, a, b], [a, c]).lines == [a, b, c, late])
  }

  @Test func `carriage returns do not double a file`() {
    let merged = Self.merge([a, b], [a + "\r", b + "\r", c + "\r"], [a, b, d])
    #expect(merged.lines == [a, b, c, d])
  }

  @Test func `a last line without its end is a line`() {
    let base = Array(a.utf8)
    let one = Array("\(a)\n\(b)\n".utf8)
    let other = Array("\(a)\n\(c)".utf8)
    #expect(
      FileMerge(bases: [base], one: one, other: other).bytes.map {
        String(decoding: $0, as: UTF8.self)
      }
        == "\(a)\n\(b)\n\(c)\n")
  }

  @Test func `with several ancestors an edit that one of them had is no news`() {
    let (x, y) = (Self.line(1, "x"), Self.line(1, "y"))
    func bytes(_ lines: String...) -> [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }
    #expect(
      FileMerge(bases: [bytes(a), bytes(x)], one: bytes(x), other: bytes(y)).bytes == bytes(y))
    #expect(
      FileMerge(bases: [bytes(a), bytes(x, b)], one: bytes(x), other: bytes(x, b)).bytes == bytes(x)
    )
    let both = FileMerge(bases: [bytes(x), bytes(y)], one: bytes(x), other: bytes(y))
    #expect(both.conflicts == 1)
  }
}
