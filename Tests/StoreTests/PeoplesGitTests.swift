// What people do with Git beside the writers: nothing that was acknowledged leaves the tip.

import Glibc
import Testing

@testable import Memtrace

struct PeoplesGitTests {
  /// Commands that take away what is not committed; none may touch a record.
  static let harmless: [(name: String, script: String)] = [
    ("stash", "git stash -q -u && git stash pop -q || true"),
    ("clean", "git clean -qfdx"), ("reset", "git reset -q --hard"),
    ("restore", "git restore ."), ("checkout", "git checkout -q -- ."),
    ("commit -a", "echo x >> notes.txt; git add notes.txt; git commit -qam 'notes: x'"),
    (
      "commit --no-verify",
      "echo y >> notes.txt; git add . ; git commit -q --no-verify -m 'notes: y'"
    ),
    ("amend", "git commit -q --amend --no-edit"), ("gc", "git gc -q --prune=now"),
    ("switch", "git switch -qc other 2>/dev/null || git switch -q other; git switch -q main"),
    (
      "rebase --abort",
      "git rebase -q --force-rebase --exec false HEAD~1 >/dev/null 2>&1; git rebase --abort"
    ),
    ("rebase", "git rebase -q --force-rebase HEAD~1"),
  ]

  @Test(arguments: harmless.map(\.name))
  func `between writes, all records stay in the tip`(command: String) throws {
    let script = try #require(Self.harmless.first { $0.name == command }?.script)
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    var ids: [String] = []
    for round in 0..<3 {
      ids.append(try clone.remember("Round \(round)", session))
      let outcome = try clone.world.run(["sh", "-c", script], in: clone.path)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(try clone.recalled(session) == ids)
    }
    ids.append(try clone.remember("At the end", session))
    #expect(try clone.committed().sorted() == ids.sorted())
    try clone.expectHealthy()
  }

  @Test(arguments: ["stash", "clean", "reset", "restore", "commit -a", "rebase --abort", "rebase"])
  func `during writes, all records stay in the tip`(command: String) throws {
    let script = try #require(Self.harmless.first { $0.name == command }?.script)
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Before", session)
    let writer = try clone.world.start(
      [
        "sh", "-c",
        "for i in 1 2 3 4 5 6 7 8; do \"$0\" remember \"Note $i\" --agent ana --session \(session); done",
        TestWorld.memtrace,
      ], in: clone.path)
    // A person's command may be refused by Git at such a moment; it must not take anything along.
    let person = try clone.world.start(
      ["sh", "-c", "for i in 1 2 3 4 5 6; do { \(script); } >/dev/null 2>&1; sleep 0.02; done"],
      in: clone.path)
    let written = try writer.wait()
    #expect(written.status == 0 && written.lines.count == 8, "\(written.err)")
    try person.end()
    let end = try clone.world.run(
      ["sh", "-c", "git rebase --abort; git stash pop; git status"], in: clone.path)
    let last = try clone.remember("Afterwards", session)
    let ids = written.lines + [last]
    let committed = try clone.committed()
    #expect(Set(committed).isSuperset(of: ids), "\(written.err)\(end.out)\(end.err)")
    #expect(committed.count == ids.count + 1)
    #expect(try clone.recalled(session).sorted() == committed.sorted())
  }

  @Test func `a commit with the editor open is not disturbed`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let (person, go) = try clone.openEditor("--allow-empty")
    let id = try clone.done("remember", "Meanwhile", "--agent", "ana", "--session", session)
    #expect(id.err.contains("a git commit is under way"))
    #expect(try clone.recalled(session) == [id.line])
    try write("", to: go)
    let outcome = try person.wait()
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try clone.git("log", "-1", "--format=%s") == "person: a message")
    let next = try clone.remember("Afterwards", session)
    #expect(try clone.committed() == [id.line, next])
    try clone.expectHealthy()
  }

  @Test
  func `an editor that our hook does not know of costs a person a retry, and nobody a record`()
    throws
  {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try write("draft\n", to: clone.path + "/draft.txt")
    try clone.git("add", "draft.txt")
    let (person, go) = try clone.openEditor("--no-verify")
    let id = try clone.remember("Meanwhile", session)
    try write("", to: go)
    let outcome = try person.wait()
    if outcome.status != 0 { try clone.git("commit", "-qm", "person: again") }
    let next = try clone.remember("Afterwards", session)
    #expect(try clone.committed() == [id, next])
    #expect(try clone.git("show", "HEAD:draft.txt") == "draft")
    try clone.expectHealthy()
  }

  @Test func `hooks elsewhere are left alone`() throws {
    let world = try TestWorld()
    let clone = try world.clone()
    try clone.git("config", "core.hooksPath", "hooks")
    let copy = try world.clone(of: clone, "copy")
    try copy.git("config", "core.hooksPath", "hooks")
    let session = try copy.openSession()
    try copy.remember("No hook", session)
    try write("x\n", to: copy.path + "/x.txt")
    try copy.git("add", "x.txt")
    try copy.git("commit", "-qam", "person: x")
    try copy.remember("Still there", session)
    #expect(try copy.committed().count == 2)
    #expect(!exists(copy.path + "/hooks") && !exists(copy.path + "/.git/hooks/pre-commit"))
    try copy.expectHealthy()
  }

  @Test func `a person's own edit stays theirs`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("First", session)
    let file = try #require(try clone.files(of: session).first { $0.contains("memories") })
    let edited = try text(of: file) + "{\"id\":\"note\",\"by\":\"hand\"}\n"
    try write(edited, to: file)
    try write("staged\n", to: clone.path + "/staged.txt")
    try clone.git("add", "staged.txt")
    let id = try clone.remember("Second", session)
    #expect(try text(of: file).hasPrefix(edited))
    #expect(try clone.committed().contains(id))
    #expect(
      try clone.git("show", "HEAD:\(file.dropFirst(clone.path.count + 1))").contains("hand")
        == false)
    let status = try clone.git("status", "--porcelain").split(separator: "\n")
    #expect(status.count == 2 && status.contains("A  staged.txt"))
    #expect(try clone.done("status").out.contains("changed by hand"))
  }

  @Test func `what a person staged in one of our files stays staged, with our lines after it`()
    throws
  {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("First", session)
    let file = try #require(try clone.files(of: session).first { $0.contains("memories") })
    try append("{\"id\":\"note\",\"by\":\"hand\"}\n", to: file)
    try clone.git("add", file)
    let id = try clone.remember("Second", session)
    try clone.git("commit", "-qm", "person: a note")
    let path = String(file.dropFirst(clone.path.count + 1))
    let committed = try clone.git("show", "HEAD:\(path)")
    #expect(committed.contains("hand") && committed.contains(id))
    let third = try clone.remember("Third", session)
    #expect(try clone.committed().count == 3)
    #expect(try clone.recalled(session).last == third)
    try clone.expectHealthy()
  }

  @Test func `a commit from a stale index is put right`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let first = try clone.remember("First", session)
    // Somebody holds the index while we commit, so it stays behind.
    try write("", to: clone.path + "/.git/index.lock")
    let second = try clone.remember("Second", session)
    unlink(clone.path + "/.git/index.lock")
    try clone.git(
      "commit", "-q", "--no-verify", "-m", "person: from a stale index", "--allow-empty")
    #expect(try clone.committed() == [first])
    let third = try clone.done("remember", "Third", "--agent", "ana", "--session", session)
    #expect(third.err.contains("put back 1 record in 1 session"))
    #expect(try clone.committed() == [first, second, third.line])
    try clone.expectHealthy()
  }

  @Test func `a branch that was moved back gets our records back, and its old tip a ref`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let kept = try clone.remember("Kept", session)
    let gone = try clone.remember("Gone", session)
    try clone.git("reset", "-q", "--hard", "HEAD~1")
    #expect(try clone.recalled(session) == [kept])
    let next = try clone.done("remember", "Next", "--agent", "ana", "--session", session)
    #expect(next.err.contains("refs/memtrace/rescue/"))
    let ref = try clone.git("for-each-ref", "--format=%(refname)", "refs/memtrace/rescue")
    #expect(try clone.committed(ref) == [kept, gone])
    #expect(try clone.committed().sorted() == [kept, gone, next.line].sorted())
    #expect(try clone.recalled(session).sorted() == [kept, gone, next.line].sorted())
    try clone.expectHealthy()
  }

  @Test func `a branch that was moved back stays there where another one has the records`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let kept = try clone.remember("Kept", session)
    try clone.remember("Elsewhere", session)
    try clone.git("branch", "other")
    try clone.git("reset", "-q", "--hard", "HEAD~1")
    let next = try clone.remember("Next", session)
    #expect(try clone.committed().sorted() == [kept, next].sorted())
    try clone.expectHealthy()
  }

  @Test func `a split index is followed`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.git("update-index", "--split-index")
    let ids = [try clone.remember("One", session), try clone.remember("Two", session)]
    try clone.expectHealthy()
    try clone.git("commit", "-q", "--allow-empty", "-m", "person: nothing")
    #expect(try clone.committed() == ids)
    #expect(try clone.json("status")["index"]?.string == "current")
  }

  @Test(arguments: ["--no-sparse-index", "--sparse-index", "--no-cone"])
  func `a sparse checkout keeps what it leaves out`(mode: String) throws {
    let clone = try TestWorld().clone()
    let (here, there) = (try clone.openSession(), try clone.openSession("ben"))
    var ids = [try clone.remember("Left out", there), try clone.remember("Kept", here)]
    let folder = try #require(try clone.files(of: here).first).dropFirst(clone.path.count + 1)
      .split(separator: "/").dropLast().joined(separator: "/")
    try clone.git("sparse-checkout", "set", mode, folder, "agents", ".memtrace")
    ids.append(try clone.remember("In a sparse checkout", here))
    try write("x\n", to: clone.path + "/x.txt")
    try clone.git("add", "--sparse", "x.txt")
    try clone.git("commit", "-qm", "person: x")
    ids.append(try clone.remember("And after a commit", here))
    #expect(try clone.committed().sorted() == ids.sorted())
    // What was left out is not missed; what a person removed is.
    try clone.done("status", "--check")
    let kept = try #require(try clone.files(of: here).first { $0.contains("/memories.") })
    try #require(rename(kept, clone.world.folder + "/away") == 0)
    #expect(try clone.json("status")["changed"]?.array?.count == 1)
    try #require(rename(clone.world.folder + "/away", kept) == 0)
    try clone.git("sparse-checkout", "disable")
    #expect(try clone.recalled().sorted() == ids.sorted())
    try clone.expectHealthy()
  }

  @Test func `a copy of a clone is a clone of its own`() throws {
    let world = try TestWorld()
    let clone = try world.clone()
    let session = try clone.openSession()
    var ids = [try clone.remember("Before the copy", session)]
    try world.run(["cp", "-r", clone.path, world.folder + "/copy"], in: world.folder)
    let copy = Clone(world: world, path: world.folder + "/copy")
    for round in 0..<2 {
      ids.append(try clone.remember("Here \(round)", session))
      ids.append(try copy.remember("There \(round)", session))
    }
    try clone.git("pull", "-q", "--no-rebase", "--no-edit", copy.path, "main")
    #expect(try clone.committed().sorted() == ids.sorted())
    try clone.expectHealthy()
    try copy.expectHealthy()
  }

  @Test func `a restored older copy writes no second end to a file`() throws {
    let world = try TestWorld()
    let clone = try world.clone()
    let session = try clone.openSession()
    var ids = [try clone.remember("Backed up", session)]
    try world.run(["cp", "-r", clone.path, world.folder + "/backup"], in: world.folder)
    ids.append(try clone.remember("After the backup", session))
    try world.run(["git", "clone", "-q", "--bare", clone.path, "hub.git"], in: world.folder)
    try world.run(
      ["sh", "-c", "rm -rf support && cp -r backup support"], in: world.folder)
    ids.append(try clone.remember("After the restoration", session))
    try clone.git("pull", "-q", "--no-rebase", "--no-edit", world.folder + "/hub.git", "main")
    #expect(try clone.committed().sorted() == ids.sorted())
    try clone.expectHealthy()
  }

  @Test func `while head is detached, records wait`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.git("switch", "-q", "--detach")
    let id = try clone.done("remember", "Waits", "--agent", "ana", "--session", session)
    #expect(id.err.contains("HEAD is detached"))
    #expect(try clone.recalled(session) == [id.line])
    #expect(try clone.committed() == [])
    let status = try clone.done("status").out
    #expect(status.contains("not committed yet"))
    #expect(status.components(of: "git switch BRANCH") == 1, "\(status)")
    try clone.git("switch", "-q", "main")
    let later = try clone.done("status").out
    #expect(later.contains("not committed yet") && !later.contains("detached"), "\(later)")
    try clone.done("check", "--repair")
    #expect(try clone.committed() == [id.line])
    try clone.expectHealthy()
  }
}

extension String {
  /// How often a text stands there.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

extension Clone {
  /// A person's `git commit` whose editor waits for a file.
  fileprivate func openEditor(_ option: String) throws -> (person: Child, go: String) {
    let (started, go) = (world.folder + "/editor-open", world.folder + "/editor-go")
    let editor = world.folder + "/editor.sh"
    try write(
      """
      #!/bin/sh
      touch \(started)
      while [ ! -e \(go) ]; do sleep 0.02; done
      echo 'person: a message' > "$1"

      """, to: editor)
    chmod(editor, 0o755)
    let person = try world.start(
      ["git", "commit", "-q", option], in: path, with: ["GIT_EDITOR": editor])
    for _ in 0..<3_000 where !exists(started) { usleep(20_000) }
    try #require(exists(started))
    return (person, go)
  }
}
