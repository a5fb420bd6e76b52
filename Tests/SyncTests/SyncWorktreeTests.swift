// Two work trees of one clone that sync at the same time: each sends what is its own, to its own branch.

import Foundation
import Synchronization
import Testing

@testable import Memtrace

@Suite struct `Work trees that sync at once` {
  @Test(arguments: [false, true])
  func `what one sends is not touched by the other, and each branch gets its own records`(
    isServed: Bool
  ) throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana")
    let ana = team[0]
    let server = try isServed ? Server.git(world) : nil
    if let server {
      try ana.git("remote", "set-url", "origin", "git://127.0.0.1:\(server.port)/hub.git")
    }
    try ana.git("worktree", "add", "-q", "-b", "draft", "\(world.path)/tree")
    try ana.git("push", "-q", "-u", "origin", "draft")
    let tree = try world.open("tree")
    try ana.remember("for main")
    try tree.remember("for the draft")
    let outgoing = "\(ana.path)/.git/\(SyncRun.outgoing)"
    let sent = Mutex<[String]>([])
    let other = Mutex<Result<Void, any Error>?>(nil)
    let path = tree.path
    let clock = World(now: { Timestamp(milliseconds: 1_790_000_900_000) })
    ana.network.progress = { _, _ in
      guard sent.withLock(\.isEmpty),
        let first = try? String(contentsOfFile: outgoing, encoding: .utf8)
      else { return }
      sent.withLock { $0.append(first) }
      Thread.detachNewThread {
        let done = Result {
          _ = try Store.open(at: path, world: clock).sync(
            network: Network(sleep: { usleep(UInt32($0) * 1_000) }))
        }
        other.withLock { $0 = done }
      }
      for _ in 0..<15 {
        usleep(100_000)
        let now = (try? String(contentsOfFile: outgoing, encoding: .utf8)) ?? "nothing"
        sent.withLock { $0.append(now) }
      }
    }
    try ana.sync()
    for _ in 0..<600 where other.withLock({ $0 == nil }) { usleep(100_000) }
    try #require(other.withLock { $0 }).get()
    #expect(sent.withLock { Set($0).count == 1 && $0.count > 10 })
    let hub = "\(world.path)/hub.git"
    let (main, draft) = try (
      world.git("grep", "-h", "-o", "\"content\":\"[^\"]*\"", "main", in: hub),
      world.git("grep", "-h", "-o", "\"content\":\"[^\"]*\"", "draft", in: hub)
    )
    #expect(main.contains("for main") && !main.contains("for the draft"))
    #expect(draft.contains("for the draft") && !draft.contains("for main"))
    #expect(try ana.sync().summary.contains("up to date"))
  }

  @Test func `a lock that a killed sync of one left does not stop the other`() throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    try ana.git("worktree", "add", "-q", "-b", "draft", "\(world.path)/tree")
    try ana.git("push", "-q", "-u", "origin", "draft")
    let tree = try world.open("tree")
    try tree.remember("for the draft")
    try tree.sync()
    try tree.remember("more for the draft")
    let (lock, transfer) = (
      "\(ana.path)/.git/refs/remotes/origin/draft.lock", "\(ana.path)/.git/memtrace/transfer"
    )
    try lock.write(toFile: transfer + "/git-lock", atomically: false, encoding: .utf8)
    try "".write(toFile: lock, atomically: false, encoding: .utf8)
    #expect(try tree.sync().sent == 1)
  }
}
