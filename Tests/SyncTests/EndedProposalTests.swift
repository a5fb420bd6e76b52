// What was refused stays refused when proposing is ended or cut, and what is said of a proposal that is over.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Proposals that end` {
  @Test func `--off does not send what was refused to main unless told so`() throws {
    let office = try PullRequests()
    let first = try office.proposed("bad")
    try office.close(first.branch)
    try office.agent.sync()
    let off = try office.memtrace("propose", "--off")
    #expect(off.status == 4)
    #expect(off.output.contains("1 record that was turned down"), "\(off.output)")
    #expect(off.output.contains("memtrace propose --off --again"), "\(off.output)")
    let second = try office.proposed("good")
    #expect(second.adds == ["good"])
    try office.merge(second.branch, by: "squash")
    try office.agent.sync()
    try office.other.sync()
    #expect(try office.other.contents(session: office.session) == ["known", "good"])
    let again = try office.memtrace("propose", "--off", "--again")
    #expect(again.status == 0)
    #expect(again.output.contains("1 record that was turned down"), "\(again.output)")
    try office.agent.sync()
    try office.other.sync()
    #expect(
      try office.other.contents(session: office.session).sorted() == ["bad", "good", "known"])
  }

  @Test func `--off says what waits for a reviewer and goes to main unseen`() throws {
    let office = try PullRequests()
    _ = try office.proposed("one", "two")
    let off = try office.memtrace("propose", "--off")
    #expect(off.status == 0 && off.output.contains("2 records that wait"), "\(off.output)")
    let again = try office.memtrace("propose", "--off").output
    #expect(again.trimmed.hasSuffix("to the main branch again"), "\(again)")
  }

  @Test func `a push that was cut before it was noted, and closed, counts as closed`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    try office.forgetPush()
    try office.close(first.branch)
    let report = try office.agent.sync()
    #expect(report.proposal?.state == "closed" && report.proposal?.waiting == 1)
    #expect(try !office.propose().isPushed)
    let second = try office.proposed("two")
    #expect(second.adds == ["two"])
  }

  @Test func `a push that was cut before it was merged here is seen by what was made of it`() throws
  {
    let office = try PullRequests()
    for text in ["one", "two", "three"] { try office.agent.remember(text, session: office.session) }
    let head = try office.agent.head
    let first = try office.proposed()
    try office.agent.git("reset", "-q", "--hard", head)
    try office.forgetPush()
    try office.onBranch(first.branch) { try office.edit("s/\"two\"/\"2\"/; /\"three\"/d") }
    let report = try office.agent.sync()
    #expect(report.conflicts == 0)
    #expect(try office.agent.contents(session: office.session) == ["known", "one", "2"])
    try office.merge(first.branch, by: "squash")
    try office.expect(["one", "2"], state: "squashed")
  }

  @Test func `what is said of one that is over is true`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    let open = try office.memtrace("propose").output
    #expect(open.contains("\(first.branch): open, 1 record waits to be merged"), "\(open)")
    try office.merge(first.branch, by: "squash")
    try office.agent.sync()
    let merged = try office.memtrace("propose").output
    #expect(merged.contains("\(first.branch): squashed into main"), "\(merged)")
    try office.agent.remember("two", session: office.session)
    let new = try office.memtrace("sync").output
    #expect(new.contains("1 record not proposed yet: memtrace propose"), "\(new)")
    let second = try office.proposed()
    try office.close(second.branch)
    let closed = try office.memtrace("sync").output
    #expect(closed.contains("\(second.branch): closed"), "\(closed)")
    #expect(closed.contains("1 record stays here"), "\(closed)")
    let still = try office.memtrace("propose").output
    #expect(still.contains("\(second.branch): closed"), "\(still)")
    #expect(!still.contains("open"), "\(still)")
  }
}

extension PullRequests {
  fileprivate func memtrace(_ arguments: String...) throws -> SyncWorld.Outcome {
    try world.memtrace(arguments, in: agent.path)
  }

  /// As where the clone was killed after the server had answered.
  fileprivate func forgetPush() throws {
    var proposal = try #require(try Proposal.read(agent.store))
    proposal.isPushed = false
    try proposal.save(agent.store)
  }
}
