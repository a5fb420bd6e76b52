// Records that stand on no branch any more: status offers them, and one command brings them back.

import Testing

@testable import Memtrace

struct KeptAsideTests {
  /// How people come to such records. The second memory is the one that is left.
  static let ways: [(name: String, script: String)] = [
    (
      "reset, and the other branch goes",
      "git branch other; git reset -q --hard HEAD~1; \"$M\" remember Next --agent ana >> ../ids; "
        + "git branch -q -D other"
    ),
    (
      "a branch goes with what was written on it",
      "git switch -qc other; \"$M\" remember Aside --agent ana --session $ID >> ../ids; "
        + "git switch -q main; git branch -q -D other"
    ),
    (
      "a worktree and its branch go",
      "git worktree add -q -b other/one ../wt; \"$M\" -C ../wt remember Aside --agent ana --session $ID >> ../ids; "
        + "git worktree remove --force ../wt; git branch -q -D other/one"
    ),
    (
      "a worktree without a branch goes",
      "git worktree add -q --detach ../wt; \"$M\" -C ../wt remember Aside --agent ana --session $ID >> ../ids; "
        + "git worktree remove --force ../wt; \"$M\" remember Next --agent ana >> ../ids"
    ),
  ]

  @Test(arguments: ways.map(\.name))
  func `what only a branch had that went is offered, and one command brings it back`(way: String)
    throws
  {
    let script = try #require(Self.ways.first { $0.name == way }?.script)
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    var ids = try (0..<2).map { try clone.remember("Memory \($0)", session) }
    try clone.type(script, session)
    ids += try text(of: clone.world.folder + "/ids").split(separator: "\n").map(String.init)
    try clone.git("reflog", "expire", "--expire=now", "--all")
    try clone.git("gc", "-q", "--prune=now")
    ids.append(try clone.remember("Later", session))
    #expect(try clone.committed().count == ids.count - 1)

    let status = try clone.json("status")
    let kept = (status["rescued"]?.array ?? []).compactMap(\.string)
    try #require(kept.count == 1, "\(kept)")
    #expect(try clone.memtrace("status", "--check").status == 1)
    #expect(try clone.done("status").out.contains("git merge \(kept[0])"))
    #expect(try clone.memtrace("check").out.contains("git merge \(kept[0])"))
    try clone.git("merge", "-q", "--no-edit", kept[0])
    ids.append(try clone.remember("Afterwards", session))
    #expect(try clone.committed().sorted() == ids.sorted())
    #expect(try clone.recalled().sorted() == ids.sorted())
    #expect(try clone.json("status")["needs"] == .array([]))
    try clone.expectHealthy()
  }

  @Test func `what was put back, merged, squashed or let go is not offered`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("First", session)
    try clone.remember("Left behind, and put back", session)
    try clone.type("git reset -q --hard HEAD~1; \"$M\" remember Next --agent ana", session)
    for way in ["merge --no-ff", "merge --squash"] {
      try clone.type(
        "git switch -qc other; \"$M\" remember Aside --agent ana --session $ID; git switch -q main; "
          + "git \(way) other; git commit -qm 'person: took it' || true; git branch -q -D other",
        session)
    }
    try clone.type(
      "git switch -qc other; \"$M\" remember Never --agent ana --session $ID; git switch -q main; "
        + "git branch -q -D other; git update-ref -d refs/memtrace/known/other", session)
    try clone.remember("Later", session)
    #expect(try clone.committed().count == 6)
    #expect(try clone.json("status")["needs"] == .array([]))
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
  }
}

extension Clone {
  /// Runs what a person types: `$M` is the program, `$ID` a session.
  fileprivate func type(_ script: String, _ session: String) throws {
    let outcome = try world.run(
      ["sh", "-c", "set -e; \(script)"], in: path,
      with: ["M": TestWorld.memtrace, "ID": session])
    try #require(outcome.status == 0, "\(script): \(outcome.out)\(outcome.err)")
  }
}
