// A record that stands only where no reader looks, or in a line that none takes, is gone, though its bytes are there.

import Glibc
import Testing

@testable import Memtrace

struct UnreadRemovalTests {
  private let clone: Clone
  private let session: String
  private let ids: [String]

  init() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession("ana")
    ids = try (0..<3).map { try clone.remember("Memory \($0)", session, by: "ana") }
    (self.clone, self.session) = (clone, session)
  }

  /// What a person does to `$F`, a file of memories in the folder `$S`.
  static let ways: [(name: String, script: String)] = [
    (
      "a hidden folder",
      "mkdir sessions/.done; git mv $(echo $S | cut -d/ -f1,2) sessions/.done/"
    ),
    ("no replica", "git mv $F $S/memories.jsonl"),
    ("a copy's name", "git mv $F \"$S/memories copy.jsonl\""),
    ("a capital letter", "git mv $F $S/Memories.abc.jsonl"),
    ("another name", "git mv $F sessions/moved.jsonl"),
    ("our own folder", "git mv $F .memtrace/memories.abc.jsonl"),
    ("a hidden file", "git mv $F $S/.memories.abc.jsonl"),
    ("a doubled key", "sed -i '1s/^{/{\"agent_id\":\"ana\",/' $F"),
    ("no time", "sed -i '1s/\"time\":\"[^\"]*\",//' $F"),
    (
      "damaged, and then removed",
      "sed -i '1s/\"time\":\"[^\"]*\",//' $F; git commit -qam 'person: an edit'; git rm -q $F"
    ),
  ]

  private func tidy(_ way: String) throws {
    let script = try #require(Self.ways.first { $0.name == way }?.script)
    try clone.lose("\(script); git commit -qam 'person: tidied'", session)
  }

  @Test(arguments: ways.map(\.name))
  func `it is named by check and put back, beside what the person left`(way: String) throws {
    try tidy(way)
    let person = try clone.git("rev-parse", "HEAD")
    let commit = try clone.git(
      "rev-parse", "--short=10", way.hasSuffix("removed") ? "HEAD~1" : person)
    #expect(try clone.recalled().count < 3)
    let said = try clone.memtrace("check")
    #expect(said.out.contains("commit \(commit) by "), "\(said.out)")
    #expect(said.out.contains("without a word: the next write puts them back"), "\(said.out)")
    let next = try clone.done("remember", "Next", "--agent", "ana", "--session", session)
    #expect(next.err.contains("put back"), "\(next.err)")
    #expect(try clone.recalled() == ids + [next.line])
    #expect(try clone.git("diff", "--diff-filter=D", "--name-only", person, "HEAD") == "")
    #expect(!(try clone.git("diff", person, "HEAD").contains("\n-{")), "no line of theirs goes")
    let again = try clone.done("remember", "Again", "--agent", "ana", "--session", session)
    #expect(!again.err.contains("put back"), "once is enough: \(again.err)")
    #expect(!(try clone.memtrace("check").out.contains("without a word")))
    #expect(try clone.json("status")["changed"] == .array([]))
    try clone.expectHealthy()
  }

  @Test(arguments: ["a hidden folder", "another name", "no time"])
  func `it stays away where somebody says that it was meant`(way: String) throws {
    try tidy(way)
    let left = try clone.recalled()
    try clone.done("accept", "HEAD")
    let next = try clone.done("remember", "Next", "--agent", "ana")
    #expect(!next.err.contains("put back"), "\(next.err)")
    #expect(try clone.recalled() == left + [next.line])
    #expect(!(try clone.memtrace("check").out.contains("without a word")))
    try clone.expectHealthy()
  }

  @Test(arguments: [
    "$S/memories.other.jsonl", "$(echo $F | sed 's/.jsonl/.2.jsonl/')", "$S/notes.abc.jsonl",
    "$(echo $S | cut -d/ -f1,2)/archive.abcdefghij.jsonl", "agents/memories.abc.jsonl",
  ])
  func `what readers find in another file is not gone`(place: String) throws {
    try clone.lose("git mv $F \(place); git commit -qm 'person: moved'", session)
    #expect(!(try clone.memtrace("check").out.contains("without a word")))
    let next = try clone.done("remember", "Next", "--agent", "ana")
    #expect(!next.err.contains("put back"), "\(next.err)")
    #expect(try clone.recalled() == ids + [next.line])
    #expect(try clone.committed().sorted() == (ids + [next.line]).sorted())
    try clone.expectHealthy()
  }

  @Test func `what is erased stays away`() throws {
    let before = try clone.git("rev-parse", "HEAD")
    try clone.done("erase", ids[0])
    try clone.lose(
      "git checkout -q \(before) -- $F; git commit -qm 'person: brought back'; "
        + "git mv $F sessions/moved.jsonl; git commit -qm 'person: moved'", session)
    let next = try clone.remember("Next", session, by: "ana")
    #expect(try clone.recalled() == [ids[1], ids[2], next])
    #expect(!(try clone.committed().contains(ids[0])))
    try clone.expectHealthy()
  }

  /// A damaged line that is taken away once the right one stands beside it takes nothing along.
  @Test func `a person clears a damaged line away`() throws {
    try tidy("no time")
    try clone.remember("Next", session, by: "ana")
    try clone.lose("sed -i '1{/\"time\"/!d}' $F; git commit -qam 'person: cleared'", session)
    let next = try clone.done("remember", "Last", "--agent", "ana")
    #expect(!next.err.contains("put back"), "\(next.err)")
    #expect(try clone.recalled().count == 5)
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
  }

  @Test(arguments: ["$S/session.*.jsonl", "agents/ana/agent.*.jsonl"])
  func `the removal of events can be accepted by its commit`(files: String) throws {
    try clone.done("agent", "register", "ana")
    try clone.lose("git rm -q \(files); git commit -qm 'person: removed'", session)
    let commit = try clone.git("rev-parse", "--short=10", "HEAD")
    #expect(try clone.memtrace("check").out.contains("memtrace accept"))
    let accepted = try clone.done("accept", commit)
    #expect(accepted.out.contains("accepted the removal of"), "\(accepted.out)")
    let next = try clone.done("remember", "Next", "--agent", "ben")
    #expect(!next.err.contains("put back"), "\(next.err)")
    #expect(!(try clone.memtrace("check").out.contains("without a word")))
    try clone.expectHealthy()
  }

  @Test func `a review that a commit took out comes back, whatever is accepted`() throws {
    try clone.done("review", "reject", ids[0], "--reason", "no")
    try clone.lose("git rm -q $S/reviews.*.jsonl; git commit -qm 'person: removed'", session)
    let check = try clone.memtrace("check").out
    #expect(check.contains("only a later review") && !check.contains("memtrace accept"), "\(check)")
    let refused = try clone.memtrace("accept", "HEAD")
    #expect(refused.status == 2 && refused.err.contains("reviews or erasures alone"))
    let next = try clone.done("remember", "Next", "--agent", "ben")
    #expect(next.err.contains("taken back by another one"), "\(next.err)")
    #expect(!next.err.contains("memtrace accept"))
    #expect(try !clone.recalled().contains { $0.contains(ids[0]) })
    try clone.expectHealthy()
  }

  @Test func `an erasure that a commit took out cannot be accepted away`() throws {
    try clone.done("erase", ids[0])
    try clone.git("rm", "-q", ".memtrace/erased.*.jsonl")
    try clone.git("commit", "-qm", "person: removed")
    let refused = try clone.memtrace("accept", "HEAD")
    #expect(
      refused.status == 2 && refused.err.contains("reviews or erasures alone"), "\(refused.err)")
    try clone.remember("Next", session, by: "ana")
    #expect(try clone.git("ls-tree", "-r", "--name-only", "HEAD", ".memtrace").contains("erased."))
  }
}
