// Linked worktrees and other branches: what waits there belongs there, and outlives them.

import Glibc
import System
import Testing

@testable import Memtrace

struct WorktreeTests {
  private let world: TestWorld
  private let clone: Clone
  private let session: String

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession()
  }

  private func worktree(_ options: String...) throws -> Clone {
    let path = world.folder + "/wt"
    let outcome = try world.run(
      ["git", "worktree", "add", "-q"] + options + [path, "HEAD"], in: clone.path)
    try #require(outcome.status == 0, "\(outcome.err)")
    return Clone(world: world, path: path)
  }

  /// What a rebase that nobody goes on with leaves.
  private func block(_ clone: Clone) throws {
    mkdir(try clone.git("rev-parse", "--absolute-git-dir") + "/rebase-merge", 0o755)
  }

  private func unblock(_ clone: Clone) throws {
    rmdir(try clone.git("rev-parse", "--absolute-git-dir") + "/rebase-merge")
  }

  @Test func `a record of a detached worktree that is removed is kept and offered`() throws {
    let other = try worktree("--detach")
    let id = try other.done("remember", "Detached", "--agent", "ana", "--session", session).line
    #expect(try other.recalled(session) == [id])
    #expect(try clone.recalled(session) == [], "not of this work tree")
    try clone.git("worktree", "remove", other.path)
    let next = try clone.done("remember", "Main", "--agent", "ana", "--session", session)
    #expect(next.err.contains("git merge refs/memtrace/rescue/wt"), "\(next.err)")
    #expect(try clone.committed() == [next.line])
    #expect(try clone.committed("refs/memtrace/rescue/wt") == [id])
    #expect(try clone.done("status").out.contains("git merge refs/memtrace/rescue/wt"))
    try clone.git("merge", "-q", "--no-edit", "refs/memtrace/rescue/wt")
    #expect(try clone.recalled(session) == [id, next.line])
    #expect(try !clone.done("status").out.contains("rescue"))
    try clone.expectHealthy()
  }

  @Test func `a record of a worktree's branch is committed on that branch alone`() throws {
    let other = try worktree("-b", "side")
    try block(other)
    let id = try other.done("remember", "Waits", "--agent", "ana", "--session", session).line
    #expect(try clone.remember("Main", session) != id)
    #expect(try clone.committed("side") == [])
    try unblock(other)
    let next = try other.remember("Goes on", session)
    #expect(try clone.committed("side") == [id, next])
    try clone.expectHealthy()
    try other.expectHealthy()
  }

  @Test func `what was meant for the branch that is here now goes there by itself`() throws {
    let other = try worktree("-b", "side")
    try block(other)
    let id = try other.done("remember", "Waits", "--agent", "ana", "--session", session).line
    try clone.git("worktree", "remove", "--force", other.path)
    try clone.git("switch", "-q", "side")
    let next = try clone.remember("On side", session)
    #expect(try clone.committed() == [id, next])
    #expect(try clone.recalled(session) == [id, next])
    try clone.expectHealthy()
  }

  @Test func `what waited for another branch is committed there, without a checkout`() throws {
    try block(clone)
    let first = try clone.done("remember", "For main", "--agent", "ana", "--session", session).line
    try unblock(clone)
    try clone.git("switch", "-qc", "topic")
    #expect(try clone.recalled(session) == [], "it belongs to main")
    let second = try clone.remember("For topic", session)
    #expect(try clone.committed() == [second])
    #expect(try clone.committed("main") == [first])
    try clone.expectHealthy()
    try clone.git("switch", "-q", "main")
    #expect(try clone.recalled(session) == [first])
    let third = try clone.remember("For main again", session)
    #expect(try clone.committed() == [first, third])
    try clone.git("merge", "-q", "--no-edit", "topic")
    #expect(try clone.committed().sorted() == [first, second, third].sorted())
    try clone.expectHealthy()
  }

  @Test func `what was committed on another branch is offered once that branch is deleted`() throws
  {
    try clone.remember("On both", session)
    try block(clone)
    let first = try clone.done("remember", "For main", "--agent", "ana", "--session", session).line
    try unblock(clone)
    try clone.git("switch", "-qc", "other")
    try clone.remember("On other", session)
    #expect(try clone.committed("main").contains(first))
    try clone.git("branch", "-q", "-D", "main")
    let status = try clone.memtrace("status", "--check")
    #expect(status.out.contains("rescue/branch-main keeps 2 records"), "\(status)")
    try clone.git("merge", "-q", "--no-edit", "refs/memtrace/rescue/branch-main")
    #expect(try clone.recalled(session).contains(first))
    try clone.expectHealthy()
  }

  @Test func `what waits for a branch that cannot be written to waits on`() throws {
    try clone.git("switch", "-qc", "topic")
    try block(clone)
    let first = try clone.done("remember", "For topic", "--agent", "ana", "--session", session).line
    try unblock(clone)
    try clone.git("switch", "-q", "main")
    let lock = clone.path + "/.git/refs/heads/topic.lock"
    try write("", to: lock)
    let second = try clone.done("remember", "For main", "--agent", "ana", "--session", session).line
    unlink(lock)
    let third = try clone.remember("For main again", session)
    #expect(try clone.committed() == [second, third])
    #expect(try clone.committed("topic") == [first])
    try clone.expectHealthy()
  }

  @Test func `what waited for a branch that was renamed goes on with it`() throws {
    try block(clone)
    let first = try clone.done("remember", "For main", "--agent", "ana", "--session", session).line
    try unblock(clone)
    try clone.git("branch", "-m", "main", "trunk")
    let second = try clone.remember("For trunk", session)
    #expect(try clone.committed() == [first, second])
    try clone.expectHealthy()
  }

  @Test func `status says for what records wait, since when and how many`() throws {
    try block(clone)
    for number in 0..<3 {
      try clone.done("remember", "Note \(number)", "--agent", "ana", "--session", session)
    }
    let said = try clone.done("status").out
    #expect(said.contains("not committed yet") && said.contains("3"))
    #expect(said.contains("a rebase is under way"), "\(said)")
    #expect(said.contains(".git/rebase-merge"), "\(said)")
    let status = try clone.json("status")
    #expect(status["waiting_for"]?.string == "a rebase is under way")
    #expect(status["waiting_since"]?.string != nil)
    try unblock(clone)
    // On a full disk it could not be noted why; and what was recorded a moment ago is merely next.
    unlink(clone.path + "/.git/memtrace/put-off")
    for (seconds, isLate) in [(0, false), (60, true)] as [(Int64, Bool)] {
      let now = World(now: { Timestamp(milliseconds: Clock.wall() / 1_000_000 + seconds * 1_000) })
      let report = try Store.open(at: clone.path, world: now).waitingReport()
      #expect(report?.count == 4, "three records, and that the agent came")
      #expect((report?.reason != nil) == isLate)
    }
    try clone.remember("Goes on", session)
    #expect(try clone.json("status")["waiting_for"] == .null)
    #expect(try clone.committed().count == 4)
  }
}
