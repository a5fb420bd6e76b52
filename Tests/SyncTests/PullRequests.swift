// A hosting site for tests of proposals: a hub, who proposes, who reviews with plain Git, and who only syncs.

import Foundation
import Testing

@testable import Memtrace

/// A hub, the clone of an agent that proposes, a reviewer's plain Git clone, and a colleague who syncs.
final class PullRequests {
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
  func edit(_ script: String, amend: Bool = false) throws {
    let file = try git("ls-files", "*memories.*").split(separator: "\n")
    try world.run(["sed", "-i", script] + file.map(String.init), in: reviewer)
    try world.run(
      ["git", "commit", "-q", "-a", "-m", "Update memories"]
        + (amend ? ["--amend", "--allow-empty"] : []),
      in: reviewer)
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

extension PullRequests {
  /// `-m 1` is only for a merge.
  func git(
    _ arguments: String..., orWithout isPlain: Bool
  ) throws {
    let words = isPlain ? arguments.filter { $0 != "-m" && $0 != "1" } : arguments
    let outcome = try world.run(["git"] + words, in: world.path + "/reviewer")
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
