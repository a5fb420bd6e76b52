// Objects that are written as files of their own are those that the git command knows.

import Git
import Glibc
import Testing

struct LooseObjectTests {
  private let world: TestWorld
  private let repository: Repository

  init() throws {
    world = try TestWorld()
    repository = try world.repository()
  }

  @Test(arguments: [0, 1, 1_000, 3_000_000])
  func `an object of any size is what the git command would write`(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 5) }
    let id = try repository.writeBlob(bytes)
    #expect(try repository.blob(id) == bytes)
    #expect(try world.git("repository", ["cat-file", "-s", "\(id)"]) == "\(size)\n")
    let hex = id.description
    var status = stat()
    let path = world.path("repository/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
    try #require(stat(path, &status) == 0)
    let mask = umask(0)
    umask(mask)
    #expect(status.st_mode & 0o777 == 0o444 & ~mask)
    #expect(try repository.writeBlob(bytes) == id, "one that is there already")
    try world.git("repository", ["fsck", "--strict", "--no-dangling"])
  }

  /// What a power cut may leave of an object that was not synced: its name, and nothing or other bytes in the file.
  @Test(arguments: ["", "x\u{1}half of it"])
  func `an object whose file holds something else is written again`(left: String) throws {
    let bytes = Array("a record".utf8)
    let id = try repository.writeBlob(bytes)
    let hex = id.description
    let path = world.path("repository/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
    unlink(path)
    let file = try #require(fopen(path, "w"))
    fputs(left, file)
    fclose(file)
    #expect(try !repository.isStored(id))
    #expect(try repository.writeBlob(bytes) == id)
    #expect(try repository.isStored(id))
    try world.git("repository", ["fsck", "--strict", "--no-dangling"])
  }

  @Test func `many in one go are all there, and what is thrown leaves none half written`() throws {
    struct Stop: Error {}
    let ids = try repository.withOneSync {
      try (0..<200).map { try repository.writeBlob(Array("text \($0)".utf8)) }
    }
    for id in ids { #expect(try repository.isStored(id)) }
    #expect(throws: Stop.self) {
      try repository.withOneSync {
        try repository.writeBlob([1, 2, 3])
        throw Stop()
      }
    }
    try repository.writeBlob([4, 5])
    let names = try world.git("repository", ["count-objects", "-v"])
    #expect(names.contains("count: 202") && names.contains("garbage: 0"), "\(names)")
    try world.git("repository", ["fsck", "--strict", "--no-dangling"])
  }
}
