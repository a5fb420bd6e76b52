// Names in a remote that are odd, and no danger: they are carried along, and nobody is shut out by them.

import Foundation
import Git
import Testing

@testable import Memtrace

/// A path below `docs`, as bytes for the shell's `printf`.
private let oddNames = [
  "docs/\\377\\376.txt", "docs/caf\\351", "docs/\(String(repeating: "n", count: 300)).txt",
  "docs/git~1", "docs/GIT~1", "docs/.git ", "docs/.git.", "docs/.git::$INDEX_ALLOCATION",
  "docs/a\\\\.git\\\\hooks", "docs/.g\\342\\200\\214it",
]

@Suite struct `Odd names in a remote` {
  @Test(arguments: oddNames)
  func `it is carried along untouched, and every clone goes on`(name: String) throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    let docs = try plant(name, in: ana)
    // By moving forward, by merging, by cloning.
    try ben.sync()
    try ben.remember("from ben")
    try ana.remember("from ana")
    try ana.sync()
    #expect(try ben.sync().merged == 1)
    try ana.sync()
    let clone = try world.memtrace(["clone", "hub.git", "cleo"], in: world.path)
    #expect(clone.status == 0, "\(clone.output)")
    #expect(clone.output.contains("no file is made"), "\(clone.output)")
    let cleo = try world.open("cleo")
    for (n, each) in [ana, ben, cleo].enumerated() {
      try each.remember("again \(n)")
      // A person's commit keeps it, whatever it is that they add.
      try each.commit("notes\(n).txt", "hi\n")
      try each.write("notes\(n).txt", "more\n")
      try each.git("commit", "-q", "-a", "-m", "all")
      #expect(try each.git("rev-parse", "HEAD:docs").trimmed == docs)
      #expect(try each.status == "")
      let outcome = try world.memtrace(["sync"], in: each.path)
      #expect(outcome.status == 0, "\(outcome.output)")
    }
    for each in [ana, ben, cleo] { try each.sync() }
    #expect(Set(try [ana, ben, cleo].map { try $0.tree }).count == 1)
    #expect(try ben.git("rev-parse", "HEAD:docs").trimmed == docs)
    #expect(
      try ben.contents().sorted() == ["again 0", "again 1", "again 2", "from ana", "from ben"])
  }

  /// Puts a file of that name into the remote, as somebody who wants to or whose system takes it.
  /// - Returns: the tree of `docs`.
  private func plant(_ name: String, in ana: TestClone) throws -> String {
    let script = """
      set -e
      blob=$(echo hello | git hash-object -w --stdin)
      { printf "100644 $blob\\t"; printf '\(name)'; printf '\\0'; } |
        git -c core.protectNTFS=false -c core.protectHFS=false update-index -z --add --index-info
      git -c core.protectNTFS=false -c core.protectHFS=false commit -q -m odd
      git push -q origin HEAD:main
      """
    let outcome = try ana.world.run(["sh", "-c", script], in: ana.path)
    try #require(outcome.status == 0, "\(outcome.output)")
    let docs = try ana.git("rev-parse", "HEAD:docs").trimmed
    // Its own work tree does as ours do.
    try ana.git("reset", "-q", "--hard", "HEAD~1")
    try ana.sync()
    #expect(try ana.git("rev-parse", "HEAD:docs").trimmed == docs)
    return docs
  }

  /// A name of each kind, for the real git and for us.
  @Test func `git itself takes the same names for disguises`() throws {
    let world = try SyncWorld()
    try world.git("init", "-q", "judge")
    let folder = "\(world.path)/judge"
    let blob = try world.run(
      ["sh", "-c", "echo hello | git hash-object -w --stdin"], in: folder
    ).output.trimmed
    let names = [
      ".git", ".GIT", ".giT", ".git ", ".git.", ".git. . ", ".git:x", ".git::$INDEX_ALLOCATION",
      "git~1", "GIT~1", "git~1 .", "git~1:x", "a\\.git", "a\\.git\\b", "a\\git~1\\b", ".git\\b",
      ".g\u{200C}it", ".git\u{FEFF}", "\u{206A}.git", "a/.git/b", "a/git~1/b",
      "git", "git~2", "git~11", ".gitx", ".gitignore", "x.git", "a\\b", "a:b", "a.", "a ", "..a",
      ".git-x", "\u{200C}x", "é", "a\\.gitignore", "git^1", "é.git", ".git.\u{301}",
      "\u{200C}git~1", ".git\u{200D}. :é",
    ]
    for name in names {
      let outcome = try world.run(
        [
          "git", "-c", "core.protectNTFS=true", "-c", "core.protectHFS=true", "update-index",
          "--add",
          "--cacheinfo", "100644,\(blob),x/\(name)",
        ], in: folder)
      #expect(
        TreePath.isWritable("x/\(name)") == (outcome.status == 0), "\(name): \(outcome.output)")
    }
  }
}
