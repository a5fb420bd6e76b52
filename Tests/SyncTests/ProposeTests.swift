// Pull requests as hosting sites make them, with plain Git on the hub's side: nothing is doubled, nothing that was turned
// down returns, and the next proposal holds only what is new.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Proposals` {
  @Test(arguments: ["merge", "squash", "rebase"], [true, false])
  func `merged by a button, the next one holds only what is new`(button: String, isDeleted: Bool)
    throws
  {
    let office = try PullRequests()
    let first = try office.proposed("one", "two")
    #expect(first.adds == ["one", "two"] && first.commits == 1)
    // More of it, on the same branch, while it is open; a colleague's records reach main meanwhile.
    try office.other.remember("elsewhere", session: office.session)
    try office.other.sync()
    let second = try office.proposed("three")
    #expect(second.branch == first.branch)
    #expect(second.adds.sorted() == ["one", "three", "two"])
    try office.merge(first.branch, by: button)
    if isDeleted { try office.close(first.branch) }
    let word = ["merge": "merged", "squash": "squashed", "rebase": "rebased"][button]!
    try office.expect(["one", "two", "three", "elsewhere"], state: word)
    let third = try office.proposed("four")
    #expect(third.branch != first.branch || isDeleted)
    #expect(third.adds == ["four"] && third.commits == 1)
  }

  @Test(arguments: ["merge", "squash", "rebase"], [true, false])
  func `the revert button takes it out everywhere, and it is not offered again`(
    button: String, isSeen: Bool
  ) throws {
    let office = try PullRequests()
    let first = try office.proposed("one", "two")
    try office.merge(first.branch, by: button)
    // Whether or not a sync saw it merged before.
    if isSeen { try office.agent.sync() }
    try office.onMain {
      try office.git("revert", "--no-edit", "-m", "1", "HEAD", orWithout: button != "merge")
    }
    try office.agent.sync()
    #expect(try office.agent.contents(session: office.session) == ["known"])
    #expect(try !office.propose().isPushed)
    let second = try office.proposed("three")
    #expect(second.adds == ["three"])
    try office.other.sync()
    #expect(try office.other.contents(session: office.session) == ["known"])
  }

  @Test(arguments: ["merge", "squash", "rebase"], [true, false])
  func `a reviewer's web edit comes back, be it seen before the merge or not`(
    button: String, isSeen: Bool
  ) throws {
    let office = try PullRequests()
    let first = try office.proposed("one", "two", "three")
    try office.onBranch(first.branch) {
      try office.edit("s/\"two\"/\"two, as the customer said\"/; /\"three\"/d")
    }
    if isSeen {
      try office.agent.sync()
      #expect(
        try office.agent.contents(session: office.session)
          == ["known", "one", "two, as the customer said"])
    }
    try office.merge(first.branch, by: button)
    try office.close(first.branch)
    try office.agent.sync()
    // Who squashes a branch that nobody here has seen leaves no trace of what was taken out of it: it stays here.
    let rest = button == "squash" && !isSeen ? ["three"] : []
    #expect(
      try office.agent.contents(session: office.session)
        == ["known", "one", "two, as the customer said"] + rest)
    try office.other.sync()
    #expect(
      try office.other.contents(session: office.session)
        == ["known", "one", "two, as the customer said"])
    let second = try office.proposed("four")
    #expect(second.adds == ["four"])
  }

  @Test func `update branch brings main into it`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    try office.other.remember("elsewhere", session: office.session)
    try office.other.sync()
    try office.onBranch(first.branch) {
      try office.git("merge", "-q", "--no-edit", "origin/main")
    }
    let second = try office.proposed("two")
    #expect(second.branch == first.branch && second.adds.sorted() == ["one", "two"])
    try office.merge(first.branch, by: "merge")
    try office.expect(["one", "two", "elsewhere"], state: "merged")
  }

  @Test func `one of two is cherry-picked, the other one still waits`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one")
    let place = try office.agent.openSession()
    try office.agent.remember("two", session: place)
    try office.propose()
    try office.git("fetch", "-q")
    let newest = try office.git("rev-parse", "origin/\(first.branch)").trimmed
    try office.onMain { try office.git("cherry-pick", newest) }
    let report = try office.agent.sync()
    #expect(report.proposal?.state == "open" && report.proposal?.waiting == 1)
    #expect(try office.agent.contents(session: office.session) == ["known", "one"])
    #expect(try office.agent.contents(session: place) == ["two"])
    try office.git("fetch", "-q")
    #expect(try office.added(first.branch) == ["one"] || office.added(first.branch).count == 2)
    let second = try office.proposed("three")
    #expect(second.adds.sorted() == ["one", "three"])
    // The rest is merged, and all is there once.
    try office.merge(first.branch, by: "squash")
    try office.expect(["one", "three"], state: "squashed")
    #expect(try office.other.contents(session: place) == ["two"])
  }

  @Test func `what was closed stays here and is offered again only when asked for`() throws {
    let office = try PullRequests()
    let first = try office.proposed("one", "two")
    try office.close(first.branch)
    let closed = try office.agent.sync()
    #expect(closed.proposal?.state == "closed" && closed.proposal?.waiting == 2)
    #expect(try !office.propose().isPushed)
    let second = try office.proposed("three")
    #expect(second.adds == ["three"])
    try office.merge(second.branch, by: "squash")
    try office.agent.sync()
    #expect(
      try office.agent.contents(session: office.session) == ["known", "one", "two", "three"])
    try office.other.sync()
    #expect(try office.other.contents(session: office.session) == ["known", "three"])
    try office.propose(again: true)
    try office.git("fetch", "-q")
    let third = try #require(try office.agent.sync().proposal?.branch)
    #expect(try office.added(third) == ["one", "two"])
    try office.merge(third, by: "merge")
    try office.expect(["one", "two", "three"], state: "merged")
  }

  @Test func `while a clone proposes, sync never pushes to main, and --off ends that`() throws {
    let office = try PullRequests()
    let before = try office.git("rev-parse", "origin/main")
    _ = try office.proposed("one")
    try office.agent.remember("two", session: office.session)
    let report = try office.agent.sync()
    #expect(report.proposal?.unproposed == 1 && !report.isPushed)
    try office.git("fetch", "-q")
    #expect(try office.git("rev-parse", "origin/main") == before)
    let words = try office.world.memtrace(["sync"], in: office.agent.path)
    let lines = words.output.split(separator: "\n")
    #expect(lines.contains { $0.hasSuffix("/main: up to date") }, "\(words.output)")
    #expect(
      lines.last?.hasSuffix("1 record not proposed yet: memtrace propose") == true,
      "\(words.output)")
    #expect(try office.world.memtrace(["propose", "--off"], in: office.agent.path).status == 0)
    try office.agent.sync()
    try office.other.sync()
    #expect(try office.other.contents(session: office.session) == ["known", "one", "two"])
  }

  @Test func `a push that fails leaves nothing behind, the next one goes through`() throws {
    let office = try PullRequests()
    try office.agent.remember("one", session: office.session)
    let hook = "\(office.world.path)/hub.git"
    try office.world.run(["chmod", "-R", "a-w", "\(hook)/refs"])
    try office.world.run(["mv", hook, "\(hook).away"])
    #expect(failure { try office.propose() } != nil)
    try office.world.run(["mv", "\(hook).away", hook])
    try office.world.run(["chmod", "-R", "u+w", "\(hook)/refs"])
    let first = try office.proposed()
    #expect(first.adds == ["one"] && first.commits == 1)
    try office.merge(first.branch, by: "squash")
    try office.expect(["one"], state: "squashed")
  }
}
