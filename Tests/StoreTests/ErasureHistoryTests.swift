// erase --history: the lines leave every object of every clone that has synced, and no old copy brings them back.

import Glibc
import Testing

@testable import Memtrace

extension Clone {
  /// Whether any object, reached or not, or any file holds the canary.
  func expectNoByte(at place: SourceLocation = #_sourceLocation) throws {
    #expect(try filesWithCanary() == [], sourceLocation: place)
    let objects = try world.run(
      [
        "sh", "-c",
        "git cat-file --batch-all-objects --batch | grep -a -c -F CANARY-4711; "
          + "git cat-file --batch-all-objects --batch-check | wc -l",
      ], in: path)
    #expect(objects.lines.first == "0", "\(objects.out)", sourceLocation: place)
    #expect(Int(objects.lines.last ?? "") ?? 0 > 10, "there are objects", sourceLocation: place)
  }
}

struct ErasureHistoryTests {
  let world: TestWorld
  let ana: Clone
  let session: String
  let other: String
  let hub: String

  init() throws {
    world = try TestWorld()
    ana = try world.clone("ana")
    hub = world.folder + "/hub.git"
    _ = try world.run(["git", "init", "-q", "--bare", "hub.git"], in: world.folder)
    try ana.done("remote", "add", "origin", hub)
    session = try ana.openSession("ana", "customer_id=c1")
    other = try ana.openSession("ana", "customer_id=c2")
    try ana.remember("PIN CANARY-4711", session, by: "ana")
    try ana.remember("Stays", other, by: "ana")
    try ana.done("sync")
  }

  func join(_ name: String, _ hub: String? = nil) throws -> Clone {
    let made = try world.run(
      [TestWorld.memtrace, "clone", hub ?? self.hub, name], in: world.folder)
    try #require(made.status == 0, "\(made.err)")
    return Clone(world: world, path: "\(world.folder)/\(name)")
  }

  func settle(_ clones: [Clone], at place: SourceLocation = #_sourceLocation) throws {
    for _ in 0..<3 { for clone in clones { try clone.done("sync", at: place) } }
    let trees = Set(try clones.map { try $0.git("rev-parse", "HEAD^{tree}") })
    #expect(trees.count == 1, "all have one tree", sourceLocation: place)
    for clone in clones {
      try clone.expectNoByte(at: place)
      try clone.expectHealthy(at: place)
      #expect(try clone.json("check")["problems"] == .array([]), sourceLocation: place)
    }
  }

  /// What the branches and tags of a hub reach.
  func expectCleanHub(_ hub: String? = nil, at place: SourceLocation = #_sourceLocation)
    throws
  {
    let found = try world.run(
      [
        "sh", "-c",
        "git rev-list --objects --all | cut -c1-40 | git cat-file --batch | grep -a -c -F CANARY-4711",
      ], in: hub ?? self.hub)
    #expect(found.line == "0", sourceLocation: place)
  }

  @Test
  func `branches, tags, stashes, worktrees and kept packs are rewritten, and nothing else is lost`()
    throws
  {
    try ana.git("branch", "old")
    try ana.git("tag", "light")
    try ana.git("tag", "-a", "-m", "a release", "annotated")
    try ana.git("push", "-q", "origin", "old", "light", "annotated", "main:memtrace/ana/2026-11-29")
    // A branch that is gone on the hub, and remembered here.
    try ana.git("push", "-q", "origin", "main:gone")
    _ = try world.run(["git", "branch", "-q", "-D", "gone"], in: hub)
    let file = try #require(try ana.files(of: other).first { $0.contains("/memories.") })
    try append("{\"note\":\"mine\",\"id\":\"CANARY\"}\n", to: file)
    try ana.git("stash", "-q")
    try ana.git("worktree", "add", "-q", "-b", "side", world.folder + "/tree")
    let tree = Clone(world: world, path: world.folder + "/tree")
    let aside = try tree.remember("Aside", other, by: "ben")
    try ana.git("gc", "-q")
    for pack in try world.run(["sh", "-c", "ls .git/objects/pack/*.pack"], in: ana.path).lines {
      try write("", to: ana.path + "/" + pack.dropLast(4) + "keep")
    }
    try ana.git("notes", "add", "-m", "seen by Ana", "HEAD")
    let head = try ana.git("log", "-1", "--format=%an %ae %at %cn %ct %s")
    let count = try ana.git("rev-list", "--count", "HEAD")
    let answer = try ana.json("erase", "--where", "customer_id=c1", "--history", "--reason", "118")
    #expect(answer["history"]?["commits"]?.integer ?? 0 > 3, "\(answer)")
    try ana.expectNoByte()
    #expect(try world.run(["grep", "-r", "-l", "CANARY-4711", tree.path], in: "/").out == "")
    #expect(try ana.git("log", "-1", "--skip=2", "--format=%an %ae %at %cn %ct %s") == head)
    #expect(try ana.git("rev-list", "--count", "HEAD") == String(Int(count)! + 2))
    #expect(try ana.git("notes", "show", "HEAD~2") == "seen by Ana")
    let left = answer["history"]?["left"]?.array?.compactMap(\.string) ?? []
    #expect(left.contains { $0.contains("git log --notes=refs/notes/commits") }, "\(left)")
    #expect(try ana.git("log", "--notes=refs/notes/commits").contains("seen by Ana"))
    #expect(try ana.git("stash", "list").split(separator: "\n").count == 1)
    try ana.git("stash", "pop", "-q")
    #expect(try text(of: file).contains("mine"))
    try ana.git("checkout", "-q", "--", ".")
    #expect(try ana.git("cat-file", "-t", "annotated") == "tag")
    #expect(try tree.recalled().contains(aside))
    try tree.remember("Goes on", other, by: "ben")
    try expectCleanHub()
    let dora = try join("dora")
    try dora.expectNoByte()
    try settle([ana, dora])
    // The host's own rest goes by the command that the report names.
    let command = try #require(
      answer["history"]?["left"]?.array?.compactMap(\.string).first { $0.contains("gc --quiet") }?
        .split(separator: ": ", maxSplits: 1).last)
    #expect(try world.run(["sh", "-c", String(command)], in: "/").status == 0)
    let rest = try world.run(
      ["sh", "-c", "git cat-file --batch-all-objects --batch | grep -a -c -F CANARY-4711"], in: hub)
    #expect(rest.line == "0")
  }

  /// A tag may be of anything, and Git knows more references than branches and tags.
  @Test func `references of trees, files, tags and odd names are rewritten, at the remote too`()
    throws
  {
    let files = try ana.git("ls-files", "*memories*").split(separator: "\n")
    let file = try #require(files.first { $0.contains(session) })
    let blob = try ana.git("rev-parse", "HEAD:\(file)")
    try ana.git("tag", "of-file", blob)
    try ana.git("tag", "-a", "-m", "a file", "of-file-told", blob)
    try ana.git("tag", "-a", "-m", "all of it", "of-tree", "HEAD^{tree}")
    try ana.git("tag", "-a", "-m", "a release", "release")
    try ana.git("tag", "-a", "-m", "of a tag", "of-tag", "release")
    for name in ["refs/original/refs/heads/main", "refs/prefetch/remotes/origin/main", "refs/odd"] {
      try ana.git("update-ref", name, "HEAD")
    }
    let copy = world.folder + "/copy"
    try write("{\"content\":\"kept\"}\n", to: copy)
    try ana.git("replace", blob, try ana.git("hash-object", "-w", copy))
    try ana.git("push", "-q", "origin", "of-file", "of-file-told", "of-tree", "of-tag")
    try ana.git("repack", "-a", "-d", "-q", "--write-bitmap-index")
    try ana.git("commit-graph", "write", "--reachable")
    let ben = try join("ben")
    try ben.git("fetch", "-q", "--tags")
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    try ana.expectNoByte()
    for (name, kind) in [
      ("of-file", "blob"), ("of-file-told", "tag"), ("of-tree", "tag"), ("of-tag", "tag"),
    ] {
      #expect(try ana.git("cat-file", "-t", name) == kind)
      let hubs = try world.run(["git", "rev-parse", name], in: hub).line
      #expect(try ana.git("rev-parse", name) == hubs)
    }
    #expect(try ana.git("rev-parse", "of-tag^{commit}") == ana.git("rev-parse", "refs/odd"))
    try settle([ana, ben, try join("dora")])
    try expectCleanHub()
  }

  @Test
  func `clones that were away follow, keep their own, and what comes from old copies is rewritten`()
    throws
  {
    let (ben, cleo, dave) = (try join("ben"), try join("cleo"), try join("dave"))
    try ben.remember("late CANARY-4711", session, by: "ben")
    let kept = try ben.remember("Ben's own", other, by: "ben")
    let id = try #require(try ana.json("erase", "--where", "customer_id=c1")["id"]?.string)
    try ana.done("erase", id, "--history")
    try ana.expectNoByte()
    let synced = try ben.done("sync")
    #expect(synced.err.contains("history was rewritten"), "\(synced.err)")
    try ben.expectNoByte()
    // Dave merges the old history by plain git, and pushes it.
    try dave.git("fetch", "-q")
    try dave.git(
      "-c", "merge.conflictStyle=merge", "merge", "-q", "--no-edit", "-X", "ours", "origin/main")
    try dave.git("push", "-q")
    try dave.git("push", "-q", "origin", "HEAD:old-work")
    try ana.done("sync")
    try ana.expectNoByte()
    try expectCleanHub()
    try settle([ana, ben, cleo, dave])
    for clone in [ana, ben, cleo, dave] {
      #expect(try clone.recalled().contains(kept))
      #expect(try clone.recalled().count == 2)
    }
    try expectCleanHub()
  }

  @Test func `two erasures at once on two hubs come to one history`() throws {
    let second = world.folder + "/second.git"
    _ = try world.run(["git", "clone", "-q", "--bare", hub, second], in: world.folder)
    let late = try ana.openSession("ana", "customer_id=c3")
    try ana.remember("also CANARY-4711", late, by: "ana")
    try ana.done("sync")
    try ana.git("push", "-q", second, "main")
    let ben = try join("ben", second)
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    try ben.done("erase", "--where", "customer_id=c3", "--history")
    try ana.done("remote", "add", "second", second)
    try ben.done("remote", "add", "first", hub)
    for _ in 0..<3 {
      try ana.done("sync", "origin")
      try ana.done("sync", "second")
      try ben.done("sync", "origin")
      try ben.done("sync", "first")
    }
    try settle([ana, ben])
    try expectCleanHub()
    try expectCleanHub(second)
    #expect(try ana.recalled().count == 1)
  }

  @Test func `a hub that refuses is explained, nothing moves, and the way that is named works`()
    throws
  {
    _ = try world.run(["git", "config", "receive.denyNonFastForwards", "true"], in: hub)
    let refused = try ana.memtrace("erase", "--where", "customer_id=c1", "--history")
    #expect(refused.status == 5, "\(refused.out)\(refused.err)")
    #expect(refused.err.contains("erasure without history stands"), "\(refused.err)")
    #expect(refused.err.contains("receive.denyNonFastForwards false"), "\(refused.err)")
    try ana.expectErased()
    #expect(try ana.recalled().count == 1)
    try ana.done("sync")
    let ben = try join("ben")
    try ben.expectErased()
    // As the hint says.
    _ = try world.run(["git", "config", "receive.denyNonFastForwards", "false"], in: hub)
    let start = try #require(refused.err.firstRange(of: "then memtrace ")?.upperBound)
    let words = refused.err[start...].prefix { !$0.isNewline }.split(separator: " ").map(
      String.init)
    #expect(words.first == "erase" && words.last == "--history", "\(words)")
    let again = try world.run([TestWorld.memtrace] + words, in: ana.path)
    #expect(again.status == 0, "\(again.err)")
    try settle([ana, ben])
    try expectCleanHub()
  }

  @Test func `a bridge that runs goes on over the new history, and keeps nothing of the old`()
    throws
  {
    // In a pack: an open one is held, though its name is gone.
    try ana.git("gc", "-q")
    let live = try ana.live()
    defer { live.stop() }
    _ = try live.remember("from the bridge CANARY-4711", session)
    _ = try live.remember("before", other)
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    #expect(throws: MemtraceError.self) { try live.remember("late CANARY-4711", session) }
    live.lookOutside()
    let after = try live.remember("after", other)
    try live.waitUntilCommitted()
    var held = ["?"]
    for _ in 0..<600 where !held.isEmpty {
      usleep(100_000)
      let open = try world.run(
        ["sh", "-c", "ls -l /proc/\(getpid())/fd; cat /proc/\(getpid())/maps"], in: "/"
      ).lines
      held = open.filter { $0.contains(ana.path + "/") && $0.contains("(deleted)") }
    }
    #expect(held == [], "nothing is held that has no name any more")
    live.stop()
    #expect(try ana.committed().contains(after))
    #expect(try ana.recalled().count == 3)
    try settle([ana, try join("dora")])
    try expectCleanHub()
  }

  @Test func `an operation under way anywhere is waited for, and named`() throws {
    let ben = try join("ben")
    try ben.git("worktree", "add", "-q", "-b", "side", world.folder + "/tree")
    let tree = Clone(world: world, path: world.folder + "/tree")
    try write("1\n", to: tree.path + "/notes.txt")
    try tree.git("add", "notes.txt")
    try tree.git("commit", "-q", "-m", "person: one")
    try ben.git("switch", "-q", "-c", "clash")
    try write("2\n", to: ben.path + "/notes.txt")
    try ben.git("add", "notes.txt")
    try ben.git("commit", "-q", "-m", "person: two")
    try ben.git("switch", "-q", "main")
    _ = try world.run(["git", "merge", "clash"], in: tree.path)
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    let waits = try ben.memtrace("sync")
    #expect(waits.status != 0 && waits.err.contains("merge is under way"), "\(waits.err)")
    #expect(waits.err.contains(tree.path), "\(waits.err)")
    try tree.git("merge", "--abort")
    try settle([ana, ben])
  }
}
