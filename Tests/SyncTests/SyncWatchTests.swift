// The pace of a sync that goes on for ever, and the merge driver of plain Git.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Sync that goes on for ever` {
  private let away = MemtraceError(.remote, "no such host: hub")

  @Test func `keeps its pace and is silent while nothing happens`() {
    var watch = SyncWatch(interval: 30_000)
    let idle = watch.next(.success(SyncReport(remote: "origin", branch: "main")), random: 9)
    #expect(idle.pause == 30_000 && idle.words == nil)
    var report = SyncReport(remote: "origin", branch: "main")
    report.received = 2
    #expect(watch.next(.success(report), random: 9).words == "origin/main: received 2 records")
  }

  @Test func `waits longer and longer, says so once, and says when it is back`() {
    var watch = SyncWatch(interval: 10_000)
    let first = watch.next(.failure(away), random: 0)
    #expect(
      first.pause == 10_000 && first.words?.hasPrefix("no such host: hub; trying again") == true)
    let pauses = (0..<10).map { _ in watch.next(.failure(away), random: 0) }
    #expect(pauses.allSatisfy { $0.words == nil })
    #expect(pauses.map(\.pause).prefix(3) == [20_000, 40_000, 80_000])
    #expect(pauses.last?.pause == SyncWatch.longest / 2)
    let back = watch.next(.success(SyncReport(remote: "origin", branch: "main")), random: 0)
    #expect(back.pause == 10_000 && back.words == "back again · origin/main: up to date")
  }

  @Test func `what a person must decide is said once, at the usual pace`() {
    var watch = SyncWatch(interval: 10_000)
    let conflict = MemtraceError(.conflict, "both sides changed notes.txt")
    #expect(watch.next(.failure(conflict), random: 0) == (10_000, "both sides changed notes.txt"))
    #expect(watch.next(.failure(conflict), random: 0) == (10_000, nil))
  }

  @Test func `pauses between lost races are random and grow`() {
    for (attempt, bound) in [(1, 200), (2, 800), (3, 3_200), (4, 12_800)] {
      #expect(SyncRun.pause(attempt, took: 100, random: UInt64(bound) - 1) == bound - 1)
      #expect(SyncRun.pause(attempt, took: 100, random: UInt64(bound)) == 0)
    }
    // A clock that was set back or far forward in between changes nothing.
    #expect(SyncRun.pause(1, took: -9_000_000, random: 39) == 39)
    #expect(SyncRun.pause(4, took: 9_000_000, random: 29_999) == 29_999)
    #expect(SyncRun.pause(4, took: 9_000_000, random: 30_000) == 0)
  }
}

@Suite struct `Plain git merge` {
  private func diverge(_ world: SyncWorld) throws -> TestClone {
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let session = try ana.openSession()
    try ana.remember("one", session: session)
    try ana.remember("two", session: session)
    try ana.sync()
    try ben.sync()
    let file = try #require(ana.files(of: session).first { $0.contains("memories.") })
    let text = try #require(ana.read(file))
    try ana.commit(file, text.replacingOccurrences(of: "one", with: "ONE"))
    try ana.git("push", "-q")
    // A person edits the line beside: a conflict for plain Git.
    try ben.commit(file, text.replacingOccurrences(of: "two", with: "TWO"))
    return ben
  }

  @Test func `merges by record through the driver`() throws {
    let world = try SyncWorld()
    let ben = try diverge(world)
    let merge = try world.run(
      ["git", "pull", "-q", "--no-rebase", "--no-edit"], in: ben.path,
      environment: ["PATH": SyncWorld.searchPath])
    #expect(merge.status == 0, "\(merge.output)")
    #expect(try ben.contents() == ["ONE", "TWO"])
    let shown = try world.run(
      ["git", "log", "-p", "-2", "--format=%s"], in: ben.path,
      environment: ["PATH": SyncWorld.searchPath])
    #expect(shown.status == 0 && shown.output.contains("desk episodic: TWO"), "\(shown.output)")
  }

  @Test func `falls back to Git's own merge and diff where memtrace is not on the path`() throws {
    let world = try SyncWorld()
    let ben = try diverge(world)
    let merge = try world.run(["git", "pull", "-q", "--no-rebase", "--no-edit"], in: ben.path)
    #expect(merge.status != 0 && merge.output.contains("CONFLICT"), "\(merge.output)")
    try ben.git("merge", "--abort")
    let shown = try world.run(["git", "log", "-p", "-1", "--format=%s"], in: ben.path)
    #expect(shown.status == 0 && shown.output.contains("\"content\":\"TWO\""), "\(shown.output)")
  }
}
