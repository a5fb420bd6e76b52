// The pure parts of "a removal needs a word": what is wide, what a revert names, where lines go back to.

import Git
import Testing

@testable import Memtrace

struct RemovalRuleTests {
  private func line(_ number: Int) -> LostLine {
    let id = "mem_01M8KWQ1DMDYF77DKMCNX1C3\(number / 10)\(number % 10)"
    return LostLine(
      key: MergeKey(text: id)!, path: "sessions/a/memories.k3v9x2aq.jsonl",
      bytes: Array("{\"id\":\"\(id)\"}\n".utf8))
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
      #expect(LineSet.inserting(missing.map(line), into: rest) == whole)
      #expect(
        Set(LineSet.lost(from: whole, to: rest, at: "x").map(\.key))
          == Set(missing.map { line($0).key }))
    }
    #expect(LineSet.inserting([line(2)], into: Array(file(1).dropLast())) == file(1, 2))
    let strange = Array("no json\r\n\n".utf8)
    #expect(LineSet.inserting([line(2)], into: strange + file(1, 3)) == strange + file(1, 2, 3))
    #expect(LineSet.inserting([line(2), line(2)], into: file(1, 2)) == file(1, 2))
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
    for prefix in ["era_", "rev_"] {
      let id = prefix + "01M8KWQ1DMDYF77DKMCNX1C3S6"
      words.read(Array("{\"accepted\":[\"\(id)\"]}\n".utf8))
      #expect(!words.cover(LostLine(key: MergeKey(text: id)!, path: "a/b.jsonl", bytes: [])))
    }
  }
}
