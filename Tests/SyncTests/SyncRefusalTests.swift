// What a sync must not take, must not overwrite, and must survive.

import Foundation
import Git
import Testing

@testable import Memtrace

@Suite struct `A sync that must stop` {
  @Test func `a rewritten remote is refused, named, and our side kept`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let first = try ana.head
    try ana.remember("one")
    try ana.sync()
    try ben.sync()
    let before = try ben.head
    let other = try ana.git("commit-tree", "-p", first, "-m", "other", "\(first)^{tree}").trimmed
    try ana.git("push", "-q", "-f", "origin", "\(other):main")
    let error = try #require(failure { try ben.sync() })
    #expect(error.kind == .conflict)
    #expect(error.message.contains("was rewritten") && error.message.contains("2 records"))
    #expect(error.message.contains("refs/memtrace/rescue/"))
    #expect(error.hint?.contains("reset") == false)
    #expect(try ben.head == before)
    #expect(failure { try ben.sync() }?.message == error.message)
    #expect(
      try ben.git("for-each-ref", "--format=%(objectname)", "refs/memtrace/rescue").trimmed
        == before)
    // The way back that the hint names.
    try ben.git("pull", "-q", "--no-rebase", "origin", "main")
    #expect(try ben.sync().received == 0)
    #expect(
      try world.git("log", "-1", "--format=%H", "main", in: "\(world.path)/hub.git").trimmed
        == ben.head)
  }

  @Test func `a remote that is merely behind gets what it lacks`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let first = try ana.head
    try ana.remember("one")
    try ana.sync()
    try ben.sync()
    try ana.git("push", "-q", "-f", "origin", "\(first):main")
    let before = try ben.head
    #expect(try ben.sync().sent == 2)
    #expect(try ben.head == before)
    #expect(try ben.sync().sent == 0)
  }

  @Test func `unrelated history is refused, and another memory is not joined`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    try world.makeClone("ana").sync()
    let ben = try world.makeClone("ben", organisation: "globex")
    try ben.remember("mine")
    let before = try ben.head
    let error = try #require(failure { try ben.sync() })
    #expect(error.kind == .conflict && error.message.contains("no history in common"))
    #expect(failure { try ben.sync(SyncRequest(isJoining: true)) }?.kind == .conflict)
    #expect(try ben.head == before)
    #expect(try ben.status == "")
  }

  @Test func `a remote with a README and no memory is joined when told so`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    try world.git("clone", "-q", "hub.git", "site")
    for (file, text) in [
      ("README.md", "Acme\n"), ("LICENSE", "free\n"), (".gitattributes", "*.png binary\n"),
    ] {
      try text.write(toFile: "\(world.path)/site/\(file)", atomically: true, encoding: .utf8)
    }
    try world.git("add", ".", in: "\(world.path)/site")
    try world.git("commit", "-q", "-m", "Initial commit", in: "\(world.path)/site")
    try world.git("push", "-q", "origin", "HEAD:main", in: "\(world.path)/site")
    let ana = try world.makeClone("ana")
    try ana.remember("mine")
    let error = try #require(failure { try ana.sync() })
    #expect(
      error.message.contains("no memory repository") && error.hint?.contains("--join") == true)
    let report = try ana.sync(SyncRequest(isJoining: true))
    #expect(report.merged == 1 && report.sent == 2)
    #expect(ana.read("README.md") == "Acme\n")
    #expect(ana.read("LICENSE") == "free\n")
    let attributes = try #require(ana.read(".gitattributes"))
    #expect(attributes.hasPrefix("*.png binary\n") && attributes.contains("merge=memtrace"))
    #expect(try ana.status == "")
    #expect(try world.clone("ben").contents() == ["mine"])
  }

  @Test func `a newer format on the remote is refused before anything moves`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.commit(".memtrace/config.json", "{\"format\": 2}\n")
    try ana.git("push", "-q")
    let before = try ben.head
    try ben.remember("still here")
    let error = try #require(failure { try ben.sync() })
    #expect(error.message.contains("format 2") && error.hint == "install a newer memtrace")
    #expect(try ben.git("rev-parse", "HEAD~1").trimmed == before)
  }

  @Test(arguments: [
    ("120000", "sessions/2026-11/link.jsonl"), ("120000", "sessions"),
    ("100644", "sessions/../../evil"),
    ("100644", "a/.GIT/hooks/pre-commit"), ("120000", ".memtrace/keys"),
  ])
  func `a tree that leads outside is refused and nothing is written`(mode: String, path: String)
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    // Git itself refuses to make such a tree: put it together entry by entry.
    let repository = try Repository.open(path: ana.path)
    var id = try repository.writeBlob(Array("/tmp/outside".utf8))
    var entryMode = mode
    for name in path.split(separator: "/").reversed() {
      let line = "\(entryMode == "tree" ? "040000" : entryMode) \(name)\0"
      let object = Array(line.utf8) + id.bytes
      let file = "\(world.path)/tree"
      try Data(object).write(to: URL(fileURLWithPath: file))
      id = try #require(
        ObjectID(
          hex: world.git("hash-object", "-t", "tree", "-w", "--literally", file, in: ana.path)
            .trimmed))
      entryMode = "tree"
    }
    let parent = try repository.commit(#require(ObjectID(hex: ana.head)))
    let who = Signature(name: "x", email: "x@agents.invalid", seconds: 1)
    // One folder with the bad entry beside what makes it a memory repository.
    let config = try #require(try repository.treeEntry(in: parent.tree, ".memtrace"))
    let bad = try #require(try repository.entries(of: id).first)
    var entries = [bad]
    if bad.name != ".memtrace" { entries.append(config) }
    entries.sort { $0.name < $1.name }
    var tree: [UInt8] = []
    for entry in entries {
      tree +=
        Array("\(String(entry.mode.rawValue, radix: 8)) \(entry.name)\0".utf8) + entry.id.bytes
    }
    try Data(tree).write(to: URL(fileURLWithPath: "\(world.path)/tree"))
    let root = try #require(
      ObjectID(
        hex: world.git(
          "hash-object", "-t", "tree", "-w", "--literally", "\(world.path)/tree", in: ana.path
        ).trimmed))
    let commit = try repository.createCommit(
      tree: root, parents: [parent.id], author: who, committer: who, message: "evil\n")
    try ana.git("push", "-q", "origin", "\(commit):main")
    let before = try ben.head
    let error = try #require(failure { try ben.sync() })
    #expect(error.kind == .invalid || error.kind == .conflict, "\(error)")
    #expect(try ben.head == before)
    #expect(try ben.status == "")
    #expect(!FileManager.default.fileExists(atPath: "\(world.path)/evil"))
  }

  @Test func `a file over 64 MiB in our folders is refused`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let large = String(repeating: "x", count: 64 * 1_024 * 1_024 + 1)
    try ana.commit("sessions/large.jsonl", large)
    try ana.git("push", "-q")
    let before = try ben.head
    #expect(failure { try ben.sync() }?.message.contains("64 MiB") == true)
    #expect(try ben.head == before)
  }

  @Test func `ten thousand files that are not ours come along untouched`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    for n in 0..<10_000 { try ana.write("vendor/\(n % 100)/file\(n).txt", "\(n)\n") }
    try ana.git("add", "vendor")
    try ana.git("commit", "-q", "-m", "vendor")
    try ana.git("push", "-q")
    try ben.remember("beside them")
    try ben.sync()
    #expect(ben.read("vendor/42/file9942.txt") == "9942\n")
    #expect(try ben.status == "")
    try ana.sync()
    #expect(try ana.tree == ben.tree)
  }

  @Test func `a real conflict in a file that is not ours stops the sync and changes nothing`()
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.commit("notes.txt", "ana\n")
    try ana.sync()
    try ben.commit("notes.txt", "ben\n")
    try ben.remember("kept")
    let before = try ben.head
    let error = try #require(failure { try ben.sync() })
    #expect(error.kind == .conflict && error.message.contains("notes.txt"))
    #expect(try ben.head == before)
    #expect(try ben.status == "")
    #expect(ben.read("notes.txt") == "ben\n")
  }

  @Test func `texts that are not ours merge line by line`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.commit("notes.txt", "1\n2\n3\n4\n5\n6\n7\n")
    try ana.sync()
    try ben.sync()
    try ana.commit("notes.txt", "one\n2\n3\n4\n5\n6\n7\n")
    try ben.commit("notes.txt", "1\n2\n3\n4\n5\n6\nseven\n")
    try ana.sync()
    try ben.sync()
    #expect(ben.read("notes.txt") == "one\n2\n3\n4\n5\n6\nseven\n")
  }

  @Test func `what a person has not committed stands in the way and is named`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.commit("notes.txt", "from ana\n")
    try ana.commit("plans.txt", "from ana\n")
    try ana.sync()
    try ben.write("notes.txt", "draft\n")
    try ben.write("elsewhere.txt", "draft\n")
    let error = try #require(failure { try ben.sync() })
    #expect(error.kind == .conflict && error.message.contains("notes.txt"))
    #expect(!error.message.contains("elsewhere"))
    #expect(ben.read("notes.txt") == "draft\n" && ben.read("plans.txt") == nil)
    try FileManager.default.removeItem(atPath: "\(ben.path)/notes.txt")
    try ben.sync()
    #expect(ben.read("notes.txt") == "from ana\n")
    #expect(try ben.status == "?? elsewhere.txt\n")
    // What is only staged counts too.
    try ana.commit("plans.txt", "newer\n")
    try ana.sync()
    try ben.write("plans.txt", "staged\n")
    try ben.git("add", "plans.txt")
    try ben.write("plans.txt", "from ana\n")
    #expect(failure { try ben.sync() }?.message.contains("plans.txt") == true)
  }

  @Test func `a merge under way, a detached HEAD and a shallow clone are named`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("one")
    try ana.sync()
    try world.git("clone", "-q", "--depth", "1", "file://\(world.path)/hub.git", "shallow")
    #expect(failure { try world.open("shallow").sync() }?.hint?.contains("--unshallow") == true)
    try ben.git("checkout", "-q", "--detach")
    try ben.remember("waiting")
    #expect(failure { try ben.sync() }?.kind == .busy)
    try ben.git("checkout", "-q", "main")
    // The memory, and that its agent wrote here for the first time.
    #expect(try ben.sync().sent == 2)
  }

  @Test func `a move that was cut off is completed by whoever opens the repository next`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let session = try ana.openSession()
    try ana.remember("one", session: session)
    try ana.commit("notes.txt", "hello\n")
    try ana.sync()
    try ben.git("fetch", "-q")
    let old = try #require(ObjectID(hex: ben.head))
    let new = try #require(ObjectID(hex: ben.git("rev-parse", "origin/main").trimmed))
    // Cut after the reference moved, before any file was written.
    try CheckoutNote(branch: "refs/heads/main", old: old, new: new).write(
      to: ben.store.stateFiles())
    try ben.git("update-ref", "refs/heads/main", new.description)
    #expect(try ben.status != "")
    try ben.remember("two", session: session)
    #expect(try ben.contents(session: session) == ["one", "two"])
    #expect(ben.read("notes.txt") == "hello\n")
    #expect(try ben.status == "")
    // Cut before the reference moved: nothing is left to do.
    let never = try ben.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "never").trimmed
    try CheckoutNote(branch: "refs/heads/main", old: new, new: #require(ObjectID(hex: never)))
      .write(to: ben.store.stateFiles())
    try ben.sync()
    #expect(try ben.status == "")
    #expect(try CheckoutNote(in: ben.store.stateFiles()) == nil)
  }

  @Test func `a server that refuses by hook is quoted, and what was fetched is merged here`() throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("from ana")
    try ana.sync()
    let hook = "\(world.path)/hub.git/hooks/pre-receive"
    try "#!/bin/sh\necho 'main is protected: ask Cleo'\nexit 1\n".write(
      toFile: hook, atomically: true, encoding: .utf8)
    try world.run(["chmod", "+x", hook])
    // A local path runs no hook through libgit2: go the way that a server goes.
    let server = try Server.git(world)
    try ben.remember("from ben")
    try ben.git("remote", "set-url", "origin", "git://127.0.0.1:\(server.port)/hub.git")
    let error = try #require(failure { try ben.sync() })
    #expect(error.kind == .remote && error.message.contains("main is protected: ask Cleo"))
    #expect(error.hint?.contains("--branch memtrace/") == true)
    #expect(try Set(ben.contents()) == ["from ana", "from ben"])
    #expect(try ben.status == "")
    try FileManager.default.removeItem(atPath: hook)
    #expect(try ben.sync().sent == 2)
  }

  @Test func `bad remotes are told apart`() throws {
    let world = try SyncWorld()
    let ana = try world.makeClone("ana", remote: nil)
    func sync(_ url: String) throws -> MemtraceError? {
      _ = try world.run(["git", "remote", "remove", "origin"], in: ana.path)
      try ana.git("remote", "add", "origin", url)
      return failure { try ana.sync() }
    }
    #expect(failure { try ana.sync() }?.message.contains("no remote") == true)
    #expect(try sync("\(world.path)/nowhere.git")?.message.contains("not a repository") == true)
    #expect(
      try sync("http://127.0.0.1:9/x.git")?.message.contains("refused the connection") == true)
    #expect(
      try sync("http://host.invalid/x.git")?.message.contains("no such host: host.invalid") == true)
    for error in [try sync("\(world.path)/nowhere.git"), try sync("ssh://127.0.0.1:9/x.git")] {
      #expect(error?.kind == .remote)
      #expect(error?.hint != nil)
    }
  }

  @Test func `the sync that was refused is noted for status`() throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    try ana.remember("one")
    var state = try ana.store.syncState()
    #expect(state.ahead == 1 && state.behind == 0 && state.lastFailure == nil)
    #expect(state.lastSync != nil && state.remote == "origin")
    try world.run(["mv", "hub.git", "away.git"])
    #expect(failure { try ana.sync() } != nil)
    state = try ana.store.syncState()
    #expect(state.lastFailure?.contains("not a repository") == true)
  }

  @Test func `clone copies a memory, and leaves nothing behind where it fails`() throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    try ana.remember("one")
    try ana.sync()
    func clone(_ url: String, _ name: String) throws -> TestClone {
      let store = try Store.clone(
        url, to: "\(world.path)/\(name)", network: ana.network, world: ana.store.world
      ).store
      return TestClone(store, world)
    }
    let copy = try clone("\(world.path)/hub.git", "copy")
    #expect(try copy.contents() == ["one"])
    #expect(try copy.status == "" && copy.head == ana.head)
    #expect(try copy.git("status", "-sb").hasPrefix("## main...origin/main\n"))
    try copy.remember("two")
    try copy.sync()
    #expect(try ana.sync().received == 1)
    try world.makeHub("empty.git")
    #expect(
      failure { _ = try clone("\(world.path)/empty.git", "none") }?.message.contains("is empty")
        == true)
    #expect(failure { _ = try clone("\(world.path)/nowhere.git", "none") }?.kind == .remote)
    try world.git("init", "-q", "site")
    try world.git("commit", "-q", "--allow-empty", "-m", "site", in: "\(world.path)/site")
    let other = try #require(failure { _ = try clone("\(world.path)/site", "none") })
    #expect(
      other.message.contains("no memory repository") && other.hint?.contains("--join") == true)
    #expect(!FileManager.default.fileExists(atPath: "\(world.path)/none"))
    #expect(failure { _ = try clone("\(world.path)/hub.git", "copy") }?.kind == .conflict)
  }
}
