// Proposals whose reviewers refuse, rewrite and end them in less usual ways: what they said stands, and nothing is
// offered or pushed again that is over.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Proposals that are refused, rewritten or over` {
  @Test(arguments: ["merge", "squash", "rebase"])
  func `a propose right after the merge makes a branch of its own`(button: String) throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    try office.merge(first.branch, by: button)
    let merged = try office.git("rev-parse", "origin/\(first.branch)")
    try office.agent.remember("two", session: office.session)
    let report = try office.propose()
    #expect(report.isPushed && report.attempts == 1 && report.proposal?.waiting == 1)
    let second = try #require(report.proposal?.branch)
    #expect(second != first.branch)
    try office.git("fetch", "-q")
    #expect(try office.git("rev-parse", "origin/\(first.branch)") == merged)
    #expect(try office.added(second) == ["two"] && office.commits(second).count == 1)
    try office.merge(second, by: button)
    // Of one commit nobody can tell a squash from a rebase.
    try office.expect(["one", "two"], state: button == "merge" ? "merged" : "squashed")
  }

  @Test(arguments: [true, false])
  func `what was taken out on a branch that stays does not keep it open`(isSeen: Bool) throws {
    let office = try PullRequests()
    let first = try office.proposed("one", "two")
    try office.onBranch(first.branch) { try office.edit("/\"two\"/d") }
    if isSeen {
      let report = try office.agent.sync()
      #expect(report.proposal?.state == "open" && report.proposal?.waiting == 1)
    }
    try office.merge(first.branch, by: "squash")
    let report = try office.agent.sync()
    #expect(report.proposal?.state == "squashed" && report.proposal?.waiting == 0)
    #expect(report.proposal?.arrived == 1)
    #expect(try office.agent.contents(session: office.session) == ["known", "one"])
    let second = try office.proposed("three")
    #expect(second.branch != first.branch && second.adds == ["three"] && second.commits == 1)
  }
}
