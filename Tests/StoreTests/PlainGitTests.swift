// Git sees an ordinary repository: after every verb, in every plain clone, in every plain merge.

import Testing

@testable import Memtrace

struct PlainGitTests {
  @Test func `every verb leaves a clean, sound and readable repository`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    try support.expectHealthy()
    let session = try support.openSession("internet-support", "customer_id=cust_12345")
    let verbs: [[String]] = [
      ["agent", "register", "billing-support"], ["agent", "list"],
      ["agent", "show", "billing-support"], ["agent", "stats", "billing-support"],
      ["remember", "Router is slow", "--agent", "internet-support", "--session", session],
      ["decide", "Update", "--reasoning", "2.1 is old", "--agent", "tv", "--session", session],
      ["remember", "Prefers email", "--agent", "internet-support"],
      ["recall"], ["recall", "--session", session], ["search", "--contains", "router"],
      ["session", "list"], ["session", "search", "--where", "customer_id=cust_12345"],
      ["session", "show", session], ["session", "update", session, "--meta", "channel=phone"],
      ["session", "close", session], ["session", "reopen", session], ["context", session],
      ["status"], ["log"], ["check"], ["check", "--repair"], ["export"], ["gc"], ["template"],
      ["agent", "remove", "billing-support"],
    ]
    for verb in verbs {
      let outcome = try world.run([TestWorld.memtrace] + verb, in: support.path)
      #expect(outcome.status == 0, "\(verb): \(outcome.err)")
      #expect(outcome.err == "", "\(verb)")
      try support.expectHealthy()
    }
    let log = try support.git("log", "--format=%an|%s")
    #expect(log.contains("internet-support|remember: 1 memory · \(session)"))
    #expect(log.contains("tv|decide: 1 decision · \(session)"))
    #expect(!log.contains("Router is slow"), "customers' words are in no commit message")
  }

  @Test func `verbs work from below the root, and nowhere else`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let session = try support.openSession()
    let below = Clone(world: world, path: support.path + "/sessions")
    try below.remember("From below", session)
    #expect(try support.recalled(session).count == 1)
    let outside = try world.run([TestWorld.memtrace, "status"], in: world.folder)
    #expect(outcome(outside) == "3 memtrace init")
  }

  private func outcome(_ outcome: Outcome) -> String {
    "\(outcome.status) \(outcome.err.contains("memtrace init") ? "memtrace init" : outcome.err)"
  }

  @Test func `a plain clone is a working memory repository`() throws {
    let world = try TestWorld()
    let here = try world.clone()
    let session = try here.openSession()
    try here.remember("Written here", session)
    let there = try world.clone(of: here, "there")
    #expect(try there.recalled(session).count == 1)
    try there.remember("Written there", session)
    #expect(try there.recalled(session).count == 2)
    #expect(try there.files(of: session).count == 3, "a file of its own for each replica")
    try there.expectHealthy()
  }

  @Test func `two plain clones that write to one session merge with plain git`() throws {
    let world = try TestWorld()
    let origin = try world.clone()
    let session = try origin.openSession()
    try origin.remember("Before they part", session)
    let ana = try world.clone(of: origin, "ana")
    let ben = try world.clone(of: origin, "ben")
    for clone in [ana, ben] {
      // No attribute and no driver may be needed.
      try clone.git("rm", "-q", ".gitattributes")
      try clone.git("commit", "-qm", "attributes: none")
    }
    var ids = try origin.recalled(session)
    for round in 0..<3 {
      ids.append(try ana.remember("Ana \(round)", session, by: "ana"))
      ids.append(try ben.remember("Ben \(round)", session, by: "ben"))
      ids.append(
        try ben.done("decide", "D", "--reasoning", "R", "--agent", "ben", "--session", session).line
      )
    }
    try ana.git("pull", "-q", "--no-rebase", "--no-edit", ben.path, "main")
    try ben.git("pull", "-q", "--no-rebase", "--no-edit", ana.path, "main")
    for clone in [ana, ben] {
      #expect(try clone.committed().sorted() == ids.sorted())
      #expect(try clone.recalled(session) == ids.sorted { $0.dropFirst(4) < $1.dropFirst(4) })
      try clone.remember("After the merge", session)
      try clone.expectHealthy()
    }
    #expect(try ana.git("rev-list", "--merges", "--count", "HEAD") == "1")
  }

  @Test func `of one dedup key in two clones the first record counts, and the other is marked`()
    throws
  {
    let world = try TestWorld()
    let ana = try world.clone()
    let session = try ana.openSession()
    let ben = try world.clone(of: ana, "ben")
    let ids = try [ana, ben].map { clone in
      try clone.done(
        "remember", "Credited 12.99", "--agent", "billing", "--session", session, "--dedup-key",
        "credit-1"
      ).line
    }
    try ana.git("pull", "-q", "--no-rebase", "--no-edit", ben.path, "main")
    for list in [
      try ana.json("recall", "--all", "--session", session, "--order", "asc")["memories"],
      try ana.json("search", "credited", "--all")["results"].map {
        .array(($0.array ?? []).sorted(by: id))
      },
    ] {
      #expect(list?.array?.map { $0["id"]?.string } == ids)
      #expect(list?.array?.map { $0["duplicate_of"]?.string } == [nil, ids[0]])
    }
    #expect(try ana.json("show", ids[1])["duplicate_of"]?.string == ids[0])
    let context = try ana.done("context", session).out
    #expect(context.contains(ids[0]) && !context.contains(ids[1]))
    let again = try ana.memtrace(
      "remember", "Again", "--agent", "billing", "--session", session, "--dedup-key", "credit-1")
    #expect(again.status == 4)
  }

  private func id(_ left: JSON, _ right: JSON) -> Bool {
    (left["id"]?.string ?? "") < (right["id"]?.string ?? "")
  }

  @Test func `two branches of one clone merge with plain git`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    var ids = [try clone.remember("On main", session)]
    try clone.git("switch", "-qc", "trial")
    ids.append(try clone.remember("On trial", session))
    try clone.git("switch", "-q", "main")
    ids.append(try clone.remember("On main again", session))
    try clone.git("switch", "-q", "trial")
    ids.append(try clone.remember("On trial again", session))
    #expect(try clone.recalled(session) == [ids[0], ids[1], ids[3]])
    try clone.git("switch", "-q", "main")
    #expect(try clone.recalled(session) == [ids[0], ids[2]])
    try clone.git("merge", "-q", "--no-edit", "trial")
    #expect(try clone.committed().sorted() == ids.sorted())
    ids.append(try clone.remember("After the merge", session))
    #expect(try clone.recalled(session).sorted() == ids.sorted())
    try clone.expectHealthy()
  }

  @Test func `a linked worktree writes files of its own`() throws {
    let world = try TestWorld()
    let clone = try world.clone()
    let session = try clone.openSession()
    var ids = [try clone.remember("In the main work tree", session)]
    try clone.git("worktree", "add", "-q", "-b", "side", world.folder + "/side")
    let side = Clone(world: world, path: world.folder + "/side")
    ids.append(try side.remember("In the linked one", session))
    ids.append(try clone.remember("In the main one again", session))
    try clone.git("merge", "-q", "--no-edit", "side")
    #expect(try clone.committed().sorted() == ids.sorted())
    try clone.expectHealthy()
    try side.expectHealthy()
  }

  @Test func `a clone with no commits, on a branch of any name, takes its first record`() throws {
    let world = try TestWorld()
    try world.run(["git", "init", "-q", "-b", "équipe/eins", "empty"], in: world.folder)
    let empty = Clone(world: world, path: world.folder + "/empty")
    try empty.done("init", ".", "--org", "teleco")
    let session = try empty.openSession()
    try empty.remember("First", session)
    #expect(try empty.git("branch", "--show-current") == "équipe/eins")
    #expect(try empty.committed().count == 1)
    try empty.expectHealthy()
  }

  @Test func `init adds to a project, overwrites nothing and commits nothing of a person's`() throws
  {
    let world = try TestWorld()
    try world.run(["git", "init", "-q", "project"], in: world.folder)
    let project = Clone(world: world, path: world.folder + "/project")
    try write("mine\n", to: project.path + "/README.md")
    try write("draft\n", to: project.path + "/draft.txt")
    try project.git("add", "README.md")
    try project.git("commit", "-qm", "start: readme")
    try project.git("add", "draft.txt")
    try project.done("init", ".")
    #expect(try text(of: project.path + "/README.md") == "mine\n")
    #expect(try project.git("status", "--porcelain") == "A  draft.txt")
    let again = try project.memtrace("init", ".")
    #expect(again.status == 4 && again.err.contains("already"))
  }
}
