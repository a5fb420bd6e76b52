// The pure parts of "a removal needs a word": what is wide, what a revert names, where lines go back to.

import Git
import Testing

@testable import Memtrace

struct RemovalRuleTests {
  private let path = "sessions/a/memories.k3v9x2aq.jsonl"

  private func line(_ number: Int, isDamaged: Bool = false) -> LostLine {
    let id = "mem_01M8KWQ1DMDYF77DKMCNX1C3\(number / 10)\(number % 10)"
    let time = isDamaged ? "" : "\"time\":\"2026-11-29T10:00:00.000Z\","
    return LostLine(
      key: MergeKey(text: id)!, path: path,
      bytes: Array("{\(time)\"agent_id\":\"ana\",\"content\":\"x\",\"id\":\"\(id)\"}\n".utf8))
  }

  private func file(_ numbers: Int...) -> [UInt8] { numbers.flatMap { line($0).bytes } }

  @Test(arguments: [
    (20, 100, false), (21, 2_100, false), (21, 2_099, true), (200, 90_000, false),
    (201, 90_000, true),
  ])
  func `more than 20 that are over 1 in 100 are wide, and so are more than 200`(
    removed: Int, total: Int, isWide: Bool
  ) {
    #expect(Removals.isWide(removed, of: { total }) == isWide)
  }

  @Test func `lines go back in the order of ids`() {
    let whole = file(1, 2, 3, 4, 5)
    for missing in [[1], [5], [2, 3], [1, 2, 3, 4, 5], [1, 5]] {
      let rest = (1...5).filter { !missing.contains($0) }.flatMap { line($0).bytes }
      #expect(LineSet.inserting(missing.map { line($0) }, into: rest) == whole)
      #expect(
        Set(LineSet.lost(from: whole, to: rest, at: path).map(\.key))
          == Set(missing.map { line($0).key }))
    }
    #expect(LineSet.inserting([line(2)], into: Array(file(1).dropLast())) == file(1, 2))
    let strange = Array("no json\r\n\n".utf8)
    #expect(LineSet.inserting([line(2)], into: strange + file(1, 3)) == strange + file(1, 2, 3))
    #expect(LineSet.inserting([line(2), line(2)], into: file(1, 2)) == file(1, 2))
  }

  @Test func `a line that no reader takes any more comes back beside the damaged one`() {
    let damaged = line(2, isDamaged: true)
    #expect(line(2).isTaken && !damaged.isTaken)
    let edited = file(1) + damaged.bytes + file(3)
    #expect(LineSet.lost(from: file(1, 2, 3), to: edited, at: path) == [line(2)])
    let whole = file(1) + damaged.bytes + file(2, 3)
    #expect(LineSet.inserting([line(2)], into: edited) == whole)
    // Of a damaged one its id is all that counts.
    #expect(LineSet.lost(from: edited, to: edited + file(4), at: path) == [])
    #expect(LineSet.lost(from: whole, to: file(1, 2, 3), at: path) == [])
    #expect(LineSet.lost(from: edited, to: file(1, 3), at: path) == [damaged])
    #expect(LineSet.lost(from: whole, to: file(1), at: path).contains(line(2)))
    #expect(LineSet.inserting([damaged, line(2)], into: file(1, 3)) == file(1, 2, 3))
    // A line that is written on from a file's torn end is another one.
    let torn = Array(file(1).dropLast())
    #expect(LineSet.lost(from: torn, to: torn + Array("x\n".utf8), at: path) == [line(1)])
  }

  @Test(arguments: [
    ("sessions/2026-11/a/memories.abc.jsonl", "mem_", true), ("agents/x.abc.2.jsonl", "rev_", true),
    ("sessions/2026-11/archive.abc.jsonl", "evt_", true),
    ("sessions/a/new.abc.jsonl", "new_", true),
    ("sessions/.a/memories.abc.jsonl", "mem_", false), ("sessions/a/memories.jsonl", "mem_", false),
    ("sessions/a/.memories.abc.jsonl", "mem_", false), ("docs/memories.abc.jsonl", "mem_", false),
    ("sessions/a/Memories.abc.jsonl", "mem_", false), ("memories.abc.jsonl", "mem_", false),
    (".memtrace/memories.abc.jsonl", "mem_", false), (".memtrace/accepted.a.jsonl", "acc_", true),
    (".memtrace/erased.abc.jsonl", "era_", true), (".memtrace/accepted.a.jsonl", "era_", false),
    (".memtrace/x/erased.abc.jsonl", "era_", false), ("sessions/a/erased.abc.jsonl", "era_", false),
    (".memtrace/new.abc.jsonl", "new_", true),
  ])
  func `readers look for lines where the format says`(path: String, prefix: String, isRead: Bool) {
    let key = MergeKey(text: prefix + "01M8KWQ1DMDYF77DKMCNX1C3S6")!
    #expect(Readership(path).has(key) == isRead)
  }

  @Test func `only what is lacking at the end is lacking by accident`() {
    #expect(LineSet.missingAtEnd(of: file(1, 3), having: file(1, 2, 3, 4, 5)) == file(4, 5))
    #expect(LineSet.missingAtEnd(of: file(1, 2, 3), having: file(1, 2, 3)) == [])
    #expect(LineSet.missingAtEnd(of: file(3), having: file(1, 2, 3)) == [])
  }

  @Test func `a revert's message names its commits, wrapped or not`() throws {
    let (one, two) = (String(repeating: "a", count: 40), String(repeating: "b", count: 40))
    let message =
      "Revert \"x\"\n\nThis reverts commit \(one), reversing\nchanges made to \(two).\n\nThis reverts commit \(two).\n"
    let found = RemovalWords.reverted(by: message)
    #expect(found.map(\.commit) == [ObjectID(hex: one), ObjectID(hex: two)])
    #expect(found.map(\.mainline) == [ObjectID(hex: two), nil])
    #expect(RemovalWords.reverted(by: "This reverts commit of mine").isEmpty)
  }

  @Test func `words cover what they name, and no acceptance covers an erasure or a review`() {
    var words = RemovalWords()
    words.read(
      Array(
        "{\"accepted\":[\"\(line(1).key.text)\"],\"id\":\"acc_01M8KWQ1DMDYF77DKMCNX1C3S6\"}\n".utf8)
    )
    words.read(
      Array(
        "{\"records\":[\"\(line(2).key.text)\"],\"id\":\"era_01M8KWQ1DMDYF77DKMCNX1C3S6\"}\nno json\n"
          .utf8))
    #expect([1, 2, 3].map { words.cover(line($0)) } == [true, true, false])
    for (prefix, isCovered) in [("era_", false), ("rev_", false), ("evt_", true)] {
      let id = prefix + "01M8KWQ1DMDYF77DKMCNX1C3S6"
      words.read(Array("{\"accepted\":[\"\(id)\"]}\n".utf8))
      let line = LostLine(key: MergeKey(text: id)!, path: "a/b.jsonl", bytes: [])
      #expect(words.cover(line) == isCovered)
    }
  }
}
