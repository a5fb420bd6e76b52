// Loose objects packed, and bulk writes.

import Foundation
import Git
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

  @Test func `what a killed writer of a pack left goes after a day`() throws {
    try repository.commit(["file": "one\n"])
    let folder = repository.commonFolder + "/objects/pack/"
    for (name, age) in [
      ("pack_git2_0a", 90_000.0), ("pack_git2_0aidx.lock", 90_000), ("pack_git2_0b", 3_600),
      ("pack-kept.keep", 90_000),
    ] {
      try Data().write(to: URL(fileURLWithPath: folder + name))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: folder + name)
    }
    try repository.packLooseObjects()
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(left.filter { $0.hasPrefix("pack_git2_") } == ["pack_git2_0b"])
    #expect(left.contains("pack-kept.keep"))
  }

  @Test func `loose objects move into one pack`() throws {
    for number in 0..<20 { try repository.commit(["dir/file": "\(number)\n"]) }
    let loose = try count("count")
    #expect(try repository.looseObjectCount(exact: true) == loose)
    var last = TransferProgress()
    #expect(try repository.packLooseObjects { last = $0 } == .packed(loose))
    #expect(last.totalObjects == loose)
    #expect(try count("count") == 0)
    #expect(try count("in-pack") == loose)
    try world.git("repository", ["fsck", "--strict", "--full"])
    #expect(try repository.packLooseObjects() == .nothingLoose)
    try repository.commit(["dir/file": "after\n"])
    #expect(try world.git("repository", ["show", "HEAD:dir/file"]) == "after\n")
    #expect(try repository.looseObjectCount(exact: true) == 4)
  }

  @Test func `loose files are left to a collector that is at work`() throws {
    try repository.commit(["a": "1\n"])
    var host = [CChar](repeating: 0, count: 257)
    gethostname(&host, 256)
    let name = String(
      decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try world.write("\(getpid()) \(name)", to: "repository/.git/gc.pid")
    #expect(try repository.packLooseObjects() == .leftToCollector(3))
    #expect(try count("count") == 3)
    try world.write("\(getpid()) another-machine", to: "repository/.git/gc.pid")
    #expect(try repository.packLooseObjects() == .leftToCollector(3))
    // Process ids end at 2^22.
    try world.write("4194305 \(name)", to: "repository/.git/gc.pid")
    #expect(try repository.packLooseObjects() == .packed(3))
  }

  @Test func `an object that cannot be read is left alone`() throws {
    try repository.commit(["a": "1\n"])
    let lost = String(repeating: "17", count: 19)
    try world.write("", to: "repository/.git/objects/17/\(lost)")
    #expect(try repository.looseObjectCount() == 256)
    #expect(try repository.packLooseObjects() == .packed(3))
    #expect(try repository.looseObjectCount(exact: true) == 1)
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
        tree: tree, parents: [first], author: .robot, committer: .robot, message: "import\n",
        updating: "HEAD")
    }
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
    #expect(
      errorCode {
        try repository.withBulkWrites { bulk in
          _ = try bulk.createCommit(
            tree: bulk.commit(first).tree, parents: [], author: .robot, committer: .robot,
            message: "stale\n", updating: "HEAD")
        }
      } == .modified)
    #expect(try repository.head().commit == first)
    try world.git("repository", ["fsck", "--strict"])
  }
}
