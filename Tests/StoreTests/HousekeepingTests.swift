// Nobody waits for housekeeping, and nothing is lost by it.

import Glibc
import System
import Testing

@testable import Memtrace

struct HousekeepingTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  private func figure(_ name: String) throws -> Int {
    let line = try clone.git("count-objects", "-v").split(separator: "\n").first {
      $0.hasPrefix(name + ": ")
    }
    return try #require(line.flatMap { Int($0.dropFirst(name.count + 2)) })
  }

  /// Commits and loose objects enough for a write to start housekeeping.
  private func fill() throws {
    var script = ""
    for number in 0..<800 {
      script += """
        blob
        mark :\(number + 1)
        data 8
        \(10_000_000 + number)
        commit refs/heads/main
        committer Ana <ana@example.org> 1700000000 +0000
        data 1
        x
        \(number == 0 ? "from refs/heads/main^0\n" : "")M 100644 :\(number + 1) notes/\(number)

        """
    }
    let file = world.folder + "/script"
    try write(script, to: file)
    let pack = try world.run(
      [
        "sh", "-c",
        """
        git -c fastimport.unpackLimit=0 fast-import --quiet <\(file) && mkdir ../out-of-the-way &&
        mv .git/objects/pack/* ../out-of-the-way && for pack in ../out-of-the-way/*.pack; do
        git unpack-objects -q <$pack || exit 1; done; git reset -q --hard
        """,
      ], in: clone.path)
    try #require(pack.status == 0, "\(pack.err)")
  }

  @Test func `a write packs in the background, and its answer waits for nothing`() throws {
    try fill()
    let before = try figure("count")
    try #require(before > 1_600)
    // A reader of its output sees the end at once: the process in the background holds none of it.
    let answer = try world.run(
      ["sh", "-c", "\(TestWorld.memtrace) remember hello --agent a | cat"], in: clone.path)
    #expect(answer.line.hasPrefix("mem_"))
    for _ in 0..<3_000 {
      if try figure("count") < 100 { break }
      usleep(100_000)
    }
    #expect(try figure("count") < 100)
    #expect(try figure("in-pack") >= before)
    let check = try world.run(["git", "fsck", "--strict", "--no-dangling"], in: clone.path)
    #expect(check.status == 0, "\(check.err)")
    #expect(try clone.recalled() == [answer.line])
    #expect(try clone.json("status")["housekeeping_failure"] == .null)
  }

  @Test func `only one is at work, and others say so`() throws {
    try clone.remember("one")
    do {
      let lock = try FileLock.attempt(clone.path + "/.git/memtrace/packing")
      defer { withExtendedLifetime(lock) {} }
      let said = try clone.done("gc").line
      let loose = try figure("count")
      #expect(said == "housekeeping is under way already" && loose > 0)
    }
    try clone.done("gc")
    #expect(try figure("count") == 0)
  }

  @Test func `gc waits for no writer, and no writer for it`() throws {
    try clone.remember("one")
    let lock = try FileLock.attempt(clone.path + "/.git/memtrace/lock")
    try withExtendedLifetime(lock) {
      try clone.done("gc", "--background")
      let loose = try figure("count")
      #expect(loose == 0)
    }
  }

  @Test func `without a git command it is done in slices`() throws {
    for number in 0..<20 { try clone.remember("\(number)") }
    let ids = try clone.recalled()
    try clone.memtrace("gc", with: ["PATH": "/nowhere"])
    #expect(try figure("count") == 0)
    try clone.expectHealthy()
    #expect(try clone.committed().sorted() == ids.sorted())
  }

  @Test func `what failed is in status until it succeeds`() throws {
    try clone.remember("one")
    let blob = try clone.git("rev-parse", "HEAD:README.md")
    let path = "\(clone.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    let whole = try bytes(of: path)
    unlink(path)
    try write("", to: path)
    #expect(try clone.memtrace("gc").status == 1)
    let failure = try clone.json("status")["housekeeping_failure"]?.string
    #expect(failure?.contains(blob) == true)
    unlink(path)
    try write(whole, to: path)
    try clone.done("gc")
    #expect(try clone.json("status")["housekeeping_failure"] == .null)
  }

  @Test func `writers beside one gc after the other lose nothing`() throws {
    let rounds = isLong ? 200 : 12
    let session = try clone.openSession()
    var ids: [String] = []
    for round in 0..<rounds {
      let gc = try world.start(
        round % 3 == 2
          ? ["git", "gc", "-q"]
          : [TestWorld.memtrace, "gc"] + (round % 3 == 0 ? ["--background"] : []),
        in: clone.path)
      for number in 0..<4 { ids.append(try clone.remember("\(round) \(number)", session)) }
      try gc.end()
    }
    #expect(try clone.recalled(session) == ids)
    #expect(try clone.committed().sorted() == ids.sorted())
    try clone.expectHealthy()
  }

  @Test func `a gc that is killed leaves nothing broken`() throws {
    try fill()
    for delay in [5, 20, 60, 150] {
      let gc = try world.start([TestWorld.memtrace, "gc"], in: clone.path)
      usleep(UInt32(delay) * 1_000)
      gc.kill()
      try gc.end()
      try clone.remember("after \(delay)")
    }
    // A write may have started one in the background, or a killed one's git command may be at work.
    while try clone.done("gc").line.contains("under way") { usleep(50_000) }
    #expect(try clone.committed().count == 4)
    let check = try world.run(["git", "fsck", "--strict", "--no-dangling"], in: clone.path)
    #expect(check.status == 0, "\(check.err)")
  }
}
