// Removals that come from elsewhere: believed and named, summed, and stopped where they are wide.

import Foundation
import Git
import Testing

@testable import Memtrace

@Suite("Removals from elsewhere")
struct RemovalsElsewhereTests {
  private let world: SyncWorld
  private let ana: TestClone
  private let ben: TestClone
  private let session: SessionID

  init() throws {
    world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    (ana, ben) = (team[0], team[1])
    session = try ana.openSession()
  }

  /// Ben removes the first lines of the session's memories and pushes; he never writes with memtrace.
  private func remove(_ count: Int, by clone: TestClone) throws {
    try clone.git("pull", "-q", "--no-rebase", "--no-edit")
    let file = try #require(clone.files(of: session).first { $0.contains("memories.") })
    let lines = try #require(clone.read(file)).split(separator: "\n")
    try clone.commit(file, lines.dropFirst(count).map { $0 + "\n" }.joined())
    try clone.git("push", "-q", "origin", "HEAD:main")
  }

  private func fill(_ count: Int) throws {
    for number in 0..<count { try ana.remember("Number \(number)", session: session) }
    try ana.sync()
  }

  /// What a sync asks once it has fetched.
  private func admit(accepting: Bool = false) throws -> Removals {
    let old = try ana.git("rev-parse", "origin/main").trimmed
    try ana.git("fetch", "-q")
    let new = try #require(ObjectID(hex: try ana.git("rev-parse", "origin/main").trimmed))
    return try ana.store.locked { session in
      try session.settle()
      try session.noteFetched(new, tracking: ObjectID(hex: old))
      return try session.admit(new, from: "origin", accepting: accepting)
    }
  }

  @Test(arguments: [true, false])
  func `a removal that a fetch brought is believed and named`(hasReflogs: Bool) throws {
    try fill(5)
    if !hasReflogs { try ana.git("config", "core.logAllRefUpdates", "false") }
    try remove(1, by: ben)
    let removals = try admit()
    let commit = try ben.head.prefix(7)
    #expect(removals.summary == "removed 1 record in 1 session: Ana, \(commit)")
    try ana.git("merge", "-q", "--ff-only", "origin/main")
    ana.store.notices = []
    try ana.remember("Next", session: session)
    #expect(!ana.store.notices.contains { $0.contains("put back") }, "\(ana.store.notices)")
    #expect(try ana.contents(session: session).count == 5)
    #expect(try ana.store.unsaidRemovals().map(\.comesBack) == [false])
  }

  @Test func `what was moved elsewhere to where nobody reads is named as removed`() throws {
    try fill(5)
    try ben.git("pull", "-q", "--no-rebase", "--no-edit")
    let file = try #require(ben.files(of: session).first { $0.contains("memories.") })
    try ben.git("mv", file, "sessions/moved.jsonl")
    try ben.git("commit", "-q", "-m", "person: moved")
    try ben.git("push", "-q", "origin", "HEAD:main")
    #expect(try admit().summary == "removed 5 records in 1 session: Ana, \(ben.head.prefix(7))")
  }

  @Test func `plain git pull is believed where its reflog says so, and counted once`() throws {
    try fill(5)
    try remove(1, by: ben)
    try ana.git("pull", "-q", "--no-rebase", "--no-edit")
    ana.store.notices = []
    try ana.remember("Next", session: session)
    #expect(ana.store.notices.count { $0.hasPrefix("removed 1 record in 1 session") } == 1)
    try ana.remember("Again", session: session)
    #expect(ana.store.notices.count { $0.hasPrefix("removed 1 record in 1 session") } == 1)
    #expect(try ana.contents(session: session).count == 6)
  }

  @Test
  func `what was committed and pushed here in one line is put back, though it was fetched since`()
    throws
  {
    try fill(5)
    try remove(2, by: ana)
    try ben.git("pull", "-q", "--no-rebase", "--no-edit")
    try ben.commit("notes.txt", "hello\n")
    try ben.git("push", "-q", "origin", "HEAD:main")
    try ana.git("pull", "-q", "--no-rebase", "--no-edit")
    ana.store.notices = []
    try ana.remember("Next", session: session)
    #expect(ana.store.notices.contains { $0.contains("put back 2 records") })
    #expect(try ana.contents(session: session).count == 6)
    try ana.sync()
    try ben.git("pull", "-q", "--no-rebase", "--no-edit")
    #expect(try ben.contents(session: session).count == 6)
  }

  @Test func `so is what was pushed by its URL, which leaves no trace on the tracking reference`()
    throws
  {
    try fill(5)
    let file = try #require(ana.files(of: session).first { $0.contains("memories.") })
    try ana.commit(file, "")
    try ana.git("push", "-q", "\(world.path)/hub.git", "HEAD:main")
    try ana.git("fetch", "-q")
    ana.store.notices = []
    try ana.remember("Next", session: session)
    #expect(ana.store.notices.contains { $0.contains("put back 5 records") })
    #expect(try ana.contents(session: session).count == 6)
  }

  @Test func `many at once stop before anything moves, until a person confirms`() throws {
    try fill(40)
    try remove(25, by: ben)
    let before = try ana.head
    let refusal = try #require(failure { _ = try admit() })
    #expect(refusal.kind == .conflict && refusal.hint?.contains("--accept-removals") == true)
    #expect(refusal.message.contains("removed 25 records in 1 session: Ana"))
    #expect(try ana.head == before)
    #expect(try admit(accepting: true).count == 25)
    try ana.git("merge", "-q", "--ff-only", "origin/main")
    try ana.remember("Next", session: session)
    try ana.store.locked { try $0.mayPush(accepting: false) }
    #expect(try ana.contents(session: session).count == 16)
  }

  @Test func `a tip with wide removals that came by plain git pull is not sent on`() throws {
    try fill(40)
    try remove(25, by: ben)
    try ana.git("pull", "-q", "--no-rebase", "--no-edit")
    ana.store.notices = []
    // The write goes through all the same.
    try ana.remember("Next", session: session)
    #expect(ana.store.notices.contains { $0.contains("nothing is sent until") })
    let refusal = failure { try ana.store.locked { try $0.mayPush(accepting: false) } }
    #expect(refusal?.kind == .conflict)
    try ana.store.locked { try $0.mayPush(accepting: true) }
    try ana.store.locked { try $0.mayPush(accepting: false) }
  }

  @Test func `few at a time are summed`() throws {
    try fill(60)
    for _ in 0..<2 {
      try remove(9, by: ben)
      #expect(try admit().count == 9)
      try ana.git("merge", "-q", "--ff-only", "origin/main")
    }
    try remove(9, by: ben)
    #expect(failure { _ = try admit() }?.message.contains("27 since you last confirmed") == true)
    #expect(try admit(accepting: true).count == 9)
    try ana.git("merge", "-q", "--ff-only", "origin/main")
    try remove(9, by: ben)
    #expect(try admit().count == 9)
  }

  @Test
  func `a word that comes along speaks for all clones, and a missing configuration never does`()
    throws
  {
    try fill(40)
    try ben.git("pull", "-q", "--no-rebase", "--no-edit")
    let file = try #require(ben.files(of: session).first { $0.contains("memories.") })
    let ids = LineSet.keys(in: Array(try #require(ben.read(file)).utf8)).map(\.text)
    try ben.git("rm", "-q", file)
    try ben.git("commit", "-q", "-m", "by hand")
    _ = try ben.store.write { try $0.accept(ids, commit: nil, reviewer: "Ben") }
    try ben.git("push", "-q", "origin", "HEAD:main")
    #expect(try admit().isEmpty)
    try ana.git("merge", "-q", "--ff-only", "origin/main")
    try ana.remember("Next", session: session)
    #expect(try ana.contents(session: session) == ["Next"])
    #expect(try ana.store.unsaidRemovals().isEmpty)
    try ana.sync()
    try ben.git("pull", "-q", "--no-rebase", "--no-edit")
    try ben.git("rm", "-q", ".memtrace/config.json")
    try ben.git("commit", "-q", "-m", "by hand")
    try ben.git("push", "-q", "origin", "HEAD:main")
    #expect(failure { _ = try admit() }?.message.contains(".memtrace/config.json") == true)
  }

  @Test func `an erasure that a fetch lost is put back, whoever took it out`() throws {
    try fill(2)
    let file = ".memtrace/erased.test1234.jsonl"
    let line =
      "{\"time\":\"2026-11-29T10:00:00.000Z\",\"records\":[],\"id\":\"era_01M8KWQ1DMDYF77DKMCNX1C3S6\"}\n"
    try ana.commit(file, line)
    try ana.remember("Between", session: session)
    try ana.sync()
    try ben.git("pull", "-q", "--no-rebase", "--no-edit")
    try ben.git("rm", "-q", file)
    try ben.git("commit", "-q", "-m", "by hand")
    try ben.git("push", "-q", "origin", "HEAD:main")
    try ana.git("pull", "-q", "--no-rebase", "--no-edit")
    #expect(ana.read(file) == nil)
    try ana.remember("Next", session: session)
    #expect(ana.read(file) == line)
    #expect(try ana.git("show", "HEAD:\(file)") == line)
  }
}
