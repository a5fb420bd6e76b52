// Opening what is there, and saying what is not.

import Git
import Testing

struct RepositoryTests {
  private let world: TestWorld

  init() throws { world = try TestWorld() }

  @Test func `a new repository is one for the git command`() throws {
    let repository = try Repository.initialize(path: world.path("deep/new"), branch: "trunk")
    #expect(try repository.head() == .unborn(name: "refs/heads/trunk"))
    #expect(try world.git("deep/new", ["symbolic-ref", "HEAD"]) == "refs/heads/trunk\n")
    #expect(repository.workTree?.hasSuffix("/deep/new") == true)
    #expect(repository.gitFolder.hasSuffix("/deep/new/.git"))
    #expect(try !repository.isBare && !repository.isShallow && !repository.isPartial)
    #expect(repository.state() == .none)
    let bare = try Repository.initialize(path: world.path("bare.git"), bare: true)
    #expect(bare.isBare && bare.workTree == nil)
    #expect(errorCode { try bare.updateIndex([]) } == .bare)
  }

  @Test func `parents are not searched`() throws {
    _ = try world.repository()
    try world.write("", to: "repository/inner/file")
    #expect(
      errorCode { _ = try Repository.open(path: world.path("repository/inner")) } == .notFound)
    #expect(errorCode { _ = try Repository.open(path: world.path("none")) } == .notFound)
  }

  @Test func `a SHA-256 repository is refused by name`() throws {
    #expect(
      errorCode { _ = try world.repository("long", "--object-format=sha256") } == .unsupported)
  }

  @Test func `a linked worktree shares its repository's objects`() throws {
    let repository = try world.repository()
    let id = try repository.commit(["a": "1\n"])
    try world.git("repository", ["config", "extensions.worktreeConfig", "true"])
    try world.git("repository", ["worktree", "add", "-qb", "side", "../linked"])
    let linked = try Repository.open(path: world.path("linked"))
    #expect(try linked.head() == .branch(name: "refs/heads/side", id))
    #expect(linked.commonFolder == repository.commonFolder)
    #expect(linked.gitFolder != repository.gitFolder)
    try world.write("2\n", to: "linked/a")
    try linked.commit(["a": "2\n"])
    try linked.updateIndex([
      IndexChange(path: "a", id: try Repository.blobID(Array("2\n".utf8)), matchesWorkTree: true)
    ])
    #expect(try world.lines("linked", "status", "--porcelain") == [])
  }

  @Test func `shallow and partial clones can be written to`() throws {
    let repository = try world.repository()
    try repository.commit(["a": "1\n"])
    try repository.commit(["a": "2\n"])
    try world.git("repository", ["config", "uploadpack.allowFilter", "true"])
    let url = "file://" + world.path("repository")
    try world.git(".", ["clone", "-q", "--depth=1", url, "shallow"])
    let shallow = try Repository.open(path: world.path("shallow"))
    #expect(shallow.isShallow)
    try world.git("shallow", ["cat-file", "-e", "\(shallow.commit(["b": "1\n"]))"])
    try world.git(".", ["clone", "-q", "--filter=blob:none", url, "partial"])
    let partial = try Repository.open(path: world.path("partial"))
    #expect(try partial.isPartial)
    try world.git("partial", ["cat-file", "-e", "\(partial.commit(["b": "1\n"]))"])
  }

  @Test func `configuration is read and written`() throws {
    let repository = try world.repository()
    try repository.setConfig("memory.name", "some value; with # signs")
    #expect(try repository.configString("memory.name") == "some value; with # signs")
    #expect(
      try world.git("repository", ["config", "memory.name"]) == "some value; with # signs\n")
    try world.git("repository", ["config", "memory.flag", "on"])
    #expect(try repository.configBool("memory.flag") == true)
    #expect(try repository.configBool("memory.none") == nil)
    #expect(
      try repository.configEntries(prefix: "memory.").map(\.name) == ["memory.name", "memory.flag"])
    try repository.setConfig("memory.name", nil)
    try repository.setConfig("memory.name", nil)
    #expect(try repository.configString("memory.name") == nil)
    try repository.setConfig("user.name", "Ana")
    try repository.setConfig("user.email", "ana@example.org")
    #expect(try repository.defaultSignature()?.name == "Ana")
  }

  @Test func `an operation that a person has begun is seen`() throws {
    let repository = try world.repository()
    try repository.commit(["a": "1\n"])
    try world.git("repository", ["bisect", "start"])
    #expect(repository.state() == .bisect)
    #expect("\(repository.state())" == "bisect")
  }
}
