// Differences of trees, held against git diff-tree.

import Git
import Testing

struct ChangesTests {
  @Test(arguments: 1...8)
  func `changes are those of git diff-tree`(seed: UInt64) throws {
    let world = try TestWorld()
    let repository = try world.repository()
    var generator = SeededGenerator(seed)
    let parts = ["a", "a-b", "a.b", "ab", "b"]
    func path() -> String {
      (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        parts.randomElement(using: &generator)!
      }.joined(separator: "/")
    }
    var trees: [ObjectID?] = [nil]
    for round in 0..<8 {
      var tree = trees.last!
      for _ in 0..<6 {
        let blob = try repository.writeBlob(Array("\(round % 3)".utf8))
        let mode: FileMode = Bool.random(using: &generator) ? .file : .executable
        let update: TreeUpdate =
          Int.random(in: 0..<3, using: &generator) == 0
          ? .remove(path: path()) : .upsert(path: path(), id: blob, mode: mode)
        tree = try repository.updateTree(base: tree, [update])
      }
      trees.append(tree)
    }
    for old in trees {
      for new in trees where new != nil {
        var ours: [String] = []
        try repository.changes(from: old, to: new) { ours.append(raw($0)) }
        let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        // A file that became executable is an edit to us, as to git.
        let theirs = try world.lines(
          "repository", "diff-tree", "-r", "--no-renames", "--raw", "--no-abbrev",
          old?.description ?? empty, "\(new!)")
        #expect(ours == theirs)
      }
    }
  }

  /// A change as git diff-tree tells it.
  private func raw(_ change: TreeChange) -> String {
    func mode(_ side: TreeChange.Side?) -> String {
      let digits = String(side?.mode.rawValue ?? 0, radix: 8)
      return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
    let letter = change.old == nil ? "A" : change.new == nil ? "D" : "M"
    return ":\(mode(change.old)) \(mode(change.new)) \(change.old?.id ?? .zero) "
      + "\(change.new?.id ?? .zero) \(letter)\t\(change.path)"
  }

  @Test func `a prefix limits the walk`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let one = try repository.commit(repository.commit(["a/x": "1", "b/x": "1"])).tree
    let two = try repository.commit(repository.commit(["a/x": "2", "b/x": "2"])).tree
    var paths: [String] = []
    try repository.changes(from: one, to: two, under: "b") { paths.append($0.path) }
    try repository.changes(from: one, to: two, under: "none") { paths.append($0.path) }
    #expect(paths == ["b/x"])
  }
}
