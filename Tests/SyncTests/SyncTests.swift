// Sync as a team uses it: clones, a bare remote, and people with the git command.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Syncing through a bare remote` {
  @Test func `two clones that were offline end with the same bytes and every record once`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let session = try ana.openSession()
    try ana.remember("modem restarted", session: session)
    #expect(try ana.sync().sent == 3)
    #expect(try ben.sync().received == 3)
    try ana.remember("from ana", session: session)
    try ben.remember("from ben", session: session)
    try ana.sync()
    let report = try ben.sync()
    #expect(report.received == 1)
    #expect(report.sent == 1)
    #expect(report.merged == 1)
    #expect(report.conflicts == 0)
    #expect(report.attempts == 1)
    #expect(try ana.sync().received == 1)
    #expect(try ana.head == ben.head)
    for clone in team {
      #expect(try clone.contents(session: session) == ["modem restarted", "from ana", "from ben"])
      #expect(try clone.status == "")
      try clone.git("fsck", "--strict", "--no-dangling")
    }
    let idle = try ben.sync()
    #expect(idle.received == 0 && idle.sent == 0 && idle.merged == 0)
    #expect(try ana.head == ben.head)
  }

  @Test func `a first sync into an empty remote fills it and makes the branch follow it`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    let ana = try world.makeClone("ana")
    try ana.remember("first")
    #expect(try ana.sync().sent == 2)
    #expect(try ana.git("rev-parse", "--abbrev-ref", "main@{upstream}").trimmed == "origin/main")
    #expect(try ana.git("status", "-sb").hasPrefix("## main...origin/main\n"))
    #expect(try world.clone("ben").contents() == ["first"])
  }

  @Test func `a merge is the same commit on both sides when two clones pull from each other`()
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("a")
    try ben.remember("b")
    try ana.git("remote", "add", "peer", ben.path)
    try ben.git("remote", "add", "peer", ana.path)
    let heads = (try ana.head, try ben.head)
    try ana.git("fetch", "-q", "peer")
    try ben.git("fetch", "-q", "peer")
    try ana.sync(SyncRequest(.pull, remote: "peer"))
    try ben.git("update-ref", "refs/remotes/peer/main", heads.0)
    // Ben pulls what ana had before her merge, as if both had fetched at once.
    try ana.git("branch", "before", heads.0)
    try ben.git("config", "remote.peer.fetch", "+refs/heads/before:refs/remotes/peer/main")
    try ben.git("config", "branch.main.merge", "refs/heads/before")
    try ben.git("config", "branch.main.remote", "peer")
    try ben.sync(SyncRequest(.pull, remote: "peer"))
    #expect(try ana.head == ben.head)
    #expect(
      try ana.git("log", "-1", "--format=%an <%ae>").trimmed == "memtrace <merge@agents.invalid>")
  }

  @Test func `a person's edit on each side becomes two records, once, in every clone`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben", "cleo")
    let (ana, ben, cleo) = (team[0], team[1], team[2])
    let session = try ana.openSession()
    try ana.remember("the modem blinks", session: session)
    try ana.sync()
    try ben.sync()
    let file = try #require(ana.files(of: session).first { $0.contains("memories.") })
    let text = try #require(ana.read(file))
    try ana.commit(file, text.replacingOccurrences(of: "blinks", with: "blinks red"))
    try ben.commit(file, text.replacingOccurrences(of: "blinks", with: "blinks green"))
    try ana.sync()
    #expect(try ben.sync().conflicts == 1)
    try ana.sync()
    try cleo.sync()
    #expect(Set(try team.map { try $0.head }).count == 1)
    let records = try cleo.store.records().memories(MemoryFilter())
    #expect(Set(records.map(\.content)) == ["the modem blinks red", "the modem blinks green"])
    let loser = try #require(records.first { $0.eventType == "conflict" })
    #expect(loser.parent == records.first { $0.eventType != "conflict" }?.id.description)
  }

  @Test func `a deletion by a person spreads and takes nothing else along`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let session = try ana.openSession()
    try ana.remember("one", session: session)
    try ana.remember("two", session: session)
    try ana.sync()
    try ben.sync()
    let file = try #require(ana.files(of: session).first { $0.contains("memories.") })
    let lines = try #require(ben.read(file)).split(separator: "\n")
    try ben.commit(file, lines[1] + "\n")
    let gone = try #require(try JSON(parsing: Array(lines[0].utf8))["id"]?.string)
    _ = try ben.store.write { try $0.accept([gone], commit: nil, reviewer: "Ben") }
    try ana.remember("three", session: session)
    try ana.sync()
    try ben.sync()
    try ana.sync()
    #expect(try ana.contents(session: session) == ["two", "three"])
    #expect(try ana.tree == ben.tree)
  }

  @Test func `a squash merge of our branch on the remote doubles nothing`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("one")
    try ana.remember("two")
    let report = try ana.sync(SyncRequest(branch: "memtrace/ana"))
    #expect(report.sent == 3)
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/hub.git").trimmed != ana.head)
    try ben.git("fetch", "-q")
    try ben.git("merge", "-q", "--squash", "origin/memtrace/ana")
    try ben.git("commit", "-q", "-m", "ana's work")
    try ben.git("push", "-q")
    try ana.remember("three")
    try ana.sync(SyncRequest(branch: "memtrace/ana"))
    #expect(try ana.contents() == ["one", "two", "three"])
    #expect(try ana.git("log", "--merges", "--format=%s").trimmed == MergeCommit.subject)
    try ben.git("pull", "-q", "--no-rebase", "origin", "memtrace/ana")
    #expect(try ben.contents() == ["one", "two", "three"])
    #expect(try ben.tree == ana.tree)
  }

  /// Its objects are linked, where they can be.
  @Test(arguments: ["plain", "packed", "borrowed", "planted"])
  func `a first clone from a folder stands on its own`(kind: String) throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    for n in 0..<20 { try ana.remember("memory \(n)") }
    try ana.sync()
    let hub = "\(world.path)/hub.git"
    switch kind {
    case "packed": try world.git("gc", "-q", in: hub)
    case "borrowed":
      try world.run(["mv", "hub.git", "lender.git"])
      try world.git("clone", "-q", "--bare", "--shared", "lender.git", "hub.git")
    case "planted":
      try FileManager.default.createSymbolicLink(
        atPath: "\(hub)/objects/pack/pack-0.pack", withDestinationPath: "/etc/passwd")
    default: break
    }
    let store = try Store.clone(
      hub, to: "\(world.path)/copy", network: ana.network, world: ana.store.world
    ).store
    let copy = TestClone(store, world)
    #expect(try copy.head == ana.head && copy.status == "")
    try world.run(["rm", "-rf", "hub.git", "lender.git"])
    try copy.git("fsck", "--strict", "--full", "--no-dangling")
    #expect(try copy.contents() == ana.contents())
    #expect(copy.read(".git/objects/pack/pack-0.pack") == nil)
  }

  @Test func `clones that merged each other by plain git, each its own way, come together`() throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let session = try ana.openSession()
    for text in ["one", "two"] { try ana.remember(text, session: session) }
    try ana.sync()
    try ben.sync()
    let file = try #require(ana.files(of: session).first { $0.contains("memories.") })
    let text = try #require(ana.read(file))
    try ana.commit(file, text.replacingOccurrences(of: "one", with: "ONE"))
    try ben.remember("three", session: session)
    // Criss-cross: each merges the other's tip, and the two merges are two commits.
    try ana.git("fetch", "-q", ben.path, "main:ben")
    try ben.git("fetch", "-q", ana.path, "main:ana")
    try ana.git("merge", "-q", "-m", "ana's merge", "ben")
    try ben.git("merge", "-q", "-m", "ben's merge", "ana")
    #expect(try ana.head != ben.head)
    try ana.remember("four", session: session)
    try ben.remember("five", session: session)
    let edited = try #require(ben.read(file))
    try ben.commit(file, edited.replacingOccurrences(of: "two", with: "TWO"))
    try ana.sync()
    #expect(try ben.sync().merged == 1)
    try ana.sync()
    #expect(try ana.head == ben.head)
    #expect(
      try ana.contents(session: session).sorted() == ["ONE", "TWO", "five", "four", "three"])
    #expect(
      try ana.git("merge-base", "--all", "HEAD^1", "HEAD^2").split(separator: "\n").count == 2)
  }

  @Test func `pull takes and sends nothing, push sends and takes nothing`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("from ana")
    #expect(try ana.sync(SyncRequest(.push)).sent == 2)
    try ben.remember("from ben")
    let behind = try #require(failure { try ben.sync(SyncRequest(.push)) })
    #expect(behind.kind == .remote && behind.hint == "memtrace sync")
    #expect(try ben.contents() == ["from ben"])
    let hub = try world.git("rev-parse", "main", in: "\(world.path)/hub.git")
    let pulled = try ben.sync(SyncRequest(.pull))
    #expect(pulled.received == 2 && pulled.sent == 0 && pulled.merged == 1)
    #expect(try Set(ben.contents()) == ["from ana", "from ben"])
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/hub.git") == hub)
    #expect(try ben.sync(SyncRequest(.push)).sent == 2)
    #expect(try ana.sync(SyncRequest(.pull)).received == 2)
    #expect(try ana.head == ben.head)
  }

  @Test func `a copy of a clone takes a replica id of its own`() throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    let session = try ana.openSession()
    try ana.remember("before the copy", session: session)
    try world.run(["cp", "-r", "ana", "copy"])
    let copy = try world.open("copy")
    try ana.remember("original", session: session)
    try copy.remember("copied", session: session)
    try ana.sync()
    try copy.sync()
    try ana.sync()
    #expect(Set(try ana.contents(session: session)) == ["before the copy", "original", "copied"])
    #expect(ana.files(of: session).filter { $0.contains("memories.") }.count == 2)
  }

  @Test func `our own file with lines that we never wrote makes us take a new replica id`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let session = try ana.openSession()
    try ana.remember("mine", session: session)
    try ana.sync()
    try ben.sync()
    let file = try #require(ben.files(of: session).first { $0.contains("memories.") })
    let text = try #require(ben.read(file))
    let foreign = text.replacingOccurrences(of: "mine", with: "not mine").replacing(
      /mem_.{26}/,
      with: "mem_7ZZZZZZZZZ0000000000000000".replacingOccurrences(
        of: "7ZZZZZZZZZ", with: "01M3Z00000"))
    try ben.commit(file, text + foreign)
    try ben.sync()
    try ana.sync()
    #expect(ana.store.notices.contains { $0.contains("new replica id") })
    try ana.remember("later", session: session)
    #expect(ana.files(of: session).filter { $0.contains("memories.") }.count == 2)
  }
}
