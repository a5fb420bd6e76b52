// The bridge's writer: what waits, what is refused, what is committed behind its back, what others do meanwhile.

import Glibc
import Synchronization
import System
import Testing

@testable import Memtrace

struct BacklogTests {
  /// Kinds of refusals that jobs got.
  private final class Heard: Sendable {
    let kinds = Mutex<[MemtraceError.Kind]>([])
  }

  private func job(_ heard: Heard) -> Backlog.Job {
    Backlog.Job(
      work: { _ in throw MemtraceError(.internal, "never run") },
      done: { result in
        guard case .failure(let error as MemtraceError) = result else { return }
        heard.kinds.withLock { $0.append(error.kind) }
      }, isAlone: false)
  }

  @Test func `jobs are taken in order, a thousand at a time`() {
    let (backlog, heard) = (Backlog(), Heard())
    for _ in 0..<1_500 { backlog.add(job(heard)) }
    #expect(backlog.waiting == 1_500)
    #expect(backlog.take().count == 1_000)
    #expect(backlog.take().count == 500)
    #expect(backlog.take().isEmpty && heard.kinds.withLock { $0.isEmpty })
  }

  @Test func `past its bound, and once it is closed, a job is refused at once`() {
    let (backlog, heard) = (Backlog(), Heard())
    for _ in 0..<Backlog.waitingLimit { backlog.add(job(heard)) }
    backlog.add(job(heard))
    #expect(heard.kinds.withLock { $0 } == [.busy])
    #expect(backlog.close())
    #expect(!backlog.close(), "the second time nothing is new")
    backlog.add(job(heard))
    #expect(heard.kinds.withLock { $0 } == [.busy, .busy])
    #expect(backlog.waiting == Backlog.waitingLimit, "what was taken in before is still written")
  }

  @Test func `what has just come has not expired`() {
    let (backlog, heard) = (Backlog(), Heard())
    backlog.add(job(heard))
    #expect(backlog.takeExpired().isEmpty && backlog.waiting == 1)
  }
}

struct LiveTests {
  private let clone: Clone
  private let session: String

  init() throws {
    clone = try TestWorld().clone()
    session = try clone.openSession()
  }

  private func block() { mkdir(clone.path + "/.git/rebase-merge", 0o755) }
  private func unblock() { rmdir(clone.path + "/.git/rebase-merge") }

  @Test
  func `what an operation of a person holds up is acknowledged, read, and committed after it`()
    throws
  {
    let live = try clone.live()
    defer { live.stop() }
    block()
    let ids = try (0..<5).map { try live.remember("During \($0)", session) }
    // Commits are tried now and then, and writes go on meanwhile.
    usleep(1_200_000)
    let more = try live.remember("Later", session)
    // With the event of the agent's first use.
    #expect(live.figures().uncommitted == 7)
    #expect(try clone.committed() == [])
    #expect(try clone.recalled(session) == ids + [more], "another process sees them too")
    unblock()
    try live.waitUntilCommitted()
    live.stop()
    #expect(try clone.committed() == ids + [more])
    try clone.expectHealthy()
  }

  @Test
  func `what waits when a bridge stops is committed by the next one, before and beside new writes`()
    throws
  {
    let first = try clone.live()
    block()
    var ids = try (0..<3).map { try first.remember("First \($0)", session) }
    usleep(600_000)
    ids += try (0..<3).map { try first.remember("Second \($0)", session) }
    first.stop(seconds: 1)
    #expect(try clone.committed() == [])
    let second = try clone.live()
    defer { second.stop() }
    ids.append(try second.remember("Third", session))
    unblock()
    try second.waitUntilCommitted()
    second.stop()
    #expect(try clone.committed() == ids)
    try clone.expectHealthy()
  }

  @Test func `while writes keep coming the Git index keeps up`() throws {
    let live = try clone.live()
    defer { live.stop() }
    let isOver = Mutex(false)
    let writer = Signal()
    try startThread { [session] in
      var count = 0
      while !isOver.withLock({ $0 }) {
        _ = try? live.remember("Note \(count)", session)
        count += 1
        usleep(2_000)
      }
      writer.post()
    }
    // A stale index would show lines of the tip as staged removals; some moments of a commit may.
    var clean = 0
    for _ in 0..<600 where clean < 3 {
      usleep(100_000)
      let staged = try clone.git("diff", "--cached", "--numstat")
      if staged.isEmpty, try clone.committed().count > 1 { clean += 1 }
    }
    #expect(clean == 3, "the index must reach the tip again and again while writes go on")
    isOver.withLock { $0 = true }
    writer.wait()
    try live.waitUntilCommitted()
    live.stop()
    try clone.expectHealthy()
  }

  @Test func `a write to a session that a commit took out is accepted, and the session comes back`()
    throws
  {
    let live = try clone.live()
    defer { live.stop() }
    var ids = [try live.remember("Before", session)]
    try live.waitUntilCommitted()
    for round in 0..<(isLong ? 50 : 5) {
      // Now and then Git's commit falls between two of ours.
      for _ in 0..<100 {
        try clone.world.run(
          ["sh", "-c", "git rm -rq --cached sessions && rm -rf sessions"], in: clone.path)
        if try clone.world.run(["git", "commit", "-qm", "person: removed"], in: clone.path).status
          == 0
        {
          break
        }
      }
      for moment in [0, 5_000, 450_000] {
        usleep(UInt32(moment))
        ids.append(try live.remember("Round \(round)", session))
      }
      try live.waitUntilCommitted()
    }
    live.stop()
    #expect(try clone.committed().sorted() == ids.sorted())
    #expect(try clone.recalled(session).sorted() == ids.sorted())
    try clone.expectHealthy()
  }

  @Test func `so is one while the person who took it out is in the middle of something`() throws {
    let live = try clone.live()
    defer { live.stop() }
    let first = try live.remember("Before", session)
    try live.waitUntilCommitted()
    // Git refuses what the index does not have yet, and an index that the bridge holds.
    for _ in 0..<1_000
    where try clone.world.run(["git", "rm", "-rq", "sessions"], in: clone.path).status != 0 {
      usleep(50_000)
    }
    try clone.git("commit", "-qm", "person: removed")
    block()
    usleep(1_500_000)
    let second = try live.remember("Meanwhile", session)
    let third = try clone.remember("From the command line", session)
    unblock()
    try live.waitUntilCommitted()
    live.stop()
    #expect(try clone.committed().sorted() == [first, second, third].sorted())
    try clone.expectHealthy()
  }

  @Test func `records of other processes and branches are seen as they come and go`() throws {
    let live = try clone.live()
    defer { live.stop() }
    let id = try clone.remember("From the command line", session)
    func eventually(_ count: Int) throws {
      for _ in 0..<4_800 where live.figures().memories != count { usleep(25_000) }
      #expect(live.figures().memories == count)
    }
    try eventually(1)
    _ = try live.remember("From the bridge", session)
    try live.waitUntilCommitted()
    try clone.git("switch", "-qc", "before", "HEAD~1")
    try eventually(1)
    try clone.git("switch", "-q", "main")
    try eventually(2)
    #expect(try clone.committed().first == id)
  }
}
