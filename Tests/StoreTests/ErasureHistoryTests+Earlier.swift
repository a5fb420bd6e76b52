// What an erasure left in history is taken out of it by whichever reaches history later.

import Testing

@testable import Memtrace

extension ErasureHistoryTests {
  /// Another contact of a customer who was erased, in the files alone.
  private func comeBack() throws -> String {
    let id = try ana.openSession("ana", "customer_id=c1")
    try ana.remember("Back again", id, by: "ana")
    try ana.done("sync")
    return id
  }

  @Test(arguments: [["--where", "customer_id=c1"], ["--older-than", "0d"], ["record"]])
  func `history lets go of what an earlier erasure left there, on every clone`(
    selector: [String]
  ) throws {
    let ben = try join("ben")
    let first = try #require(try ana.json("erase", "--where", "customer_id=c1")["id"]?.string)
    try ben.done("sync")
    let again = try comeBack()
    try ana.done("session", "close", again)
    let words = selector == ["record"] ? [again] : selector
    let shown = try ana.json(["erase"] + words + ["--history", "--dry-run"])
    #expect(shown["earlier"] == .array([.string(first)]), "\(shown)")
    let plain = try ana.json(["erase"] + words + ["--dry-run"])
    #expect(plain["earlier"] == nil, "\(plain)")
    let run = try ana.done(["erase"] + words + ["--history"])
    #expect(run.out.contains("1 earlier erasure: \(first)"), "\(run)")
    try ana.expectNoByte()
    try settle([ana, ben])
    try expectCleanHub()
    // Once is enough.
    let next = try ana.memtrace("erase", "--where", "customer_id=c1", "--history")
    #expect(next.out == "nothing matches: nothing was erased\n", "\(next)")
  }

  @Test(arguments: ["customer", "session", "beginning"])
  func `what matches nothing any more leaves history where an erasure had left it`(named: String)
    throws
  {
    let ben = try join("ben")
    let first = try #require(try ana.json("erase", "--where", "customer_id=c1")["id"]?.string)
    // The hub is ahead of the one who erases.
    try ben.remember("Meanwhile", other, by: "ben")
    try ben.done("sync")
    let words =
      switch named {
      case "session": [session]
      case "beginning": [String(session.prefix(20))]
      default: ["--where", "customer_id=c1"]
      }
    let shown = try ana.done(["erase"] + words + ["--history", "--dry-run"])
    #expect(shown.out.contains("1 earlier erasure: \(first)"), "\(shown)")
    let answer = try ana.json(["erase"] + words + ["--history"])
    #expect(answer["earlier"] == .array([.string(first)]), "\(answer)")
    #expect(answer["history"]?["commits"]?.integer ?? 0 > 0, "\(answer)")
    try ben.done("sync")
    try ben.expectNoByte()
    try ana.expectNoByte()
    try settle([ana, ben])
    try expectCleanHub()
    let next = try ana.json(["erase"] + words + ["--history"])
    #expect(next["history"] == nil && next["count"] == .number("0"), "\(next)")
  }

  @Test func `a hub that is ahead, and cannot be merged now, says it to others all the same`()
    throws
  {
    let ben = try join("ben")
    for (clone, text) in [(ben, "Ben's\n"), (ana, "Ana's\n")] {
      try write(text, to: clone.path + "/notes.txt")
      try clone.git("add", "notes.txt")
      try clone.git("commit", "-q", "-m", "person: notes")
    }
    try ben.git("push", "-q")
    let cleo = try join("cleo")
    let answer = try ana.json("erase", "--where", "customer_id=c1", "--history")
    #expect(answer["remotes"]?.array?.first?["sent"] == .bool(false), "\(answer)")
    try expectCleanHub()
    for clone in [ben, cleo] {
      try clone.done("sync")
      try clone.expectNoByte()
    }
    try ana.git("fetch", "-q")
    try ana.git("merge", "-q", "--no-edit", "-X", "ours", "origin/main")
    try settle([ana, ben, cleo])
    try expectCleanHub()
  }

  @Test func `an erasure that nobody made is named by nobody, in history or not`() throws {
    let id = "mem_01M8MNKK1111111111111111AA"
    #expect(try ana.memtrace("erase", id).status == 3)
    #expect(try ana.memtrace("erase", id, "--history").status == 3)
  }
}
