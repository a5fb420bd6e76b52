// Trees made from changes, held against a model and the git command.

import Git
import Testing

struct TreeTests {
  /// What a tree holds, told by the git command.
  private func listing(_ world: TestWorld, _ tree: ObjectID) throws -> [String] {
    try world.lines("repository", "ls-tree", "-r", "--name-only", "\(tree)")
  }

  @Test(arguments: 1...8)
  func `random updates give the tree of the model`(seed: UInt64) throws {
    let world = try TestWorld()
    let repository = try world.repository()
    var generator = SeededGenerator(seed)
    let parts = ["a", "a-b", "a.b", "ab", "b", "z0"]
    var model: [String: ObjectID] = [:]
    var tree: ObjectID?
    for round in 0..<12 {
      var updates: [TreeUpdate] = []
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let depth = Int.random(in: 1...3, using: &generator)
        let path = (0..<depth).map { _ in parts.randomElement(using: &generator)! }
          .joined(separator: "/")
        if Bool.random(using: &generator) {
          updates.append(.remove(path: path))
          model = model.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
        } else {
          let id = try repository.writeBlob(Array("\(round) \(path)\n".utf8))
          updates.append(.upsert(path: path, id: id, mode: .file))
          model = model.filter { !$0.key.hasPrefix(path + "/") && !path.hasPrefix($0.key + "/") }
          model[path] = id
        }
      }
      // One at a time is what the model does; a batch must not depend on order, so each goes alone here.
      for update in updates { tree = try repository.updateTree(base: tree, [update]) }
      var walked: [String: ObjectID] = [:]
      var order: [String] = []
      try repository.walk(try #require(tree)) { path, entry in
        walked[path] = entry.id
        order.append(path)
      }
      #expect(walked == model)
      #expect(try order == listing(world, #require(tree)))
      let atOnce = model.map { TreeUpdate.upsert(path: $0, id: $1, mode: .file) }
      #expect(try repository.updateTree(base: nil, atOnce) == tree)
      let emptied = model.keys.map { TreeUpdate.remove(path: $0) }
      #expect(
        try repository.updateTree(base: tree, emptied).description
          == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    }
    try repository.createCommit(
      tree: #require(tree), parents: [], author: .robot, committer: .robot, message: "all\n",
      updating: "HEAD")
    try world.git("repository", ["fsck", "--strict", "--full"])
  }

  @Test func `thousands of updates in new folders are one tree`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let blob = try repository.writeBlob([10])
    let paths = (0..<3_000).map { "sessions/2026-11/\($0 % 28)/\($0 % 24)/s\($0)/session.jsonl" }
    let tree = try repository.updateTree(
      base: nil, paths.map { .upsert(path: $0, id: blob, mode: .file) })
    #expect(try Set(listing(world, tree)) == Set(paths))
  }

  @Test(arguments: [
    "", "/a", "a/", "a//b", ".", "a/../b", ".git/config", "a/.GIT", "a\0b",
  ])
  func `a path that no tree should hold is refused`(path: String) throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let blob = try repository.writeBlob([10])
    #expect(
      errorCode {
        _ = try repository.updateTree(base: nil, [.upsert(path: path, id: blob, mode: .file)])
      } == .invalidName)
  }

  @Test func `a file cannot be a folder at the same time`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let blob = try repository.writeBlob([10])
    #expect(
      errorCode {
        _ = try repository.updateTree(
          base: nil,
          [
            .upsert(path: "a", id: blob, mode: .file), .upsert(path: "a/b", id: blob, mode: .file),
          ])
      } == .conflict)
    let file = try repository.updateTree(base: nil, [.upsert(path: "a", id: blob, mode: .file)])
    let folder = try repository.updateTree(
      base: file, [.remove(path: "a"), .upsert(path: "a/b", id: blob, mode: .executable)])
    #expect(try listing(world, folder) == ["a/b"])
    #expect(try repository.updateTree(base: file, [.remove(path: "a/b")]) == file)
  }

  @Test func `an object that is not there is refused`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    #expect(
      errorCode {
        _ = try repository.updateTree(base: nil, [.upsert(path: "a", id: .zero, mode: .file)])
      } == .notFound)
  }

  @Test func `entries are looked up by path`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let commit = try repository.commit(repository.commit(["a/b/c.txt": "1", "a/d": "2"]))
    let found = try repository.treeEntry(in: commit.tree, "a/b/c.txt")
    #expect(try found.map { try repository.blob($0.id) } == Array("1".utf8))
    #expect(try repository.treeEntry(in: commit.tree, "a/b/none") == nil)
    #expect(try repository.treeEntry(in: commit.tree, "a/d/none") == nil)
    let folder = try #require(try repository.treeEntry(in: commit.tree, "a"))
    #expect(try repository.entries(of: folder.id).map(\.name) == ["b", "d"])
    var below: [String] = []
    try repository.walk(commit.tree, under: "a/b") { path, _ in below.append(path) }
    #expect(below == ["a/b/c.txt"])
  }
}
