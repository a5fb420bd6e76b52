// Clones that are killed: what is left looks like no repository, and the same command again makes one.

import Foundation
import System
import Testing

@testable import Memtrace

@Suite struct `Clones that are killed` {
  /// So many files that writing them takes a while.
  private func makeHub(_ world: SyncWorld) throws -> TestClone {
    let ana = try world.makeTeam("ana")[0]
    for n in 0..<400 { try ana.write("vendor/\(n % 20)/\(n).txt", "\(n)\n") }
    try ana.git("add", "vendor")
    try ana.git("commit", "-q", "-m", "vendor")
    let session = try ana.openSession()
    for n in 0..<5 { try ana.remember("\(n)", session: session) }
    try ana.sync()
    return ana
  }

  /// At 16 points, or 150 with `MEMTRACE_LONG=1`, spread over the time that a whole one takes.
  @Test(arguments: [SIGKILL, SIGTERM])
  func `nothing takes what is left for a repository, and the same command again succeeds`(
    signal: Int32
  ) throws {
    let world = try SyncWorld()
    let ana = try makeHub(world)
    let target = "\(world.path)/ben"
    let words = ["clone", "file://\(world.path)/hub.git", "ben"]
    let start = Date()
    #expect(try world.memtrace(words, in: world.path).status == 0)
    let whole = Date().timeIntervalSince(start)
    try FileManager.default.removeItem(atPath: target)
    var (unfinished, rounds) = (0, SyncWorld.isLong ? 150 : 16)
    var random = SeededGenerator(seed: UInt64(signal))
    while rounds > 0 {
      rounds -= 1
      try kill(world, words, signal, after: Double.random(in: 0...1, using: &random) * whole)
      if FileManager.default.fileExists(atPath: "\(target)/.git") {
        try expectWhole(world, ana)
      } else if !contents(of: target).isEmpty {
        unfinished += 1
        try expectNoRepository(world, target)
        // Somebody begins to use the folder.
        if rounds % 2 == 0 {
          try "mine\n".write(toFile: "\(target)/MINE.md", atomically: false, encoding: .utf8)
          let again = try world.memtrace(words, in: world.path)
          #expect(again.status == 4 && again.output.contains("not empty"), "\(again.output)")
          #expect(contents(of: target) == ["MINE.md"])
          try FileManager.default.removeItem(atPath: "\(target)/MINE.md")
        }
        let again = try world.memtrace(words, in: world.path)
        #expect(again.status == 0, "\(again.output)")
        try expectWhole(world, ana)
      }
      try? FileManager.default.removeItem(atPath: target)
    }
    #expect(unfinished > 0, "none was killed in the middle: the test shows nothing")
  }

  private func kill(
    _ world: SyncWorld, _ words: [String], _ signal: Int32, after seconds: Double
  ) throws {
    let process = try world.start(
      ["env", "-C", world.path, "\(SyncWorld.programs)/memtrace"] + words)
    usleep(UInt32(seconds * 1_000_000))
    Foundation.kill(process, signal)
    waitpid(process, nil, 0)
  }

  private func expectWhole(_ world: SyncWorld, _ ana: TestClone) throws {
    let ben = try world.open("ben")
    #expect(try ben.status == "")
    #expect(try ben.head == ana.head)
    #expect(try ben.contents().count == 5)
    // Killed at its very end, it leaves an empty folder, which goes with the first thing that puts a clone in order.
    #expect(try world.memtrace(["check", "--repair"], in: ben.path).status == 0)
    #expect(!contents(of: ben.path).contains { $0.hasPrefix(".git.") })
  }

  private func contents(of folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  private func expectNoRepository(_ world: SyncWorld, _ target: String) throws {
    for words in [["export"], ["check"], ["status"], ["sync"], ["init", "."], ["recall"]] {
      let outcome = try world.memtrace(words, in: target)
      #expect(outcome.status != 0, "\(words): \(outcome.output)")
    }
    #expect(try world.run(["git", "status"], in: target).status == 128)
    #expect(!FileManager.default.fileExists(atPath: "\(target)/.git"))
  }

  @Test func `the empty folder of one that was killed at its very end goes with the first write`()
    throws
  {
    let world = try SyncWorld()
    _ = try makeHub(world)
    try #require(
      try world.run(["git", "clone", "-q", "hub.git", "ben"], in: world.path).status == 0)
    let left = "\(world.path)/ben/.git.memtrace-abcdefgh"
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    let written = try world.memtrace(["remember", "x", "--agent", "ana"], in: "\(world.path)/ben")
    #expect(written.status == 0, "\(written.output)")
    #expect(!FileManager.default.fileExists(atPath: left))
  }

  @Test func `into the folder where one stands, an empty one, and the root of a file system`()
    throws
  {
    let world = try SyncWorld()
    let ana = try makeHub(world)
    for (name, words) in [("ben", ["."]), ("cleo", ["../cleo"]), ("dora", ["."])] {
      let folder = "\(world.path)/\(name)"
      try FileManager.default.createDirectory(
        atPath: name == "dora" ? "\(folder)/lost+found" : folder, withIntermediateDirectories: true)
      let outcome = try world.memtrace(["clone", "../hub.git"] + words, in: folder)
      #expect(outcome.status == 0, "\(outcome.output)")
      let clone = try world.open(name)
      #expect(try clone.head == ana.head && clone.contents().count == 5)
      #expect(try clone.status == "")
    }
  }

  @Test func `a folder with something in it, and a clone that is under way, are named`() throws {
    let world = try SyncWorld()
    _ = try makeHub(world)
    try FileManager.default.createDirectory(
      atPath: "\(world.path)/ben", withIntermediateDirectories: true)
    try "x".write(toFile: "\(world.path)/ben/x", atomically: false, encoding: .utf8)
    let full = try world.memtrace(["clone", "hub.git", "ben"], in: world.path)
    #expect(full.status == 4 && full.output.contains("not empty"), "\(full.output)")
    // As a living clone holds it.
    let temporary = "\(world.path)/cleo/.git.memtrace-abcdefgh"
    try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    let lock = try #require(try FileLock.attempt(onFolder: temporary))
    try withExtendedLifetime(lock) {
      for words in [["clone", "../hub.git", "."], ["status"]] {
        let outcome = try world.memtrace(words, in: "\(world.path)/cleo")
        #expect(outcome.output.contains("under way"), "\(words): \(outcome.output)")
      }
    }
    #expect(FileManager.default.fileExists(atPath: temporary))
  }
}
