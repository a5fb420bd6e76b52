// Random histories of proposals: an agent that writes and proposes, reviewers who do on the site what comes to their
// mind, and a colleague who syncs. What they said stands, nothing is doubled, nothing that was refused is offered again.

import Foundation
import Testing

@testable import Memtrace

/// One history, and what is to be expected of it. A record's text is its name and how often it was edited, `r12 2`.
private final class ProposalHistory {
  private let office: PullRequests
  private var random: SeededGenerator
  private var count = 0
  /// Texts on main, on the open branch, and here only.
  private var main: Set<String> = ["known"]
  private var offered: Set<String> = []
  private var new: Set<String> = []
  /// Names that were closed, taken out or taken off.
  private var refused: Set<Substring> = []
  private var branch: String?
  private(set) var story: [String] = []

  init(seed: UInt64) throws {
    office = try PullRequests()
    random = SeededGenerator(seed: seed)
    // Who never proposed pushes to main.
    let text = newText()
    try office.agent.remember(text, session: office.session)
    new.insert(text)
    try propose()
  }

  private func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  private func name(_ text: String) -> Substring { text.prefix { $0 != " " } }

  private func newText() -> String {
    count += 1
    return "r\(count) 0"
  }

  func step() throws {
    switch Int.random(in: 0..<16, using: &random) {
    case 0..<3:
      let text = newText()
      story.append("agent writes \(text)")
      try office.agent.remember(text, session: office.session)
      new.insert(text)
    case 3..<6: try propose()
    case 6..<8: try sync()
    case 8:
      let text = newText()
      story.append("colleague writes \(text)")
      try office.other.remember(text, session: office.session)
      try office.other.sync()
      main.insert(text)
    case 9..<12: try review()
    case 12: try updateBranch()
    case 13: try goBack()
    case 14: try merge()
    default:
      guard let branch, chance(40) else { return }
      story.append("closed")
      try office.close(branch)
      refused.formUnion(offered.map(name))
      (self.branch, offered) = (nil, [])
    }
  }

  private func propose() throws {
    story.append("propose")
    let report = try office.propose()
    try #require(report.conflicts == 0, "\(story)")
    try office.git("fetch", "-q", "--prune")
    offered.formUnion(new)
    new = []
    if report.isPushed { branch = report.proposal?.branch }
    try check()
  }

  private func sync() throws {
    story.append("sync")
    let report = try office.agent.sync()
    try #require(report.conflicts == 0 && !report.isPushed, "\(story)")
    try office.git("fetch", "-q", "--prune")
    try check()
  }

  /// A line is edited or taken out, by an ordinary push or by force.
  private func review() throws {
    guard let branch, let text = offered.sorted().randomElement(using: &random) else { return }
    try office.git("fetch", "-q")
    // A merge whose lines were edited cannot be rebased.
    let parents = try office.git("rev-list", "-1", "--parents", "origin/\(branch)").split(
      separator: " ")
    let isForced = chance(50) && parents.count == 2
    let version = Int(text.split(separator: " ")[1])!
    let edited = chance(60) ? "\(name(text)) \(version + 1)" : nil
    story.append("\(isForced ? "force" : "push"): \(text) -> \(edited ?? "nothing")")
    let script = edited.map { "s/\"\(text)\"/\"\($0)\"/" } ?? "/\"\(text)\"/d"
    if isForced {
      try office.force(branch) { try office.edit(script, amend: true) }
    } else {
      try office.onBranch(branch) { try office.edit(script) }
    }
    offered.remove(text)
    if let edited { offered.insert(edited) } else { refused.insert(name(text)) }
  }

  private func updateBranch() throws {
    guard let branch, !offered.isEmpty else { return }
    story.append("update branch")
    try office.onBranch(branch) { try office.git("merge", "-q", "--no-edit", "origin/main") }
  }

  /// Off goes the last commit, where nothing but additions of the agent is in it.
  private func goBack() throws {
    guard let branch else { return }
    try office.git("fetch", "-q", "--prune")
    guard try office.commits(branch).count > 1 else { return }
    let before = try texts("origin/\(branch)^")
    guard before.isSubset(of: main.union(offered)) else { return }
    let lost = offered.subtracting(before)
    guard !lost.isEmpty, lost.count < offered.count else { return }
    story.append("back, without \(lost.sorted())")
    try office.force(branch) { try office.git("reset", "-q", "--hard", "HEAD^") }
    offered.subtract(lost)
    refused.formUnion(lost.map(name))
  }

  private func merge() throws {
    guard let branch, !offered.isEmpty else { return }
    let button = ["merge", "squash", "rebase"].randomElement(using: &random)!
    let isDeleted = chance(50)
    story.append("\(button)\(isDeleted ? ", deleted" : "")")
    try office.merge(branch, by: button)
    if isDeleted { try office.close(branch) }
    main.formUnion(offered)
    (self.branch, offered) = (nil, [])
  }

  private func texts(_ commit: String) throws -> Set<String> {
    let lines = try office.git("grep", "-h", "\"content\"", commit, "--", "*memories.*")
      .split(separator: "\n").map { try JSON(parsing: Array($0.utf8))["content"]?.string ?? "" }
    try #require(Set(lines).count == lines.count, "\(story)")
    return Set(lines)
  }

  /// Main and the branch hold what they should, and so does the agent, who may hold besides what was refused.
  private func check() throws {
    try #require(try texts("origin/main") == main, "\(story)")
    if let branch, !offered.isEmpty {
      let there = try texts("origin/\(branch)").subtracting(main)
      try #require(there == offered, "\(there) instead of \(offered) after \(story)")
    }
    let here = try office.agent.contents(session: office.session)
    try #require(Set(here.map(name)).count == here.count, "\(here) after \(story)")
    let rest = Set(here).subtracting(main).subtracting(offered).subtracting(new)
    try #require(main.union(offered).union(new).isSubset(of: here), "\(here) after \(story)")
    try #require(Set(rest.map(name)).isSubset(of: refused), "\(here) after \(story)")
  }

  func end() throws {
    try propose()
    try merge()
    try sync()
    try propose()
    try office.other.sync()
    try #require(Set(try office.other.contents(session: office.session)) == main, "\(story)")
    for clone in [office.agent, office.other] {
      try #require(try office.world.memtrace(["check"], in: clone.path).status == 0, "\(story)")
    }
  }
}

@Suite struct `Histories of proposals` {
  @Test(arguments: SyncWorld.isLong ? Array(1...60) : Array(1...6))
  func `whatever reviewers do, it stands`(seed: UInt64) throws {
    let history = try ProposalHistory(seed: seed)
    for _ in 0..<40 { try history.step() }
    try history.end()
  }
}
