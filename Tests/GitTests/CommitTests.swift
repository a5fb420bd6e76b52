// Commits, references and logs, two writers at once.

import Foundation
import Git
import Testing

struct CommitTests {
  private let world: TestWorld
  private let repository: Repository

  init() throws {
    world = try TestWorld()
    repository = try world.repository()
  }

  @Test func `a first commit ends the unborn branch`() throws {
    #expect(try repository.head() == .unborn(name: "refs/heads/main"))
    let id = try repository.commit(["a": "1"], message: "first\n\nbody\n")
    #expect(try repository.head() == .branch(name: "refs/heads/main", id))
    #expect(
      try world.git("repository", ["log", "--format=%H|%an|%ae|%ad|%B", "--date=raw"])
        == "\(id)|Robot|robot@example.org|1700000000 +0100|first\n\nbody\n\n")
    let commit = try repository.commit(id)
    #expect(commit.author == .robot)
    #expect(commit.message == "first\n\nbody\n")
    #expect(commit.parents == [])
  }

  @Test func `a stale parent is refused`() throws {
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    let tree = try repository.commit(second).tree
    for parents in [[first], []] {
      #expect(
        errorCode {
          try repository.createCommit(
            tree: tree, parents: parents, author: .robot, committer: .robot, message: "late\n",
            updating: "HEAD")
        } == .modified)
    }
    #expect(try repository.head().commit == second)
  }

  @Test func `a name that Git cannot hold is cleaned`() throws {
    let tree = try repository.updateTree(base: nil, [])
    let odd = Signature(name: " <Ana>\n", email: "a<b>@c", seconds: 1_000_000, offsetMinutes: -150)
    let empty = Signature(name: "", email: "", seconds: 1_000_000)
    try repository.createCommit(
      tree: tree, parents: [], author: odd, committer: empty, message: "odd\n", updating: "HEAD")
    #expect(
      try world.git("repository", ["log", "--format=%an|%ae|%cn|%ce|%ai"])
        == "Ana|ab@c|unknown|unknown|1970-01-12 11:16:40 -0230\n")
    try world.git("repository", ["fsck", "--strict"])
  }

  @Test func `a reference moves only from where it is expected`() throws {
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    let name = "refs/memory/rescue/1"
    try repository.setReference(name, to: first, expecting: nil, message: "made")
    #expect(
      errorCode { try repository.setReference(name, to: second, expecting: nil, message: "") }
        == .modified)
    #expect(
      errorCode { try repository.setReference(name, to: first, expecting: second, message: "") }
        == .modified)
    try repository.setReference(name, to: second, expecting: first, message: "moved")
    #expect(try world.git("repository", ["rev-parse", name]) == "\(second)\n")
    #expect(
      errorCode {
        try repository.setReference("refs/none", to: first, expecting: second, message: "")
      }
        == .modified)
    #expect(try repository.references("refs/memory/*").map(\.name) == [name])
    #expect(errorCode { try repository.deleteReference(name, expecting: first) } == .modified)
    try repository.deleteReference(name)
    try repository.deleteReference(name)
    #expect(try repository.reference(name) == nil)
  }

  @Test func `moving HEAD moves its branch and both logs`() throws {
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    try repository.setReference("HEAD", to: first, expecting: second, message: "back")
    #expect(try repository.head() == .branch(name: "refs/heads/main", first))
    #expect(try repository.reflog("HEAD") == [first, second, first])
    #expect(try repository.reflog("refs/heads/main") == [first, second, first])
    #expect(try world.lines("repository", "log", "-g", "--format=%gs").first == "back")
    try world.git("repository", ["checkout", "-q", "--detach"])
    #expect(try repository.head() == .detached(first))
  }

  @Test(arguments: [
    ["switch", "-q", "--detach"], ["switch", "-qc", "other"],
    ["bisect", "start"],
  ])
  func `a branch moves only while HEAD is on it`(person: [String]) throws {
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    let third = try repository.commit(["a": "3"], updating: nil)
    try world.git("repository", person)
    func move() throws {
      try repository.moveCheckedOut(
        branch: "refs/heads/main", to: third, expecting: second, message: "third")
    }
    #expect(errorCode(move) == .modified)
    #expect(try repository.reference("refs/heads/main") == second)
    try world.git("repository", ["bisect", "reset"])
    try world.git("repository", ["checkout", "-q", "-f", "main"])
    try move()
    #expect(try repository.head().commit == third && first != second)
    #expect(!FileManager.default.fileExists(atPath: world.path("repository/.git/HEAD.lock")))
  }

  @Test func `a reference that another process locks is reported so`() throws {
    let first = try repository.commit(["a": "1"])
    try world.write("", to: "repository/.git/refs/heads/main.lock")
    #expect(errorCode { try repository.commit(["a": "2"]) } == .locked)
    #expect(try repository.head().commit == first)
  }

  @Test func `two writers lose no commit`() throws {
    try repository.commit(["a": "0"])
    let script = """
      for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        until git -C "$1" commit -q --allow-empty -m "theirs $i"; do :; done
      done
      """
    let process = try world.start(["sh", "-c", script, "sh", world.path("repository")])
    var retries = 0
    for number in 1...15 {
      while true {
        do {
          try repository.commit(["ours/\(number)": "\(number)\n"], message: "ours \(number)\n")
          break
        } catch let error as GitError where error.code == .modified || error.code == .locked {
          retries += 1
          #expect(retries < 100_000)
        }
      }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let subjects = try Set(world.lines("repository", "log", "--format=%s"))
    for number in 1...15 {
      #expect(subjects.contains("ours \(number)"))
      #expect(subjects.contains("theirs \(number)"))
    }
    try world.git("repository", ["fsck", "--strict"])
  }

  @Test func `an emptied reference and a lost object make HEAD unreadable`() throws {
    let first = try repository.commit(["a": "1"])
    let second = try repository.commit(["a": "2"])
    #expect(try repository.isHeadReadable)
    #expect(try repository.isWhole(second))
    let blob = try Repository.blobID(Array("2".utf8)).description
    let file = world.path("repository/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
    chmod(file, 0o600)
    try Data().write(to: URL(fileURLWithPath: file))
    let reopened = try Repository.open(path: world.path("repository"))
    #expect(try !reopened.isWhole(second))
    #expect(try reopened.isWhole(first))
    #expect(try reopened.isHeadReadable)
    try world.write("", to: "repository/.git/refs/heads/main")
    #expect(try !reopened.isHeadReadable)
    #expect(try reopened.reflog("HEAD") == [second, first])
  }
}
