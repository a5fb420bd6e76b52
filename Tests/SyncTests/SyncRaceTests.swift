// Many clones at once, against one bare remote.

import Foundation
import Git
import Synchronization
import Testing

@testable import Memtrace

/// Eight clones of one hub, each in a thread of its own as if it were a process.
private struct Crowd {
  let world: SyncWorld
  /// Attempts of the syncs that came to their end.
  private(set) var attempts: [Int] = []
  /// Syncs that lost every race; what they had went with the next one.
  private(set) var lost = 0

  /// Each clone writes `records` and syncs after every fifth.
  /// - Parameter url: nil for the hub's path.
  init(records: Int, url: ((SyncWorld) throws -> String)? = nil) throws {
    world = try SyncWorld()
    try world.makeHub()
    try world.makeClone("c0").sync()
    for n in 1..<8 { try world.git("clone", "-q", "hub.git", "c\(n)") }
    if let url = try url?(world) {
      for n in 0..<8 {
        try world.git("remote", "set-url", "origin", url, in: "\(world.path)/c\(n)")
      }
    }
    let state = Mutex((failures: [String](), attempts: [Int](), lost: 0))
    let root = world.path
    let threads = (0..<8).map { n in
      let thread = Thread {
        do {
          try Self.work("\(root)/c\(n)", n, records: records) { attempts in
            state.withLock { state in
              if let attempts { state.attempts.append(attempts) } else { state.lost += 1 }
            }
          }
        } catch {
          state.withLock { $0.failures.append("clone \(n): \(error)") }
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
      return thread
    }
    while threads.contains(where: { !$0.isFinished }) { usleep(10_000) }
    #expect(state.withLock { $0.failures } == [])
    (attempts, lost) = state.withLock { ($0.attempts, $0.lost) }
  }

  private static func work(
    _ path: String, _ n: Int, records: Int, _ note: (_ attempts: Int?) -> Void
  ) throws {
    let random = Mutex(SeededGenerator(seed: UInt64(n)))
    let clock = World(
      now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
      random: { random.withLock { $0.next() } })
    let store = try Store.open(at: path, world: clock)
    let network = Network(sleep: { usleep(UInt32($0) * 1_000) })
    for k in 0..<records {
      var input = Input(
        .object([.init("agent_id", "desk"), .init("content", .string("\(n)-\(k)"))]),
        now: clock.now())
      let draft = MemoryDraft(memory: &input)
      _ = try store.write { try $0.remember(draft) }
      guard k % 5 == 4 else { continue }
      do {
        note(try store.sync(network: network).attempts)
      } catch let error as MemtraceError where error.message.contains("each of 5 attempts") {
        note(nil)
      }
    }
  }

  /// After two more rounds everybody has everything, once.
  func expectAll(_ records: Int) throws {
    let clones = try (0..<8).map { try world.open("c\($0)") }
    for clone in clones + clones { try clone.sync() }
    let wanted = Set((0..<8).flatMap { n in (0..<records).map { "\(n)-\($0)" } })
    for clone in clones {
      let found = try clone.contents()
      #expect(found.count == 8 * records && Set(found) == wanted)
      #expect(try clone.status == "")
    }
    #expect(Set(try clones.map { try $0.tree }).count == 1)
    try clones[0].git("fsck", "--strict", "--no-dangling")
  }
}

@Suite struct `Clones that race` {
  @Test
  func `eight clones sync in loops with one folder, each in its turn, and 400 records arrive`()
    throws
  {
    let crowd = try Crowd(records: 50)
    #expect(crowd.lost == 0 && crowd.attempts.count == 80)
    try crowd.expectAll(50)
  }

  /// No lock reaches over a network: they lose races, wait, and try again. 50 records each with `MEMTRACE_LONG=1`.
  @Test
  func `eight clones sync in loops with one server, retries are reported, and everything arrives`()
    throws
  {
    let records = SyncWorld.isLong ? 50 : 15
    var server: Server?
    let crowd = try Crowd(records: records) { world in
      let started = try Server.git(world)
      server = started
      return "git://127.0.0.1:\(started.port)/hub.git"
    }
    #expect(crowd.attempts.contains { $0 > 1 }, "no race was lost: the test shows nothing")
    #expect(crowd.attempts.count + crowd.lost == 8 * records / 5)
    try crowd.expectAll(records)
    withExtendedLifetime(server) {}
  }

  @Test
  func
    `branches on which only memtrace wrote merge cleanly in a bare repository without attributes`()
    throws
  {
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
      default:
        try clone.remember("step \(step)", session: Bool.random(using: &random) ? session : nil)
      }
    }
    try world.git("init", "-q", "--bare", "site.git")
    let names = ["ana", "ben", "cleo"]
    for (name, clone) in zip(names, team) {
      try clone.git("push", "-q", "../site.git", "HEAD:refs/heads/\(name)")
    }
    for one in names {
      for other in names where one != other {
        let merge = try world.run(
          ["git", "merge-tree", "--write-tree", one, other], in: "\(world.path)/site.git")
        #expect(merge.status == 0, "\(one) and \(other): \(merge.output)")
      }
    }
  }

  /// The record comes after the fetch, in the middle of the push.
  @Test(arguments: [false, true])
  func `a remote branch that moves between fetch and push costs a second attempt`(
    isServed: Bool
  ) throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let server = try isServed ? Server.git(world) : nil
    if let server {
      try ben.git("remote", "set-url", "origin", "git://127.0.0.1:\(server.port)/hub.git")
    }
    try ana.remember("first")
    try ana.sync()
    try ben.remember("from ben")
    let hasMoved = Mutex(false)
    let (outgoing, path) = ("\(ben.path)/.git/\(SyncRun.outgoing)", ana.path)
    ben.network.progress = { _, _ in
      guard access(outgoing, F_OK) == 0, !hasMoved.withLock({ $0 }) else { return }
      hasMoved.withLock { $0 = true }
      let clock = World(now: { Timestamp(milliseconds: 1_790_000_900_000) })
      let store = try Store.open(at: path, world: clock)
      var input = Input(
        .object([.init("agent_id", "desk"), .init("content", "in between")]), now: clock.now())
      let draft = MemoryDraft(memory: &input)
      _ = try store.write { try $0.remember(draft) }
      _ = try store.sync(network: Network(sleep: { _ in }))
    }
    let report = try ben.sync()
    #expect(hasMoved.withLock { $0 })
    #expect(report.attempts == 2 && report.summary.hasSuffix("2 attempts"))
    // Each record once, though the first merge was made and thrown away; with each its agent's first appearance.
    #expect(report.received == 3 && report.sent == 2 && report.merged == 1)
    try ana.sync()
    #expect(try ana.head == ben.head)
    #expect(try Set(ana.contents()) == ["first", "from ben", "in between"])
  }

  @Test(arguments: [true, false])
  func `a lock that a killed push left in a hub is taken away, somebody else's is not`(
    isOurs: Bool
  ) throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    let ana = try world.makeClone("ana")
    try ana.remember("one")
    try ana.sync()
    try ana.remember("two")
    let lock = "\(hub)/refs/heads/main.lock"
    if isOurs {
      try FileManager.default.createDirectory(
        atPath: "\(hub)/memtrace", withIntermediateDirectories: true)
      try lock.write(toFile: "\(hub)/memtrace/git-lock", atomically: false, encoding: .utf8)
    }
    try "".write(toFile: lock, atomically: false, encoding: .utf8)
    let outcome = try world.memtrace(["sync"], in: ana.path)
    #expect(outcome.status == (isOurs ? 0 : 5), "\(outcome.output)")
    #expect(FileManager.default.fileExists(atPath: lock) == !isOurs)
    #expect(!FileManager.default.fileExists(atPath: "\(hub)/memtrace/git-lock"))
    try? FileManager.default.removeItem(atPath: lock)
    try ana.sync()
    #expect(try world.git("rev-parse", "main", in: hub).trimmed == ana.head)
  }

  @Test(arguments: ["origin/side", "origin/team/side"])
  func `a lock that a killed sync left on a branch that nobody knew yet is taken away`(
    branch: String
  ) throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    let ana = try world.makeClone("ana")
    try ana.remember("one")
    try ana.sync()
    try world.git(
      "branch", String(branch.dropFirst("origin/".count)), "main", in: hub)
    let lock = "\(ana.path)/.git/refs/remotes/\(branch).lock"
    let transfer = "\(ana.path)/.git/memtrace/transfer"
    for folder in [(lock as NSString).deletingLastPathComponent, transfer] {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    }
    try "\(ana.path)/.git/refs/remotes/origin/".write(
      toFile: transfer + "/git-lock", atomically: false, encoding: .utf8)
    try "".write(toFile: lock, atomically: false, encoding: .utf8)
    let outcome = try world.memtrace(["sync"], in: ana.path)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(!FileManager.default.fileExists(atPath: lock))
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
      guard
        hasWritten.withLock({ done in
          defer { done = true }
          return !done
        })
      else { return }
      let clock = World(now: { Timestamp(milliseconds: 1_790_000_900_000) })
      let store = try Store.open(at: path, world: clock)
      var input = Input(
        .object([.init("agent_id", "desk"), .init("content", "during")]), now: clock.now())
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
