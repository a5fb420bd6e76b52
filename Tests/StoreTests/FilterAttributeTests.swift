// Git LFS, git-crypt and their kind: what would store other bytes than ours is refused, with the reason.

import Glibc
import Testing

@testable import Memtrace

struct FilterAttributeTests {
  private let world: TestWorld

  init() throws {
    world = try TestWorld()
  }

  /// Where Git looks for attributes, and a line in it that counts more than our own `-filter`.
  enum Source: CaseIterable, Sendable {
    case workTree, folder, info, user

    func set(_ attribute: String, in clone: Clone) throws {
      switch self {
      case .workTree: try append("*.jsonl \(attribute)\n", to: clone.path + "/.gitattributes")
      case .folder:
        mkdir(clone.path + "/agents", 0o755)
        try append("*.jsonl \(attribute)\n", to: clone.path + "/agents/.gitattributes")
      case .info:
        mkdir(clone.path + "/.git/info", 0o755)
        try append("*.jsonl \(attribute)\n", to: clone.path + "/.git/info/attributes")
      case .user:
        // It counts less than ours, which a person took away.
        try append("*.jsonl \(attribute)\n", to: clone.path + "/../attributes")
        try clone.git("config", "core.attributesFile", clone.path + "/../attributes")
        try clone.git("rm", "-q", ".gitattributes")
        try clone.git("commit", "-q", "-m", "attributes: gone")
      }
    }
  }

  @Test(
    arguments: Source.allCases, ["filter=lfs", "ident", "working-tree-encoding=UTF-16"])
  func `writing is refused with the reason`(source: Source, attribute: String) throws {
    let clone = try world.clone()
    try clone.remember("before")
    try source.set(attribute, in: clone)
    let head = try clone.git("rev-parse", "HEAD")
    // Git is of the same opinion.
    let path = try clone.git("ls-files", "agents/*/*/memories.*")
    let words = attribute.split(separator: "=")
    #expect(
      try clone.git("check-attr", "-a", path).contains(
        "\(words[0]): \(words.count == 2 ? words[1] : "set")"))
    let refused = try clone.memtrace("remember", "through a filter", "--agent", "internet-support")
    #expect(refused.status == 2)
    #expect(refused.err.contains(attribute) && refused.err.contains("git check-attr"))
    #expect(try clone.git("rev-parse", "HEAD") == head)
    #expect(try clone.recalled().count == 1)
    // Reading goes on, and status says what is wrong.
    #expect(try clone.json("status")["attributes"]?.string?.contains(attribute) == true)
    #expect(try clone.memtrace("check").out.contains(attribute))
  }

  @Test func `with the attribute taken back, writing goes on`() throws {
    let clone = try world.clone()
    try append("*.jsonl filter=lfs\n", to: clone.path + "/.gitattributes")
    #expect(try clone.memtrace("remember", "no", "--agent", "a").status == 2)
    try append("*.jsonl -filter\n", to: clone.path + "/.gitattributes")
    try clone.remember("yes")
    try clone.git("checkout", "-q", ".gitattributes")
    try clone.expectHealthy()
  }

  @Test func `a filter that runs in Git does not touch our lines`() throws {
    let clone = try world.clone()
    try append("*.jsonl filter=upper\n", to: world.folder + "/attributes")
    try clone.git("config", "core.attributesFile", world.folder + "/attributes")
    try clone.git("config", "filter.upper.clean", "tr a-z A-Z")
    try clone.git("config", "filter.upper.smudge", "tr A-Z a-z")
    try clone.git("config", "filter.upper.required", "true")
    let id = try clone.remember("Not a pointer")
    #expect(try clone.committed() == [id])
    #expect(try clone.git("grep", "-h", "Not a pointer", "HEAD").contains(id))
    try clone.expectHealthy()
  }

  @Test(arguments: [".gitattributes", ".git/info/attributes"])
  func `init names what a person set up, and leaves the folder as it was`(file: String) throws {
    let clone = Clone(world: world, path: world.folder + "/data")
    mkdir(clone.path, 0o755)
    try clone.git("init", "-q")
    mkdir(clone.path + "/.git/info", 0o755)
    try append("*.jsonl filter=lfs diff=lfs merge=lfs -text\n", to: "\(clone.path)/\(file)")
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "--allow-empty", "-m", "data")
    let refused = try clone.memtrace("init")
    #expect(refused.status == 2 && refused.err.contains("filter=lfs"))
    #expect(try clone.git("status", "--porcelain") == "")
    try append(
      "sessions/**/*.jsonl -filter\nagents/**/*.jsonl -filter\n", to: "\(clone.path)/\(file)")
    try clone.done("init")
    try clone.remember("works")
  }
}
