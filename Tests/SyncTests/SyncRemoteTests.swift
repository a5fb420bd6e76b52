// Remotes as people set them up: two hubs, squashes, push URLs, replicas, branches of one's own, rewritten history.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Remotes as people set them up` {
  @Test func `two hubs and plain pulls in rounds make no commit once all have the same`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben", "cleo")
    try world.makeHub("two.git")
    for clone in team { try clone.git("remote", "add", "two", "\(world.path)/two.git") }
    try team[0].git("push", "-q", "two", "main")
    func round() throws {
      for clone in team {
        for remote in ["origin", "two"] {
          if clone === team[2] {
            try clone.git("pull", "-q", "--no-rebase", "--no-edit", remote, "main")
            try clone.git("push", "-q", remote, "main")
          } else {
            try clone.sync(SyncRequest(remote: remote))
          }
        }
      }
    }
    func commits() throws -> [String] {
      try team.map { try $0.git("rev-list", "--count", "HEAD").trimmed }
        + ["hub", "two"].map {
          try world.git("rev-list", "--count", "main", in: "\(world.path)/\($0).git").trimmed
        }
    }
    for n in 0..<3 {
      for clone in team.dropLast() { try clone.remember("\(n) in \(clone.path)") }
      try round()
    }
    try round()
    let before = try commits()
    for _ in 0..<(SyncWorld.isLong ? 50 : 6) {
      try round()
      #expect(try commits() == before)
    }
    #expect(Set(try team.map { try $0.tree }).count == 1)
    #expect(Set(try team.map { try $0.contents().sorted() }).count == 1)
    #expect(try team[2].contents().count == 6)
    // None of ours joins what was one tree before.
    for line in try team[0].git("log", "--merges", "--format=%an %H").split(separator: "\n")
    where line.hasPrefix("memtrace ") {
      let merge = String(line.dropFirst(9))
      let trees = try ["^1^{tree}", "^2^{tree}"].map { try team[0].git("rev-parse", merge + $0) }
      #expect(trees[0] != trees[1], "\(merge) joins one tree")
    }
  }

  @Test(arguments: ["squash", "cherry-pick"])
  func `what was taken over by squash or cherry-pick, and more beside it, comes here`(way: String)
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "cleo")
    let (ana, cleo) = (team[0], team[1])
    try ana.remember("A")
    try ana.sync(SyncRequest(branch: "memtrace/ana"))
    let main = try world.git("rev-parse", "main", in: "\(world.path)/hub.git")
    #expect(try main.trimmed != ana.head)
    try cleo.git("fetch", "-q")
    if way == "squash" {
      try cleo.git("merge", "-q", "--squash", "origin/memtrace/ana")
      try cleo.git("commit", "-q", "-m", "A, squashed")
    } else {
      try cleo.git("cherry-pick", "origin/main..origin/memtrace/ana")
    }
    try cleo.remember("B")
    try cleo.git("push", "-q", "origin", "main")
    let theirs = try cleo.head
    for _ in 0..<2 {
      try ana.sync()
      #expect(try ana.contents().sorted() == ["A", "B"])
      #expect(try ana.tree == cleo.tree && ana.status == "")
      // Whoever follows the remote by plain Git finds it moved forward only.
      try cleo.git("pull", "-q", "--ff-only")
      try cleo.git("merge-base", "--is-ancestor", theirs, "origin/main")
    }
    try ana.remember("C")
    #expect(try ana.sync().sent == 1)
  }

  @Test(arguments: ["pushurl", "pushInsteadOf"], ["", "file://"])
  func `a push goes where the git command would push`(setting: String, scheme: String) throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    let hub = try world.git("rev-parse", "main", in: "\(world.path)/hub.git")
    try world.git("clone", "-q", "--bare", "hub.git", "push.git")
    let (from, to) = ("\(scheme)\(world.path)/hub.git", "\(scheme)\(world.path)/push.git")
    try ana.git("remote", "set-url", "origin", from)
    if setting == "pushurl" {
      try ana.git("config", "remote.origin.pushurl", to)
    } else {
      try ana.git("config", "url.\(to).pushInsteadOf", from)
    }
    #expect(try ana.git("remote", "get-url", "--push", "origin").trimmed == to)
    try ana.remember("one")
    #expect(try ana.sync().sent == 2)
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/push.git").trimmed == ana.head)
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/hub.git") == hub)
    try ana.sync()
    try ana.remember("two")
    try ana.sync()
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/push.git").trimmed == ana.head)
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/hub.git") == hub)
  }

  @Test func `a replica that lags behind is no rewritten remote`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("early")
    try ana.sync()
    try world.run(["cp", "-r", "hub.git", "lagging.git"])
    try ana.remember("late")
    try ana.sync()
    try ben.sync()
    let before = try ben.head
    try ben.git("remote", "set-url", "origin", "\(world.path)/lagging.git")
    #expect(try ben.sync(SyncRequest(.pull)).received == 0)
    #expect(try ben.head == before)
    #expect(try ben.git("for-each-ref", "refs/memtrace/rescue") == "")
    #expect(try ben.sync().sent == 1)
    try ben.git("remote", "set-url", "origin", "\(world.path)/hub.git")
    try ben.remember("on")
    try ben.sync()
    try ana.sync()
    #expect(try ana.contents().sorted() == ["early", "late", "on"])
  }

  @Test func `a branch of one's own goes on after a reviewer pushed to it, and leads nowhere else`()
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "cleo")
    let (ana, cleo) = (team[0], team[1])
    let branch = "memtrace/ana"
    let main = try world.git("rev-parse", "main", in: "\(world.path)/hub.git")
    try ana.remember("one")
    try ana.sync(SyncRequest(branch: branch))
    for n in 0..<3 {
      try cleo.git("fetch", "-q")
      try cleo.git("checkout", "-q", "-B", "review", "origin/\(branch)")
      try cleo.commit("review.txt", "round \(n)\n")
      try cleo.git("push", "-q", "origin", "review:\(branch)")
      try ana.remember("after \(n)")
      let outcome = try world.memtrace(["sync", "--branch", branch], in: ana.path)
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(ana.read("review.txt") == "round \(n)\n")
    }
    #expect(
      try world.git("rev-parse", branch, in: "\(world.path)/hub.git").trimmed == ana.head)
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/hub.git") == main)
    // Where a person must decide, what to do next does not lead to the main branch either.
    try cleo.git("fetch", "-q")
    try cleo.git("checkout", "-q", "-B", "review", "origin/\(branch)")
    try cleo.commit("review.txt", "by the reviewer\n")
    try cleo.git("push", "-q", "origin", "review:\(branch)")
    try ana.commit("review.txt", "by ana\n")
    let error = try #require(failure { try ana.sync(SyncRequest(branch: branch)) })
    #expect(error.kind == .conflict && error.message.contains("review.txt"))
    let hint = try #require(error.hint)
    #expect(hint.contains("memtrace sync --branch \(branch)"))
    #expect(hint.contains(" pull origin \(branch)"), "\(hint)")
    #expect(try world.git("rev-parse", "main", in: "\(world.path)/hub.git") == main)
  }

  @Test func `history that was rewritten with Git's own recipe, and pruned, stops nobody for good`()
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("one")
    try ana.sync()
    try ben.sync()
    try ben.remember("two")
    try ben.sync()
    let script = """
      set -e
      export FILTER_BRANCH_SQUELCH_WARNING=1
      git filter-branch -f --env-filter 'GIT_AUTHOR_NAME=Nobody' -- --all >/dev/null
      git for-each-ref --format='%(refname)' refs/original | while read r; do git update-ref -d $r; done
      git push -q -f origin main
      git reflog expire --expire=now --all
      git gc -q --prune=now
      """
    let rewritten = try world.run(["sh", "-c", script], in: ben.path)
    try #require(rewritten.status == 0, "\(rewritten.output)")
    for n in 0..<2 {
      let written = try world.memtrace(["remember", "later \(n)", "--agent", "desk"], in: ben.path)
      #expect(written.status == 0, "\(written.output)")
      let synced = try world.memtrace(["sync"], in: ben.path)
      #expect(synced.status == 0, "\(synced.output)")
    }
    #expect(try ben.contents().sorted() == ["later 0", "later 1", "one", "two"])
    // Whoever still has the old history is told, and their side is kept.
    let error = try #require(failure { try ana.sync() })
    #expect(error.kind == .conflict && error.message.contains("refs/memtrace/rescue/"), "\(error)")
  }

  @Test(arguments: ["", "git reflog expire --expire=now --all; git gc -q --prune=now"])
  func `history that was rewritten in this clone alone gives way to the remote's`(pruning: String)
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    try ana.remember("one")
    for clone in [ana, ben, ana] { try clone.sync() }
    try ben.commit("notes.txt", "by hand\n")
    try ben.remember("two")
    try ana.remember("three")
    try ana.sync()
    let script = """
      set -e
      export FILTER_BRANCH_SQUELCH_WARNING=1
      git filter-branch -f --msg-filter 'cat; echo rewritten' -- --all >/dev/null
      git for-each-ref --format='%(refname)' refs/original | while read r; do git update-ref -d $r; done
      \(pruning)
      """
    let rewritten = try world.run(["sh", "-c", script], in: ben.path)
    try #require(rewritten.status == 0, "\(rewritten.output)")
    let old = try ben.head
    let said = try world.memtrace(["sync"], in: ben.path)
    #expect(said.status == 0, "\(said.output)")
    #expect(
      said.output.contains("taken as it stands, with 1 record of this clone"), "\(said.output)")
    #expect(said.output.contains("sent 1 record"), "\(said.output)")
    #expect(try ben.contents().sorted() == ["one", "three", "two"])
    #expect(ben.read("notes.txt") == "by hand\n")
    #expect(
      try ben.git("for-each-ref", "--format=%(objectname)", "refs/memtrace/rescue").trimmed == old)
    for clone in [ben, ana, ben] {
      try clone.remember("on")
      let next = try clone.sync()
      #expect(next.removed == 0 && next.conflicts == 0)
    }
    #expect(try ana.sync().received == 1)
    #expect(try ana.contents().count == 6 && ana.tree == ben.tree)
    let status = try world.memtrace(["status", "--check"], in: ben.path)
    #expect(status.status == 0, "\(status.output)")
    #expect(try world.memtrace(["check"], in: ben.path).status == 0)
  }

  @Test func `the hint beside a remote that was rewritten from its first commit on works`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    for clone in [ana, ben] { try clone.remember("one") }
    for clone in [ana, ben, ana] { try clone.sync() }
    let root = try ana.git("commit-tree", "-m", "anew", "HEAD^{tree}").trimmed
    try ana.git("push", "-q", "-f", "origin", "\(root):main")
    try ben.remember("mine")
    let error = try #require(failure { try ben.sync() })
    let hint = try #require(error.hint)
    #expect(hint.hasPrefix("memtrace sync origin --join "), "\(hint)")
    let joined = try world.memtrace(["sync", "origin", "--join"], in: ben.path)
    #expect(
      joined.status == 0 && joined.output.contains("1 record of this clone"), "\(joined.output)")
    #expect(try ben.contents().sorted() == ["mine", "one", "one"])
    #expect(try world.memtrace(["sync"], in: ben.path).status == 0)
    #expect(
      try world.git("rev-list", "--count", "main", in: "\(world.path)/hub.git").trimmed == "2")
  }

  @Test
  func `a remote whose last seen commit is gone here is taken as it stands, and that is said`()
    throws
  {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let seen = "\(ben.path)/.git/memtrace/remotes"
    try ben.sync()
    try #require(FileManager.default.fileExists(atPath: seen))
    try ana.remember("one")
    try ana.sync()
    try "\(String(repeating: "1", count: 40)) origin/main\n".write(
      toFile: seen, atomically: false, encoding: .utf8)
    let outcome = try world.memtrace(["sync"], in: ben.path)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("is gone from this clone"), "\(outcome.output)")
    #expect(try ben.contents() == ["one"])
    #expect(try ben.sync().received == 0)
  }
}
