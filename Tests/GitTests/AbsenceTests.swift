// A commit counts as gone only where it is; what cannot be read now is an error.

import Git
import Glibc
import Testing

struct AbsenceTests {
  private let world: TestWorld
  private let repository: Repository
  private let commit: ObjectID
  private var loose: String {
    let hex = commit.description
    return world.path("repository/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
  }

  init() throws {
    world = try TestWorld()
    repository = try world.repository()
    try world.git("repository", ["commit", "-q", "--allow-empty", "-m", "one"])
    commit = try #require(try repository.head().commit)
  }

  @Test func `a commit that is there is found, packed after this handle looked or not`() throws {
    #expect(try repository.commitIfThere(commit)?.id == commit)
    try world.git("repository", ["gc", "-q", "--prune=now"])
    #expect(try repository.commitIfThere(commit)?.id == commit)
  }

  @Test func `a pruned, a corrupt and a never written commit are nil`() throws {
    #expect(try repository.commitIfThere(ObjectID(hex: String(repeating: "a", count: 40))!) == nil)
    chmod(loose, 0o644)
    try world.write("no object", to: String(loose.dropFirst(world.folder.count + 1)))
    #expect(try repository.commitIfThere(commit) == nil)
    unlink(loose)
    #expect(try repository.commitIfThere(commit) == nil)
  }

  @Test func `what cannot be opened is no absence`() throws {
    unlink(loose)
    // Opening it fails for everybody, whoever runs this.
    try #require(symlink("itself.idx", world.path("repository/.git/objects/pack/itself.idx")) == 0)
    #expect(throws: GitError.self) { try repository.commitIfThere(commit) }
    unlink(world.path("repository/.git/objects/pack/itself.idx"))
    #expect(try repository.commitIfThere(commit) == nil)
  }
}
