// Ids as values, and the hash that index files end with.

import Testing

@testable import Git

struct ObjectIDTests {
  @Test func `an id survives the way through hex and through bytes`() throws {
    let hex = "00ff17a9b0c1d2e3f405162738495a6b7c8d9eaf"
    let id = try #require(ObjectID(hex: hex))
    #expect(id.description == hex)
    #expect(ObjectID(bytes: id.bytes) == id)
    #expect(ObjectID(hex: hex.uppercased()) == id)
  }

  @Test(arguments: [
    "", "00ff", "g0ff17a9b0c1d2e3f405162738495a6b7c8d9eaf", String(repeating: "0", count: 41),
  ])
  func `what is no id is refused`(text: String) {
    #expect(ObjectID(hex: text) == nil)
  }

  @Test func `ids are ordered as their hex is`() throws {
    var generator = SeededGenerator(1)
    let ids = (0..<200).compactMap { _ in
      ObjectID(bytes: (0..<20).map { _ in UInt8.random(in: 0...3, using: &generator) })
    }
    #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
  }

  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
  ])
  func `the hash is SHA-1`(text: String, hash: String) {
    let made = Array(text.utf8).withUnsafeBytes { SHA1.hash($0) }
    #expect(Array(text.utf8).withUnsafeBytes { SHA1.hash($0, byInstructions: false) } == made)
    #expect(ObjectID(bytes: made)?.description == hash)
  }

  @Test func `a blob's id is the git command's`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let id = try repository.writeBlob(Array("some text\n".utf8))
    #expect(
      try world.git("repository", ["hash-object", "--stdin"], input: "some text\n") == "\(id)\n")
    #expect(try Repository.blobID(Array("some text\n".utf8)) == id)
    #expect(try world.git("repository", ["cat-file", "blob", "\(id)"]) == "some text\n")
    #expect(try repository.blobSize(id) == 10)
  }
}
