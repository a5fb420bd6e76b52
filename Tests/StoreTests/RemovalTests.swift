// A removal needs a word: what plain Git takes out of the tip by accident is put back, and what was meant stays out.

import Glibc
import Testing

@testable import Memtrace

struct RemovalTests {
  /// Ways in which people lose records, with what they type. `$F` is a file of memories, `$S` a session's folder.
  static let accidents: [(name: String, script: String)] = [
    ("rm a file", "git rm -q $F; git commit -qm 'person: removed'"),
    ("rm a session", "git rm -rq $S; git commit -qm 'person: removed'"),
    ("edit", "sed -i 1d $F; git commit -qam 'person: an edit'"),
    (
      "stale index",
      "cp .git/index ../index; \"$M\" remember more --agent ana --session $ID >> ../ids; "
        + "cp ../index .git/index; echo hi > notes.txt; git add notes.txt; git commit -qm 'person: notes'"
    ),
    (
      "stale index, amended",
      "cp .git/index ../index; \"$M\" remember more --agent ana --session $ID >> ../ids; "
        + "cp ../index .git/index; echo hi > notes.txt; git add notes.txt; git commit -q --amend -m 'person: notes'"
    ),
    (
      "no index",
      "rm .git/index; echo hi > notes.txt; git add notes.txt; git commit -qm 'person: y'"
    ),
    ("reset", "git reset -q --hard HEAD~1"),
    (
      "rebase that drops", "GIT_SEQUENCE_EDITOR=\"sed -i 2d\" git rebase -qi HEAD~2"
    ),
    (
      "cherry-pick of a removal",
      "git switch -qc side; git rm -q $F; git commit -qm 'person: removed'; git switch -q main; "
        + "git cherry-pick side >/dev/null; git branch -qD side"
    ),
    (
      "a worktree that is removed",
      "git worktree add -q -b side ../wt; cd ../wt; git rm -q $F; git commit -qm 'person: removed'; "
        + "cd - >/dev/null; git worktree remove --force ../wt; git merge -q side"
    ),
    (
      "merge -s ours",
      "git switch -qc side; \"$M\" remember aside --agent ana --session $ID >> ../ids; git switch -q main; "
        + "git commit -q --allow-empty -m 'person: nothing'; git merge -q -s ours --no-edit side"
    ),
    ("no configuration", "git rm -q --cached .memtrace/config.json; git commit -qm 'person: oops'"),
  ]

  @Test(arguments: accidents.map(\.name), [true, false])
  func `what plain Git takes out by accident is put back by the next write`(
    accident: String, hasReflogs: Bool
  ) throws {
    let script = try #require(Self.accidents.first { $0.name == accident }?.script)
    let clone = try TestWorld().clone()
    if !hasReflogs { try clone.git("config", "core.logAllRefUpdates", "false") }
    let session = try clone.openSession()
    var ids = try (0..<3).map { try clone.remember("Memory \($0)", session) }
    try clone.lose(script, session)
    ids += try clone.noted()
    let next = try clone.done("remember", "Next", "--agent", "ana", "--session", session)
    ids.append(next.line)
    #expect(next.err.contains("put back"), "\(next.err)")
    #expect(try clone.committed().sorted() == ids.sorted())
    #expect(try clone.recalled(session).sorted() == ids.sorted())
    #expect(try clone.git("ls-files", ".memtrace/config.json") == ".memtrace/config.json")
    let again = try clone.done("remember", "Again", "--agent", "ana", "--session", session)
    #expect(!again.err.contains("put back"), "once is enough: \(again.err)")
    #expect(try clone.json("check")["problems"] == .array([]))
    if accident != "no index" { try clone.expectHealthy() }
  }

  /// Git's next commit would hold this file alone.
  @Test func `a write beside a lost index leaves none that removes everything else`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    var ids = try (0..<3).map { try clone.remember("Memory \($0)", session) }
    try clone.lose(
      "rm .git/index; \"$M\" remember x --agent ana --session $ID >> ../ids; "
        + "git commit -q --allow-empty -m 'person: y'", session)
    ids += try clone.noted()
    #expect(try clone.committed().sorted() == ids.sorted())
    #expect(try clone.json("check")["problems"] == .array([]))
  }

  @Test func `a removal that is accepted stays, and only that`() throws {
    let clone = try TestWorld().clone()
    let (one, other) = (try clone.openSession(), try clone.openSession())
    let meant = try clone.remember("Meant", one)
    let kept = try clone.remember("Not meant", other)
    try clone.lose("git rm -rq $S; git commit -qm 'person: removed'", one)
    let accepted = try clone.done("accept", "HEAD")
    #expect(accepted.out.contains("accepted the removal of 2 records"), "\(accepted.out)")
    try clone.lose("git rm -rq $S; git commit -qm 'person: removed too'", other)
    let next = try clone.remember("Next")
    #expect(try clone.committed().sorted() == [kept, next].sorted())
    #expect(!(try clone.committed().contains(meant)))
    try clone.expectHealthy()
  }

  @Test func `an acceptance after the fact comes with the command that takes the records out`()
    throws
  {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Meant", session)
    try clone.lose("git rm -q $F; git commit -qm 'person: removed'", session)
    let commit = try clone.git("rev-parse", "HEAD")
    let next = try clone.remember("Next")
    #expect(try clone.committed().count == 2)
    let accepted = try clone.json("accept", commit)
    let putBack = try #require(accepted["put_back_by"]?.array?.first?.string)
    try clone.git("revert", "--no-edit", putBack)
    let last = try clone.remember("Last")
    #expect(try clone.committed().sorted() == [next, last].sorted())
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
  }

  @Test func `an acceptance survives a squash and a rebase`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Meant", session)
    try clone.lose("git rm -q $F; git commit -qm 'person: removed'", session)
    try clone.done("accept", "HEAD")
    // Squashed into one commit, and then put on another base.
    try clone.git("reset", "-q", "--soft", "HEAD~2")
    try clone.git("commit", "-qm", "person: squashed")
    try clone.git("rebase", "-q", "--force-rebase", "HEAD~1")
    let next = try clone.remember("Next")
    #expect(try clone.committed() == [next])
    try clone.expectHealthy()
  }

  @Test func `a revert covers what the reverted commit brought, and nothing more`() throws {
    let clone = try TestWorld().clone()
    let (one, other) = (try clone.openSession(), try clone.openSession())
    let kept = try clone.remember("Kept", other)
    try clone.remember("Reverted", one)
    try clone.git("revert", "--no-edit", "HEAD")
    let next = try clone.done("remember", "Next", "--agent", "ana")
    #expect(!next.err.contains("put back"), "\(next.err)")
    #expect(try clone.committed().sorted() == [kept, next.line].sorted())
    // The second one takes something else along.
    let second = try clone.remember("Reverted too", one)
    let file = try #require(try clone.files(of: other).first { $0.contains("memories") })
    try clone.git("revert", "--no-commit", "HEAD")
    try clone.git("rm", "-q", file)
    try clone.git(
      "commit", "-qm", "Revert: more\n\nThis reverts commit \(try clone.git("rev-parse", "HEAD")).")
    let last = try clone.done("remember", "Last", "--agent", "ana")
    #expect(last.err.contains("put back 1 record"), "\(last.err)")
    let committed = try clone.committed()
    #expect(committed.sorted() == [kept, next.line, last.line].sorted())
    #expect(!committed.contains(second))
  }

  @Test func `a word that is taken out itself comes back, and so does an erasure whatever is said`()
    throws
  {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Meant", session)
    try clone.lose("git rm -q $F; git commit -qm 'person: removed'", session)
    try clone.done("accept", "HEAD")
    let era = "era_01M8KWQ1DMDYF77DKMCNX1C3S6"
    try write(
      "{\"time\":\"2026-11-29T10:00:00.000Z\",\"records\":[],\"id\":\"\(era)\"}\n",
      to: clone.path + "/.memtrace/erased.test1234.jsonl")
    try clone.git("add", ".memtrace")
    try clone.git("commit", "-qm", "person: erased")
    try clone.remember("Between")
    try clone.git("rm", "-q", ".memtrace/*.jsonl")
    try clone.git("commit", "-qm", "person: removed the words")
    try clone.done("accept", era)
    let files = try clone.git("ls-tree", "-r", "--name-only", "HEAD", ".memtrace")
    #expect(files.contains("accepted.") && files.contains("erased."), "\(files)")
    #expect(try clone.committed().count == 1)
    try clone.expectHealthy()
  }

  @Test func `lines that move to another file are not removed`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let ids = try (0..<3).map { try clone.remember("Memory \($0)", session) }
    try clone.lose(
      "cat $S/*.jsonl > sessions/2026-11/archive.abcdefghij.jsonl 2>/dev/null "
        + "|| { A=$(dirname $(dirname $(dirname $S))); cat $S/*.jsonl > $A/archive.abcdefghij.jsonl; }; "
        + "git rm -rq $S; git add sessions; git commit -qm 'archive: by hand'", session)
    let next = try clone.done("remember", "Next", "--agent", "ana")
    #expect(!next.err.contains("put back"), "\(next.err)")
    #expect(try clone.committed().sorted() == (ids + [next.line]).sorted())
    try clone.expectHealthy()
  }

  @Test func `a record that was amended away survives git gc without reflogs`() throws {
    let clone = try TestWorld().clone()
    try clone.git("config", "core.logAllRefUpdates", "false")
    let session = try clone.openSession()
    let ids = try (0..<3).map { try clone.remember("Memory \($0)", session) }
    try clone.git("reset", "-q", "--hard", "HEAD~2")
    try clone.git("reflog", "expire", "--expire=now", "--all")
    try clone.git("gc", "-q", "--prune=now")
    let next = try clone.remember("Next", session)
    #expect(try clone.committed().sorted() == (ids + [next]).sorted())
    try clone.expectHealthy()
  }
}

extension Clone {
  /// Runs what a person types, where it hurts.
  func lose(_ script: String, _ session: String, at place: SourceLocation = #_sourceLocation) throws
  {
    let file = try #require(
      try files(of: session).first { $0.contains("memories") }, sourceLocation: place)
    let path = String(file.dropFirst(self.path.count + 1))
    let outcome = try world.run(
      ["sh", "-ec", script], in: self.path,
      with: [
        "F": path, "S": path.split(separator: "/").dropLast().joined(separator: "/"),
        "ID": session, "M": TestWorld.memtrace,
      ])
    try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)", sourceLocation: place)
  }

  /// Ids that a script wrote down.
  func noted() throws -> [String] {
    let path = world.folder + "/ids"
    return exists(path) ? try text(of: path).split(separator: "\n").map(String.init) : []
  }
}
