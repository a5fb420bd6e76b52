// The index after our updates, as the git command sees it.

import Foundation
import Git
import Testing

struct IndexTests {
  private let world: TestWorld
  private let repository: Repository

  init() throws {
    world = try TestWorld()
    repository = try world.repository()
    for (path, text) in ["a.txt": "a\n", "dir/b.txt": "b\n", "dir/c.txt": "c\n", "z": "z\n"] {
      try world.write(text, to: "repository/" + path)
    }
    try world.git("repository", ["add", "-A"])
    try world.git("repository", ["commit", "-qm", "first"])
  }

  private func status() throws -> [String] {
    try world.lines("repository", "status", "--porcelain")
  }

  /// Commits as our writers do: work tree, commit, index.
  private func write(_ files: [String: String]) throws {
    for (path, text) in files { try world.write(text, to: "repository/" + path) }
    try repository.commit(files)
    try repository.updateIndex(
      files.map { path, text in
        IndexChange(path: path, id: try Repository.blobID(Array(text.utf8)), matchesWorkTree: true)
      })
  }

  @Test(arguments: [2, 3, 4])
  func `status is empty after a commit that did not go through the index`(version: Int) throws {
    try world.git("repository", ["update-index", "--index-version", "\(version)"])
    for round in 0..<5 {
      try write(["dir/b.txt": "b\(round)\n", "new/\(round)/deep/file": "n\n", "a-\(round)": "-\n"])
      #expect(try status() == [])
      #expect(
        try world.git("repository", ["write-tree"])
          == "\(repository.commit(try #require(repository.head().commit)).tree)\n")
    }
    try world.git("repository", ["fsck", "--cache", "--strict"])
  }

  @Test func `git need not read the files again`() throws {
    try write(["dir/b.txt": "new\n"])
    let entry = try world.lines("repository", "ls-files", "--debug", "dir/b.txt")
    #expect(entry.contains { $0.contains("size: 4") })
    #expect(!entry.contains { $0.contains("mtime: 0:0") })
  }

  @Test func `a file that differs from its blob stays a change of the person's`() throws {
    try repository.commit(["z": "ours\n"])
    try repository.updateIndex([
      IndexChange(
        path: "z", id: try Repository.blobID(Array("ours\n".utf8)), matchesWorkTree: true)
    ])
    #expect(try status() == [" M z"])
  }

  @Test func `a change within the second in which the index was written is seen`() throws {
    for round in 0..<20 {
      try write(["dir/b.txt": "b\(round)\n"])
      // Same size, and as a rule the same second.
      try world.write("c\(round)\n", to: "repository/dir/b.txt")
      try repository.commit(["other": "\(round)\n"])
      try world.write("\(round)\n", to: "repository/other")
      try repository.updateIndex([
        IndexChange(path: "other", id: try Repository.blobID(Array("\(round)\n".utf8)))
      ])
      #expect(try status() == [" M dir/b.txt"])
    }
  }

  @Test func `what a person staged stays staged`() throws {
    try world.write("staged\n", to: "repository/z")
    try world.git("repository", ["add", "z"])
    try world.write("added\n", to: "repository/dir/new")
    try world.git("repository", ["add", "-N", "dir/new"])
    try world.git("repository", ["rm", "-q", "--cached", "a.txt"])
    try write(["dir/b.txt": "ours\n"])
    #expect(try status() == ["D  a.txt", " A dir/new", "M  z", "?? a.txt"])
    let entries = try repository.indexEntries(at: ["z", "a.txt"])
    #expect(try entries["z"]?.first?.id == Repository.blobID(Array("staged\n".utf8)))
    #expect(entries["a.txt"]?.first == nil)
  }

  @Test func `a conflict of a person's stays a conflict`() throws {
    try world.git("repository", ["checkout", "-qb", "other"])
    try world.write("theirs\n", to: "repository/z")
    try world.git("repository", ["commit", "-qam", "theirs"])
    try world.git("repository", ["checkout", "-q", "main"])
    try world.write("ours\n", to: "repository/z")
    try world.git("repository", ["commit", "-qam", "ours"])
    _ = try world.run(["git", "-C", world.path("repository"), "merge", "-q", "other"])
    #expect(repository.state() == .merge)
    let before = try world.lines("repository", "ls-files", "-u")
    #expect(before.count == 3)
    try repository.updateIndex([
      IndexChange(path: "dir/b.txt", id: try repository.writeBlob(Array("b2\n".utf8)))
    ])
    #expect(try world.lines("repository", "ls-files", "-u") == before)
    #expect(try repository.indexEntries(at: ["z"])["z"]?.map(\.stage) == [1, 2, 3])
  }

  @Test(arguments: 1...10)
  func `random changes give the index of git update-index`(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let parts = ["a", "a-b", "a.b", "ab", "b", "dir"]
    if seed % 2 == 0 { try world.git("repository", ["update-index", "--index-version", "4"]) }
    // More than what is looked at together, on both sides of the names that change.
    if seed > 3 {
      let id = try repository.writeBlob([10])
      try repository.updateIndex(
        (0..<300).map {
          IndexChange(path: "\(parts.randomElement(using: &generator)!)/\($0)", id: id)
        })
    }
    for _ in 0..<10 {
      let path = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        parts.randomElement(using: &generator)!
      }.joined(separator: "/")
      let id = try repository.writeBlob(Array("\(generator.next())".utf8))
      let isRemoval = Bool.random(using: &generator)
      try FileManager.default.copyItem(
        atPath: world.path("repository/.git/index"), toPath: world.path("before"))
      try repository.updateIndex([IndexChange(path: path, id: isRemoval ? nil : id)])
      let ours = try world.lines("repository", "ls-files", "-s")
      try FileManager.default.removeItem(atPath: world.path("repository/.git/index"))
      try FileManager.default.moveItem(
        atPath: world.path("before"), toPath: world.path("repository/.git/index"))
      try world.git(
        "repository",
        isRemoval
          ? ["update-index", "--force-remove", path]
          : ["update-index", "--add", "--replace", "--cacheinfo", "100644,\(id),\(path)"])
      #expect(try ours == world.lines("repository", "ls-files", "-s"))
    }
  }

  @Test(arguments: 1...10)
  func `folders without entries are not named any more`(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let parts = ["a", "a-b", "a.b", "ab", "b", "dir"]
    let id = try repository.writeBlob([10])
    var paths = Set(
      (0..<400).map { number in
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in
          parts.randomElement(using: &generator)! + "-folder/"
        }.joined() + "\(number)"
      })
    try repository.updateIndex(paths.map { IndexChange(path: $0, id: id) })
    // Git names all folders.
    try world.git("repository", ["commit", "-qm", "many"])
    for _ in 0..<4 {
      let gone = paths.filter { _ in Int.random(in: 0..<3, using: &generator) > 0 }
      paths.subtract(gone)
      let added = (0..<20).map { "ab-folder/\(generator.next() % 9)/\($0)" }
      try repository.updateIndex(
        gone.map { IndexChange(path: $0, id: nil) } + added.map { IndexChange(path: $0, id: id) })
      paths.formUnion(added)
      let index = try Data(
        contentsOf: URL(fileURLWithPath: world.path("repository/.git/index")))
      let named = try #require(CachedFolders(index).paths)
      let there = Set(
        try world.lines("repository", "ls-files").flatMap { path in
          path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
        })
      #expect(!named.isEmpty && named.subtracting(there) == [])
    }
    try world.git("repository", ["fsck", "--cache", "--strict"])
    try world.git("repository", ["commit", "-qm", "fewer"])
  }

  @Test func `a file that becomes a folder takes its place`() throws {
    try FileManager.default.removeItem(atPath: world.path("repository/z"))
    try repository.commit(["z": nil, "z/deep": "1\n"])
    try world.write("1\n", to: "repository/z/deep")
    try repository.updateIndex([
      IndexChange(
        path: "z/deep", id: try Repository.blobID(Array("1\n".utf8)), matchesWorkTree: true)
    ])
    #expect(try status() == [])
    try world.git("repository", ["fsck", "--cache"])
  }

  @Test func `a sparse checkout's file stays out of the work tree`() throws {
    try world.git("repository", ["update-index", "--skip-worktree", "z"])
    try FileManager.default.removeItem(atPath: world.path("repository/z"))
    try repository.commit(["z": "ours\n"])
    try repository.updateIndex([
      IndexChange(path: "z", id: try Repository.blobID(Array("ours\n".utf8)))
    ])
    #expect(try status() == [])
    #expect(try world.lines("repository", "ls-files", "-t", "z") == ["S z"])
  }

  @Test func `an index of megabytes keeps all entries and a right checksum`() throws {
    let id = try #require(try world.lines("repository", "rev-parse", "HEAD:a.txt").first)
    let many = (10_000..<40_000).map { "100644 \(id)\tmany/\($0)/memories.k3v9x2aq.jsonl\n" }
    try world.git("repository", ["update-index", "--index-info"], input: many.joined())
    let size = try Data(contentsOf: URL(fileURLWithPath: world.path("repository/.git/index"))).count
    #expect(size > 2 << 20)
    let files = ["a.txt", "many/10000/a", "many/25000/memories.k3v9x2aq.2.jsonl", "zz"]
    try write(Dictionary(uniqueKeysWithValues: files.map { ($0, "ours\n") }))
    try world.git("repository", ["fsck", "--cache", "--strict"])
    let entries = try world.lines("repository", "ls-files")
    #expect(entries.count == 4 + 30_000 + 3 && Set(files).isSubset(of: entries))
    #expect(repository.indexIsReadable())
    // Put back as it was, from the index that this handle wrote itself.
    try repository.updateIndex(files.dropFirst().map { IndexChange(path: $0, id: nil) })
    #expect(try world.lines("repository", "ls-files").count == 4 + 30_000)
    try world.git("repository", ["fsck", "--cache", "--strict"])
  }

  @Test func `an index without a checksum keeps none`() throws {
    let path = world.path("repository/.git/index")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.replaceSubrange(bytes.count - 20..<bytes.count, with: Data(count: 20))
    try bytes.write(to: URL(fileURLWithPath: path))
    try write(["dir/b.txt": "ours\n"])
    #expect(try status() == [])
    #expect(repository.indexIsReadable())
  }

  @Test(arguments: [
    ["update-index", "--split-index"],
    ["sparse-checkout", "set", "--cone", "--sparse-index", "none"],
  ])
  func `a split or sparse index is left to the git command`(_ setting: [String]) throws {
    try world.git("repository", setting)
    let repository = try Repository.open(path: world.path("repository"))
    #expect(repository.indexIsReadable())
    let before = try repository.indexEntries(at: ["z", "dir/b.txt"])
    #expect(before.keys.sorted() == ["dir/b.txt", "z"])
    try repository.commit(["z": "ours\n", "dir/b.txt": "ours\n", "new": "ours\n"])
    let tree = try repository.commit(try #require(repository.head().commit)).tree
    let id = try Repository.blobID(Array("ours\n".utf8))
    try repository.updateIndex(
      ["z", "dir/b.txt", "new"].map { IndexChange(path: $0, id: id) })
    #expect(try repository.indexEntries(at: ["dir/b.txt"])["dir/b.txt"]?.map(\.id) == [id])
    #expect(try world.lines("repository", "write-tree") == ["\(tree)"])
    #expect(try world.lines("repository", "diff", "--cached", "--name-only") == [])
    #expect(!repository.indexIsLocked)
  }

  @Test func `a lock on a split index is respected`() throws {
    try world.git("repository", ["update-index", "--split-index"])
    try world.write("", to: "repository/.git/index.lock")
    #expect(errorCode { try repository.updateIndex([IndexChange(path: "a", id: nil)]) } == .locked)
  }

  @Test func `a damaged index is reported and left as it is`() throws {
    let path = world.path("repository/.git/index")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [0, 11, 40, 100, whole.count - 1, whole.count - 21] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(
        errorCode { try repository.updateIndex([IndexChange(path: "a", id: nil)]) } == .invalid)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == length)
    }
  }

  @Test func `somebody else's lock is respected`() throws {
    try world.write("", to: "repository/.git/index.lock")
    #expect(repository.indexIsLocked)
    #expect(errorCode { try repository.updateIndex([IndexChange(path: "a", id: nil)]) } == .locked)
    #expect(repository.indexIsLocked)
  }

  @Test func `names longer than the format's field are kept`() throws {
    let long = (0..<30).map { _ in String(repeating: "n", count: 200) }.joined(separator: "/")
    let id = try repository.writeBlob([10])
    try repository.updateIndex([IndexChange(path: long, id: id)])
    try repository.updateIndex([IndexChange(path: "a.txt", id: nil)])
    #expect(try world.lines("repository", "ls-files").contains(long))
    try world.git("repository", ["update-index", "--index-version", "4"])
    try repository.updateIndex([IndexChange(path: "dir/b.txt", id: nil)])
    #expect(try world.lines("repository", "ls-files") == ["dir/c.txt", long, "z"])
  }
}

/// Reads which folders the TREE extension of an index names (gitformat-index).
private struct CachedFolders {
  private let bytes: Data
  private(set) var paths: Set<String>? = []

  init(_ index: Data) {
    guard let name = index.range(of: Data("TREE".utf8), options: .backwards) else {
      bytes = Data()
      paths = nil
      return
    }
    bytes = index[(name.upperBound + 4)...]
    var at = bytes.startIndex
    read(&at, in: nil)
  }

  private mutating func read(_ at: inout Data.Index, in folder: String?) {
    func text(to end: UInt8) -> String {
      let stop = bytes[at...].firstIndex(of: end)!
      defer { at = stop + 1 }
      return String(decoding: bytes[at..<stop], as: UTF8.self)
    }
    let name = text(to: 0)
    let path = folder.map { $0.isEmpty ? name : $0 + "/" + name } ?? ""
    if folder != nil { paths?.insert(path) }
    let entries = Int(text(to: 32))!
    let folders = Int(text(to: 10))!
    if entries >= 0 { at += 20 }
    for _ in 0..<folders { read(&at, in: path) }
  }
}
