// A person edits a memory file, stashes it and takes it back, again and again, beside a writer.

import Glibc
import System
import Testing

@testable import Memtrace

struct StashTests {
  @Test func `a file that git puts in its place between reading and appending gets no line twice`()
    throws
  {
    let world = try TestWorld()
    let (folder, path) = (try Folder(world.folder), world.folder + "/notes")
    try write("one\n", to: path)
    try folder.extend("notes") { read in
      // What a checkout of the commit that has both lines does.
      unlink(path)
      try write("one\ntwo\n", to: path)
      return read == Array("one\n".utf8) ? Array("two\n".utf8) : []
    }
    #expect(try text(of: path) == "one\ntwo\n")
    try folder.extend("notes") { Array("\($0.count)\n".utf8) }
    #expect(try text(of: path) == "one\ntwo\n8\n")
  }

  /// 8 rounds; 50 with `MEMTRACE_LONG=1`.
  @Test(arguments: [isLong ? 50 : 8])
  func `sed, stash and stash pop beside a writer hide and lose no record`(rounds: Int) throws {
    let clone = try TestWorld().clone()
    let (session, other) = (try clone.openSession(), try clone.openSession())
    var ids: [String] = []
    for number in 0..<6 { ids.append(try clone.remember("Before \(number)", session)) }
    for round in 0..<rounds {
      let writer = try clone.world.start(
        [
          "sh", "-c",
          "for i in 1 2 3 4; do \"$0\" remember \"Note \(round) $i\" --agent ana --session \(session); done",
          TestWorld.memtrace,
        ], in: clone.path)
      let person = try clone.world.start(
        [
          "sh", "-c",
          """
          F=$(ls sessions/*/*/*/\(session)/memories.*.jsonl | tail -1)
          for i in 1 2 3 4 5 6; do
            sed -i '1s/Before 0/Edited 0/;1s/Edited 0/Before 0!/' $F
            git stash -q && git stash pop -q
          done >/dev/null 2>&1
          """,
        ], in: clone.path)
      let written = try writer.wait()
      #expect(written.status == 0 && written.lines.count == 4, "\(written.err)")
      ids += written.lines
      try person.end()
      // A conflict of their own making is a person's to clear: they take what is committed.
      try clone.world.run(
        [
          "sh", "-c",
          "git ls-files -u | grep -q . && git checkout -q HEAD -- . ; git stash drop -q; true",
        ], in: clone.path)
      if round % 2 == 1 {
        try clone.world.run(["git", "commit", "-qam", "person: edited"], in: clone.path)
      }
      // The next write, wherever it goes, gives the work tree what it lacks.
      ids.append(try clone.remember("After \(round)", other))
      let recalled = Set(try clone.recalled())
      #expect(recalled.isSuperset(of: ids), "round \(round): \(Set(ids).subtracting(recalled))")
    }
    let committed = try clone.committed()
    #expect(Set(committed).count == committed.count)
    #expect(Set(committed) == Set(ids))
    let check = try clone.memtrace("check")
    #expect(check.status == 0, "\(check.out)")
  }
}
