// Pull requests as hosting sites make them, with plain Git on the hub's side: nothing is doubled, nothing that was turned
// down returns, and the next proposal holds only what is new.

import Foundation
import Testing

@testable import Memtrace

/// A hub, the clone of an agent that proposes, a reviewer's plain Git clone, and a colleague who syncs.
private final class PullRequests {
  let world = try! SyncWorld()
  let agent: TestClone
  let other: TestClone
  let session: SessionID
  private let reviewer: String

  init() throws {
    try world.makeHub()
    agent = try world.makeClone("agent")
    session = try agent.openSession()
    try agent.remember("known", session: session)
    try agent.sync()
    other = try world.clone("other")
    try world.git("clone", "-q", "hub.git", "reviewer")
    reviewer = "\(world.path)/reviewer"
  }

  @discardableResult
  func propose(again: Bool = false) throws -> SyncReport {
    var request = SyncRequest()
    request.isProposing = true
    request.proposesAgain = again
    return try agent.sync(request)
  }

  /// Proposes and returns the branch, with what it adds to main: record texts and commits.
  func proposed(_ texts: String...) throws -> (branch: String, adds: [String], commits: Int) {
    for text in texts { try agent.remember(text, session: session) }
    let report = try propose()
    let branch = try #require(report.proposal?.branch)
    try git("fetch", "-q", "--prune")
    return (branch, try added(branch), try commits(branch).count)
  }

  func added(_ branch: String) throws -> [String] {
    try git("diff", "origin/main...origin/\(branch)", "--", "*memories.*").split(separator: "\n")
      .filter { $0.hasPrefix("+{") }
      .map { try #require(JSON(parsing: Array($0.dropFirst().utf8))["content"]?.string) }
  }

  func commits(_ branch: String) throws -> [Substring] {
    try git("rev-list", "origin/main..origin/\(branch)").split(separator: "\n")
  }

  /// The reviewer's plain Git.
  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let outcome = try world.run(["git"] + arguments, in: reviewer)
    #expect(outcome.status == 0, "git \(arguments.joined(separator: " ")): \(outcome.output)")
    return outcome.output
  }

  /// Main as the hub has it, for the reviewer to work on.
  func onMain(_ work: () throws -> Void) throws {
    try git("fetch", "-q", "--prune")
    try git("switch", "-q", "main")
    try git("reset", "-q", "--hard", "origin/main")
    try work()
    try git("push", "-q", "origin", "main")
  }

  func onBranch(_ branch: String, _ work: () throws -> Void) throws {
    try git("fetch", "-q")
    try git("switch", "-q", "-C", branch, "origin/\(branch)")
    try work()
    try git("push", "-q", "origin", branch)
    try git("switch", "-q", "main")
  }

  /// As the site's buttons do it.
  func merge(_ branch: String, by button: String) throws {
    try onMain {
      switch button {
      case "squash":
        try git("merge", "-q", "--squash", "origin/\(branch)")
        try git("commit", "-q", "-m", "Squashed (#1)")
      case "rebase":
        let range = "HEAD..origin/\(branch)"
        let list = try git("rev-list", "--reverse", "--no-merges", range).split(separator: "\n")
        for commit in list {
          try git("-c", "user.name=Site", "cherry-pick", "--allow-empty", "-x", String(commit))
        }
      default:
        try git("merge", "-q", "--no-ff", "-m", "Merge pull request #1", "origin/\(branch)")
      }
    }
  }

  func close(_ branch: String) throws { try git("push", "-q", "origin", "--delete", branch) }

  /// By `sed` on the memories that a tree has.
  func edit(_ script: String) throws {
    let file = try git("ls-files", "*memories.*").split(separator: "\n")
    try world.run(["sed", "-i", script] + file.map(String.init), in: reviewer)
    try git("commit", "-q", "-a", "-m", "Update memories")
  }

  /// All agree in the end, hold these texts, and nothing is left to propose.
  func expect(_ texts: [String], state: String, _ place: SourceLocation = #_sourceLocation) throws {
    let report = try agent.sync()
    #expect(report.proposal?.state == state, sourceLocation: place)
    #expect(report.proposal?.unproposed == 0, sourceLocation: place)
    try other.sync()
    for clone in [agent, other] {
      #expect(
        try clone.contents(session: session).sorted() == (["known"] + texts).sorted(),
        sourceLocation: place)
      #expect(
        try world.memtrace(["check"], in: clone.path).status == 0, sourceLocation: place)
    }
    #expect(try agent.tree == other.tree, sourceLocation: place)
    let next = try propose()
    #expect(!next.isPushed && next.sent == 0, sourceLocation: place)
  }
}

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
    #expect(words.output.contains("1 record not proposed yet: memtrace propose"), "\(words.output)")
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

extension PullRequests {
  /// `-m 1` is only for a merge.
  fileprivate func git(
    _ arguments: String..., orWithout isPlain: Bool
  ) throws {
    let words = isPlain ? arguments.filter { $0 != "-m" && $0 != "1" } : arguments
    let outcome = try world.run(["git"] + words, in: world.path + "/reviewer")
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
