// Many clones at once, against one bare remote.

import Foundation
import Git
import Synchronization
import Testing

@testable import Memtrace

@Suite struct `Clones that race` {
  @Test func `eight clones sync in loops, and all 400 records arrive`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    try world.makeClone("c0").sync()
    for n in 1..<8 { try world.git("clone", "-q", "hub.git", "c\(n)") }
    let failures = Mutex<[String]>([])
    let attempts = Mutex<[Int]>([])
    let root = world.path
    let threads = (0..<8).map { n in
      let thread = Thread {
        do {
          let random = Mutex(SeededGenerator(seed: UInt64(n)))
          let clock = World(
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
            random: { random.withLock { $0.next() } })
          let store = try Store.open(at: "\(root)/c\(n)", world: clock)
          let network = Network(sleep: { usleep(UInt32($0) * 1_000) })
          for k in 0..<50 {
            var input = Input(
              .object([.init("agent_id", "desk"), .init("content", .string("\(n)-\(k)"))]), now: clock.now())
            let draft = MemoryDraft(memory: &input)
            _ = try store.write { try $0.remember(draft) }
            guard k % 5 == 4 else { continue }
            // A sync that lost five races says so; the loop's next one goes on.
            do {
              let report = try store.sync(network: network)
              attempts.withLock { $0.append(report.attempts) }
            } catch let error as MemtraceError where error.message.contains("attempts") {
              attempts.withLock { $0.append(SyncRun.attempts) }
            }
          }
        } catch {
          failures.withLock { $0.append("clone \(n): \(error)") }
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
      return thread
    }
    while threads.contains(where: { !$0.isFinished }) { usleep(10_000) }
    #expect(failures.withLock { $0 } == [])
    let clones = try (0..<8).map { try world.open("c\($0)") }
    for clone in clones + clones { try clone.sync() }
    let wanted = Set((0..<8).flatMap { n in (0..<50).map { "\(n)-\($0)" } })
    for clone in clones {
      let found = try clone.contents()
      #expect(found.count == 400 && Set(found) == wanted)
      #expect(try clone.status == "")
    }
    #expect(Set(try clones.map { try $0.tree }).count == 1)
    #expect(attempts.withLock { $0.contains { $0 > 1 } }, "no race was lost: the test shows nothing")
    try clones[0].git("fsck", "--strict", "--no-dangling")
  }

  @Test func `branches on which only memtrace wrote merge cleanly in a bare repository without attributes`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben", "cleo")
    var random = SeededGenerator(seed: 7)
    let session = try team[0].openSession()
    try team[0].sync()
    for clone in team { try clone.sync() }
    for step in 0..<60 {
      let clone = team.randomElement(using: &random)!
      switch Int.random(in: 0..<6, using: &random) {
      case 0: _ = try clone.openSession()
      case 1: try clone.sync()
      default: try clone.remember("step \(step)", session: Bool.random(using: &random) ? session : nil)
      }
    }
    try world.git("init", "-q", "--bare", "site.git")
    let names = ["ana", "ben", "cleo"]
    for (name, clone) in zip(names, team) { try clone.git("push", "-q", "../site.git", "HEAD:refs/heads/\(name)") }
    for one in names {
      for other in names where one != other {
        let merge = try world.run(
          ["git", "merge-tree", "--write-tree", one, other], in: "\(world.path)/site.git")
        #expect(merge.status == 0, "\(one) and \(other): \(merge.output)")
      }
    }
  }

  @Test func `somebody who writes during a sync is merged at its end`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("from ana")
    try ana.sync()
    try ben.remember("before")
    let other = try world.open("ben")
    let hasWritten = Mutex(false)
    let path = ben.path
    ben.network.progress = { _, _ in
      guard hasWritten.withLock({ done in defer { done = true }; return !done }) else { return }
      let clock = World(now: { Timestamp(milliseconds: 1_790_000_900_000) })
      let store = try Store.open(at: path, world: clock)
      var input = Input(.object([.init("agent_id", "desk"), .init("content", "during")]), now: clock.now())
      let draft = MemoryDraft(memory: &input)
      _ = try store.write { try $0.remember(draft) }
    }
    try ben.sync()
    try ben.sync()
    #expect(hasWritten.withLock { $0 })
    #expect(try Set(other.contents()) == ["from ana", "before", "during"])
    #expect(try other.status == "")
    #expect(try ana.sync().received >= 2)
    #expect(try ana.tree == other.tree)
  }
}
