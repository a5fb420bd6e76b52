// What libgit2 says becomes sentences with a next step.

import Git
import Glibc
import Testing

@testable import Memtrace

struct GitPhraseTests {
  /// As libgit2 1.5.1 says it, and the kind that it becomes.
  static let said: [(String, MemtraceError.Kind)] = [
    ("failed to write to '/r/.git/objects/tmp_object': No space left on device", .full),
    ("failed to create '/r/.git/x': Disk quota exceeded", .full),
    ("failed to write out file '/r/.git/index.lock': File too large", .full),
    ("failed to open '/r/.git/index': Too many open files", .busy),
    ("failed to create temporary file '/r/.git/objects/x': Permission denied", .internal),
    ("failed to make directory '/r/.git/objects/17': Read-only file system", .internal),
    ("failed to read: Input/output error", .internal),
    ("corrupted loose reference file: refs/heads/main", .corrupt),
    ("object not found - no match for id (1739b7a9e6f8)", .corrupt),
    ("failed to parse loose object: invalid header", .corrupt),
    ("odb: hash mismatch", .corrupt),
    ("error inflating zlib stream", .corrupt),
    ("failed to inflate object", .corrupt),
    ("invalid packfile: corrupt", .corrupt),
  ]

  @Test(arguments: said)
  func `a phrase becomes a sentence with a next step`(message: String, kind: MemtraceError.Kind) {
    let error = MemtraceError(GitError(code: .generic, call: "git_call", message: message))
    let first = error.message.prefix { $0 != "(" }
    #expect(error.kind == kind)
    #expect(error.hint != nil)
    #expect(!first.contains("git_") && !message.hasPrefix(first) && error.message.contains(message))
  }

  @Test func `each line of the table is said by something`() {
    for phrase in GitPhrase.all {
      #expect(
        Self.said.contains { GitPhrase.of($0.0)?.phrase == phrase.phrase }, "\(phrase.phrase)")
    }
  }

  @Test func `a damaged object is named as damage by what reads it`() throws {
    let clone = try TestWorld().clone()
    try clone.remember("One")
    let tree = try clone.git("rev-parse", "HEAD:agents")
    let path = "\(clone.path)/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))"
    unlink(path)
    let status = try clone.memtrace("status")
    #expect(status.status == 6 && status.err.contains("Git lacks an object"))
    #expect(status.err.contains("memtrace check"))
  }

  @Test func `a sparse checkout without our folder gets the hint that brings it`() throws {
    let clone = try TestWorld().clone()
    let id = try clone.remember("One")
    try clone.git("sparse-checkout", "set", "agents")
    let refused = try clone.memtrace("status")
    #expect(refused.status == 3 && refused.err.contains("sparse-checkout add .memtrace"))
    try clone.git("sparse-checkout", "add", ".memtrace")
    #expect(try clone.recalled() == [id])
  }

  @Test(arguments: [false, true])
  func `a clone with nothing checked out is told which branch has the memory`(isPacked: Bool) throws
  {
    let world = try TestWorld()
    let clone = try world.clone()
    let id = try clone.remember("One")
    try world.run(["git", "init", "-q", "--bare", "-b", "elsewhere", "hub"], in: world.folder)
    try clone.git("push", "-q", "../hub", "main")
    try clone.git("clone", "-q", "../hub", "../empty")
    let empty = Clone(world: world, path: world.folder + "/empty")
    if isPacked { try empty.git("pack-refs", "--all") }
    let refused = try empty.memtrace("remember", "Two", "--agent", "ana")
    #expect(refused.status == 3, "\(refused)")
    #expect(refused.err.contains("hint: git -C \(empty.path) switch main\n"), "\(refused.err)")
    try empty.git("switch", "-q", "main")
    #expect(try empty.recalled() == [id])
    try empty.remember("Two")
  }
}
