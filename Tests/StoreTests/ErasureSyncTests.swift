// Erasure across clones: each follows by itself when it syncs, and nobody's old copy brings anything back.

import Glibc
import Testing

@testable import Memtrace

struct ErasureSyncTests {
  private let world: TestWorld
  private let ana: Clone
  private let session: String
  private let other: String

  init() throws {
    world = try TestWorld()
    ana = try world.clone("ana")
    _ = try world.run(["git", "init", "-q", "--bare", "hub.git"], in: world.folder)
    try ana.done("remote", "add", "origin", world.folder + "/hub.git")
    session = try ana.openSession("ana", "customer_id=c1")
    other = try ana.openSession("ana", "customer_id=c2")
    try ana.remember("PIN CANARY-4711", session, by: "ana")
    try ana.remember("Stays", other, by: "ana")
    try ana.done("sync")
  }

  private func join(_ name: String) throws -> Clone {
    let made = try world.run(
      [TestWorld.memtrace, "clone", world.folder + "/hub.git", name], in: world.folder)
    try #require(made.status == 0, "\(made.err)")
    return Clone(world: world, path: "\(world.folder)/\(name)")
  }

  /// Everybody syncs until nothing is left to send.
  private func settle(_ clones: [Clone]) throws {
    for _ in 0..<3 { for clone in clones { try clone.done("sync") } }
    let tips = Set(try clones.map { try $0.git("rev-parse", "HEAD^{tree}") })
    #expect(tips.count == 1, "all have one tree")
  }

  @Test func `clones that were away follow by themselves, and lose what they said to it alone`()
    throws
  {
    let (ben, cleo) = (try join("ben"), try join("cleo"))
    try ben.remember("late CANARY-4711", session, by: "ben")
    let kept = try ben.remember("Ben's own", other, by: "ben")
    try ana.done("erase", "--where", "customer_id=c1")
    let synced = try ben.done("sync")
    #expect(synced.err.contains("erase"), "\(synced.err)")
    try ben.expectErased()
    try settle([ana, ben, cleo])
    for clone in [ana, ben, cleo] {
      try clone.expectErased()
      #expect(try clone.recalled().contains(kept))
      #expect(try clone.recalled().count == 2)
      let refused = try clone.memtrace("remember", "x", "--agent", "b", "--session", session)
      #expect(refused.status == 3 && refused.err.contains("was erased"))
      #expect(try clone.json("check")["problems"] == .array([]))
      try clone.expectHealthy()
    }
  }

  @Test func `erased in two clones at once, both hold everywhere`() throws {
    let ben = try join("ben")
    let late = try ben.remember("also CANARY-4711", other, by: "ben")
    try ana.done("erase", "--where", "customer_id=c1")
    try ben.done("erase", late)
    try settle([ana, ben])
    for clone in [ana, ben] {
      try clone.expectErased()
      #expect(try clone.recalled().count == 1)
      try clone.expectHealthy()
    }
  }

  @Test func `a merge by plain git of an old copy comes no further than the next sync`() throws {
    let (ben, cleo) = (try join("ben"), try join("cleo"))
    // Cleo knows nothing of memtrace: she edits, pulls and pushes by plain git.
    let file = try #require(try cleo.files(of: session).first { $0.contains("/memories.") })
    try append("{\"note\":\"CANARY-4711\",\"session_id\":\"\(session)\"}\n", to: file)
    try cleo.git("commit", "-q", "-am", "person: a note")
    try ana.done("erase", "--where", "customer_id=c1")
    let pulled = try world.run(["git", "pull", "-q", "--no-rebase", "--no-edit"], in: cleo.path)
    if pulled.status != 0 {
      try cleo.git("checkout", "-q", "HEAD", "--", String(file.dropFirst(cleo.path.count + 1)))
      try cleo.git("add", "-A")
      try cleo.git("commit", "-q", "-m", "person: merged")
    }
    try cleo.git("push", "-q")
    try ben.done("sync")
    try ben.expectErased()
    try settle([ana, ben, cleo])
    for clone in [ana, ben, cleo] {
      try clone.expectErased()
      try clone.expectHealthy()
    }
  }

  /// A clone that writes nothing has it from a plain `git pull` alone.
  @Test(arguments: [["recall"], ["export"], ["context", "--where", "customer_id=c1"], []])
  func `whoever reads where an erasure stands knows it on every branch from then on`(
    words: [String]
  ) throws {
    let ben = try join("ben")
    let before = try ben.git("rev-parse", "HEAD")
    let live = words.isEmpty ? try ben.live() : nil
    try ana.done("erase", "--where", "customer_id=c1")
    try ana.done("sync")
    try ben.git("pull", "-q", "--ff-only")
    if let live {
      live.lookOutside()
      live.stop()
    } else {
      _ = try world.run([TestWorld.memtrace] + words, in: ben.path)
    }
    try ben.git("checkout", "-q", "-b", "old", before)
    for words in [
      ["recall", "--all"], ["export"], ["search", "PIN"], ["context", "--where", "customer_id=c1"],
    ] {
      let said = try world.run([TestWorld.memtrace] + words, in: ben.path)
      #expect(!said.out.contains("CANARY"), "\(words): \(said.out)")
    }
  }

  @Test func `a draft of an erasure that nobody committed is forgotten with its file`() throws {
    let ids = try ana.recalled()
    let draft = ana.path + "/.memtrace/erased.test1234.jsonl"
    let era = "era_01M8KWQ1DMDYF77DKMCNX1C3S6"
    try write(
      "{\"time\":\"2026-11-29T10:00:00.000Z\",\"records\":[\"\(ids[0])\"],\"in\":[],\"id\":\"\(era)\"}\n",
      to: draft)
    #expect(try ana.recalled() == [ids[1]])
    unlink(draft)
    #expect(try ana.recalled() == ids)
  }

  @Test func `a clone that watches follows, and one made afterwards never sees it`() throws {
    let ben = try join("ben")
    let watch = try world.start([TestWorld.memtrace, "sync", "--watch", "10s"], in: ben.path)
    defer { watch.kill() }
    try ana.done("erase", "--where", "customer_id=c1")
    for _ in 0..<2_400 where try !ben.filesWithCanary().isEmpty { usleep(50_000) }
    try ben.expectErased()
    let dora = try join("dora")
    try dora.expectErased()
    let refused = try dora.memtrace("remember", "x", "--agent", "b", "--session", session)
    #expect(refused.status == 3 && refused.err.contains("was erased"), "\(refused.err)")
  }
}
