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

  @Test(arguments: ["merge", "squash", "rebase"], ["sync first", "kept", "deleted"])
  func `a branch that a reviewer rewrote is believed`(button: String, way: String) throws {
    let office = try PullRequests()
    let first = try office.proposed("one", "two", "three")
    try office.force(first.branch) {
      try office.edit("s/\"two\"/\"two, in short\"/; /\"three\"/d", amend: true)
    }
    if way == "sync first" {
      let report = try office.agent.sync()
      #expect(report.conflicts == 0 && report.proposal?.waiting == 2)
      #expect(
        try office.agent.contents(session: office.session) == ["known", "one", "two, in short"])
      #expect(try !office.propose().isPushed)
    }
    try office.merge(first.branch, by: button)
    if way == "deleted" { try office.close(first.branch) }
    let report = try office.agent.sync()
    #expect(report.conflicts == 0 && report.proposal?.state != "open")
    // What was taken out of a branch that nobody here has seen, and nobody ever can, stays.
    let rest = way == "deleted" ? ["three"] : []
    #expect(
      try office.agent.contents(session: office.session)
        == ["known", "one", "two, in short"] + rest)
    #expect(try !office.propose().isPushed)
    try office.other.sync()
    #expect(
      try office.other.contents(session: office.session) == ["known", "one", "two, in short"])
    let second = try office.proposed("four")
    #expect(second.adds == ["four"] && second.commits == 1)
  }

  @Test func `a branch that was rewritten twice, then edited, is believed`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one", "two")
    try office.other.remember("elsewhere", session: office.session)
    try office.other.sync()
    // Only another message, then put on the new main, then an ordinary commit.
    try office.force(first.branch) { try office.git("commit", "-q", "--amend", "-m", "Better") }
    try office.agent.sync()
    try office.force(first.branch) { try office.git("rebase", "-q", "origin/main") }
    try office.agent.sync()
    try office.onBranch(first.branch) { try office.edit("s/\"two\"/\"2\"/") }
    let report = try office.agent.sync()
    #expect(report.conflicts == 0 && report.proposal?.waiting == 2)
    let second = try office.proposed("three")
    #expect(second.branch == first.branch && second.adds.sorted() == ["2", "one", "three"])
    try office.merge(first.branch, by: "squash")
    try office.expect(["one", "2", "three", "elsewhere"].sorted(), state: "squashed")
  }

  @Test(arguments: ["merge", "rebase"])
  func `what was taken out stays out where the next propose is the first to see it`(button: String)
    throws
  {
    let office = try PullRequests()
    let first = try office.proposed("one", "two")
    try office.onBranch(first.branch) { try office.edit("/\"two\"/d") }
    if button == "rebase" { try office.agent.sync() }
    try office.merge(first.branch, by: button)
    try office.close(first.branch)
    let second = try office.proposed("three")
    #expect(second.adds == ["three"])
    let third = try office.proposed("four")
    #expect(third.adds.sorted() == ["four", "three"])
    #expect(
      try office.agent.contents(session: office.session) == ["known", "one", "three", "four"])
  }

  @Test func `a commit that was taken off the branch stays here, and is not offered again`() throws
  {
    let office = try PullRequests()
    let first = try office.proposed("one")
    _ = try office.proposed("two")
    try office.force(first.branch) { try office.git("reset", "-q", "--hard", "HEAD^") }
    let report = try office.agent.sync()
    #expect(report.removed == 0 && report.proposal?.waiting == 1)
    #expect(try !office.propose().isPushed)
    let second = try office.proposed("three")
    #expect(second.branch == first.branch && second.adds.sorted() == ["one", "three"])
    try office.merge(first.branch, by: "merge")
    try office.agent.sync()
    #expect(try !office.propose().isPushed)
    #expect(
      try office.agent.contents(session: office.session) == ["known", "one", "two", "three"])
    let third = try #require(try office.propose(again: true).proposal?.branch)
    try office.git("fetch", "-q")
    #expect(try office.added(third) == ["two"])
  }

  @Test func `all that was taken off the branch, by moving it to main, stays here`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    try office.other.remember("elsewhere", session: office.session)
    try office.other.sync()
    try office.force(first.branch) { try office.git("reset", "-q", "--hard", "origin/main") }
    let report = try office.agent.sync()
    #expect(report.removed == 0 && report.proposal?.waiting == 0)
    #expect(try !office.propose().isPushed)
    let second = try office.proposed("two")
    #expect(second.adds == ["two"])
    #expect(
      try office.agent.contents(session: office.session).sorted()
        == ["elsewhere", "known", "one", "two"])
  }

  @Test func `a branch that came back to what it held offers it again`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    let second = try office.proposed("two")
    let tip = try office.git("rev-parse", "origin/\(first.branch)").trimmed
    try office.force(first.branch) { try office.git("reset", "-q", "--hard", "HEAD^") }
    try office.agent.sync()
    // As a mirror that lagged does.
    try office.force(first.branch) { try office.git("reset", "-q", "--hard", tip) }
    #expect(try office.agent.sync().proposal?.waiting == 2)
    #expect(try !office.propose().isPushed)
    try office.merge(second.branch, by: "squash")
    try office.expect(["one", "two"], state: "squashed")
  }
}

extension PullRequests {
  /// As `onBranch`, by force.
  func force(_ branch: String, _ work: () throws -> Void) throws {
    try git("fetch", "-q")
    try git("switch", "-q", "-C", branch, "origin/\(branch)")
    try work()
    try git("push", "-q", "--force", "origin", branch)
    try git("switch", "-q", "main")
  }
}
