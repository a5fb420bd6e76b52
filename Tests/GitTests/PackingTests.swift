// Loose objects packed, and bulk writes.

import Foundation
import Git
import Synchronization
import Testing

struct PackingTests {
  private let world: TestWorld
  private let repository: Repository

  init() throws {
    world = try TestWorld()
    repository = try world.repository()
  }

  private func count(_ field: String) throws -> Int {
    let line = try world.lines("repository", "count-objects", "-v").first {
      $0.hasPrefix(field + ": ")
    }
    return try #require(line.flatMap { Int($0.dropFirst(field.utf8.count + 2)) })
  }

  /// Makes an empty file of so many seconds ago.
  private func leave(_ name: String, age: Double) throws -> String {
    let path = repository.commonFolder + "/objects/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    return path
  }

  @Test func `what killed writers left goes after an hour, unless somebody has it open`() throws {
    try repository.commit(["file": "one\n"])
    let old = try [
      "pack/pack_git2_0a", "pack/pack_git2_0aidx.lock", "pack/tmp_pack_x", "pack/tmp_idx_x",
      "tmp_object_git2_0a", "17/tmp_obj_x",
    ].map { try leave($0, age: 4_000) }
    let kept = try [
      leave("pack/pack_git2_young", age: 3_000), leave("pack/pack-1.keep", age: 90_000),
      leave("pack/tmp_pack_open", age: 90_000),
    ]
    let reader = try #require(FileHandle(forReadingAtPath: kept[2]))
    _ = try repository.pack(.recent(since: nil))
    #expect(old.filter { FileManager.default.fileExists(atPath: $0) } == [])
    #expect(kept.filter { !FileManager.default.fileExists(atPath: $0) } == [])
    try reader.close()
  }

  @Test(arguments: [PackingScope.recent(since: nil), .everything])
  func `loose objects move into one pack`(scope: PackingScope) throws {
    for number in 0..<20 { try repository.commit(["dir/file": "\(number)\n"]) }
    let loose = try count("count")
    #expect(try repository.pack(scope) == PackReport(packed: loose, joined: 0, loose: 0, packs: 1))
    #expect(try count("count") == 0)
    #expect(try count("in-pack") == loose)
    try world.git("repository", ["fsck", "--strict", "--full"])
    #expect(try repository.pack(scope).packed == 0)
    try repository.commit(["dir/file": "after\n"])
    #expect(try world.git("repository", ["show", "HEAD:dir/file"]) == "after\n")
    #expect(try count("count") == 4)
  }

  @Test func `packs become few, each at least twice as large as all smaller ones`() throws {
    var known: ObjectID?
    for number in 0..<60 {
      try repository.commit(["dir/file\(number % 7)": "\(number)\n"])
      _ = try repository.pack(.recent(since: known))
      known = try repository.head().commit
    }
    #expect(try count("count") == 0)
    #expect(try count("packs") <= 8)
    try world.git("repository", ["fsck", "--strict", "--full"])
    #expect(try world.lines("repository", "rev-list", "HEAD").count == 60)
    #expect(try repository.pack(.everything).packs == 1)
    try world.git("repository", ["fsck", "--strict", "--full"])
  }

  @Test func `what nothing reaches yet, other worktrees, kept packs and borrowed objects stay`()
    throws
  {
    try repository.commit(["a": "1\n"])
    try world.git("repository", ["repack", "-adq"])
    let pack = try #require(
      FileManager.default.contentsOfDirectory(atPath: repository.commonFolder + "/objects/pack")
        .first { $0.hasSuffix(".pack") })
    try world.write("", to: "repository/.git/objects/pack/\(pack.dropLast(5)).keep")
    // A blob that a writer is about to commit, and one that only another worktree's index and HEAD know.
    let unborn = try repository.writeBlob(Array("not committed yet\n".utf8))
    try world.git("repository", ["worktree", "add", "-q", "--detach", "../side"])
    try world.write("side\n", to: "side/staged")
    try world.git("side", ["add", "staged"])
    // A clone that borrows from this one.
    try world.git(".", ["clone", "-q", "--shared", "repository", "borrower"])
    let borrower = try Repository.open(path: world.path("borrower"))
    try borrower.commit(["b": "2\n"])
    for scope in [PackingScope.recent(since: nil), .everything, .everything] {
      _ = try repository.pack(scope)
      _ = try borrower.pack(scope)
      #expect(try repository.blob(unborn) == Array("not committed yet\n".utf8))
      #expect(try world.git("side", ["show", ":staged"]) == "side\n")
      #expect(
        FileManager.default.fileExists(
          atPath: repository.commonFolder + "/objects/pack/" + pack))
      #expect(try world.git("borrower", ["show", "HEAD:a"]) == "1\n")
    }
    #expect(try count("count") == 0)
    try world.git("borrower", ["fsck", "--strict", "--full"])
    // What it borrows was not copied: a blob, a tree and a commit of its own.
    #expect(
      try world.lines("borrower", "count-objects", "-v").contains("in-pack: 3"))
  }

  @Test func `everything is left to a collector that is at work`() throws {
    try repository.commit(["a": "1\n"])
    var host = [CChar](repeating: 0, count: 257)
    gethostname(&host, 256)
    let name = String(
      decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let nothing = PackReport(packed: 0, joined: 0, loose: 3, packs: 0)
    try world.write("\(getpid()) \(name)", to: "repository/.git/gc.pid")
    #expect(try repository.pack(.everything) == nothing)
    try world.write("\(getpid()) another-machine", to: "repository/.git/gc.pid")
    #expect(try repository.pack(.everything) == nothing)
    // Process ids end at 2^22.
    try world.write("4194305 \(name)", to: "repository/.git/gc.pid")
    #expect(try repository.pack(.everything).packed == 3)
  }

  @Test func `an object that is damaged is named and stops nothing from being read`() throws {
    try repository.commit(["a": "1\n"])
    let blob = try world.git("repository", ["rev-parse", "HEAD:a"]).prefix(40)
    let path = "repository/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    try FileManager.default.removeItem(atPath: world.path(path))
    try world.write("", to: path)
    let messages = world.path("messages")
    let error = #expect(throws: GitError.self) {
      try repository.pack(.everything, messages: messages)
    }
    #expect(error?.message.contains(String(blob)) == true)
    #expect(try count("count") == 3)
    #expect(try repository.head().commit != nil)
  }

  /// How often somebody has packed beside the test, and whether to end.
  private final class Mover: Sendable {
    let isOver = Mutex(false)
    let rounds = Mutex(0)
  }

  @Test func `what moves into a pack while it is looked at is no damage`() throws {
    try repository.commit(["a": "1\n"])
    let (mover, path, ended) = (Mover(), world.path("repository"), DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      defer { ended.signal() }
      guard let own = try? Repository.open(path: path) else { return }
      while !mover.isOver.withLock({ $0 }) {
        let round = mover.rounds.withLock {
          $0 += 1
          return $0
        }
        for number in 0..<100 { _ = try? own.writeBlob(Array("\(round) \(number)\n".utf8)) }
        _ = try? own.pack(.everything)
      }
    }
    for _ in 0..<100 { #expect(repository.damage(messages: world.path("messages")) == []) }
    mover.isOver.withLock { $0 = true }
    ended.wait()
    #expect(mover.rounds.withLock { $0 } > 1)
    #expect(repository.damage(messages: world.path("messages")) == [])
  }

  @Test func `bulk writes leave packs and no loose object`() throws {
    let first = try repository.commit(["old": "1\n"])
    let loose = try count("count")
    let tip = try repository.withBulkWrites(packSize: 20_000) { bulk in
      var updates: [TreeUpdate] = []
      for number in 0..<500 {
        let id = try bulk.writeBlob(Array("\(number) \(String(repeating: "x", count: 200))\n".utf8))
        updates.append(.upsert(path: "s/\(number % 10)/\(number)", id: id, mode: .file))
      }
      let tree = try bulk.updateTree(base: try bulk.commit(first).tree, updates)
      return try bulk.createCommit(
        tree: tree, parents: [first], author: .robot, committer: .robot, message: "import\n")
    }
    try repository.setReference("HEAD", to: tip, expecting: first, message: "commit: import")
    #expect(try repository.head().commit == tip)
    #expect(try count("count") == loose)
    #expect(try count("packs") > 3)
    try world.git("repository", ["fsck", "--strict", "--full"])
    #expect(try world.lines("repository", "ls-tree", "-r", "HEAD").count == 501)
    #expect(try repository.commit(tip).parents == [first])
    #expect(try world.lines("repository", "log", "-g", "--format=%gs").first == "commit: import")
  }

  @Test func `bulk writes that fail move no reference`() throws {
    let first = try repository.commit(["old": "1\n"])
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try repository.withBulkWrites { bulk in
        try bulk.writeBlob(Array("lost\n".utf8))
        throw Stop()
      }
    }
    #expect(try repository.head().commit == first)
    try world.git("repository", ["fsck", "--strict"])
  }
}
