// Ancestors and histories, held against git merge-base and git rev-list.

import Foundation
import Git
import Testing

struct GraphTests {
  /// A random graph of commits on one tree, some with two parents.
  private func graph(_ world: TestWorld, _ repository: Repository, seed: UInt64) throws
    -> [ObjectID]
  {
    var generator = SeededGenerator(seed)
    let tree = try repository.updateTree(base: nil, [])
    var all: [ObjectID] = []
    for number in 0..<25 {
      var parents: Set<ObjectID> = []
      for _ in 0..<min(number, Int.random(in: 1...2, using: &generator)) {
        parents.insert(all.suffix(6).randomElement(using: &generator)!)
      }
      var who = Signature.robot
      who.seconds += Int64(number)
      all.append(
        try repository.createCommit(
          tree: tree, parents: parents.sorted(), author: who, committer: who,
          message: "\(number)\n"))
    }
    return all
  }

  @Test(arguments: 1...4)
  func `graph questions get the git command's answers`(seed: UInt64) throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let all = try graph(world, repository, seed: seed)
    var generator = SeededGenerator(seed + 100)
    for _ in 0..<8 {
      let (one, other) = (
        all.randomElement(using: &generator)!, all.randomElement(using: &generator)!
      )
      #expect(
        try Set(repository.mergeBases(one, other).map(\.description))
          == Set(world.lines("repository", "merge-base", "--all", "\(one)", "\(other)")))
      let isAncestor = try world.run([
        "git", "-C", world.path("repository"), "merge-base", "--is-ancestor", "\(one)", "\(other)",
      ])
      #expect(try repository.isAncestor(one, of: other) == (isAncestor.status == 0))
      let counts = try repository.aheadBehind(one, other)
      #expect(
        try world.git("repository", ["rev-list", "--left-right", "--count", "\(one)...\(other)"])
          == "\(counts.ahead)\t\(counts.behind)\n")
      var ours: [String] = []
      try repository.history(from: one, excluding: [other]) { ours.append("\($0.id)") }
      #expect(
        try Set(ours)
          == Set(world.lines("repository", "rev-list", "\(one)", "^\(other)")))
    }
    var whole: [ObjectID] = []
    try repository.history(from: all.last!, order: .time) { whole.append($0.id) }
    #expect(
      try whole.map(\.description) == world.lines("repository", "rev-list", "\(all.last!)"))
    var page: [ObjectID] = []
    try repository.history(from: all.last!, limit: 4, offset: 3, order: .time) {
      page.append($0.id)
    }
    #expect(page == Array(whole.dropFirst(3).prefix(4)))
  }

  @Test func `the newest commits are read though an old one is gone`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    for number in 0..<6 { try repository.commit(["file": "\(number)\n"]) }
    let all = try world.lines("repository", "rev-list", "HEAD")
    try FileManager.default.removeItem(
      atPath: world.path("repository/.git/objects/\(all[4].prefix(2))/\(all[4].dropFirst(2))"))
    let fresh = try Repository.open(path: world.path("repository"))
    var seen: [String] = []
    try fresh.history(from: #require(fresh.head().commit), limit: 3, order: .time) {
      seen.append($0.id.description)
    }
    #expect(seen == Array(all.prefix(3)))
  }

  @Test func `unrelated histories have no base`() throws {
    let world = try TestWorld()
    let repository = try world.repository()
    let tree = try repository.updateTree(base: nil, [])
    let roots = try ["one\n", "two\n"].map {
      try repository.createCommit(
        tree: tree, parents: [], author: .robot, committer: .robot, message: $0)
    }
    #expect(try repository.mergeBases(roots[0], roots[1]) == [])
    #expect(try !repository.isAncestor(roots[0], of: roots[1]))
    #expect(try repository.isAncestor(roots[0], of: roots[0]))
  }
}
