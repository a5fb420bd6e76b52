// What a clone sends that erases: the erasure, over nothing that others have sent meanwhile, and nothing that nobody has merged.

import Glibc
import Testing

@testable import Memtrace

struct ErasureSendingTests {
  private let world: TestWorld
  private let ana: Clone
  private let other: String
  private let hub: String

  init() throws {
    world = try TestWorld()
    ana = try world.clone("ana")
    hub = world.folder + "/hub.git"
    _ = try world.run(["git", "init", "-q", "--bare", "hub.git"], in: world.folder)
    try ana.done("remote", "add", "origin", hub)
    let session = try ana.openSession("ana", "customer_id=c1")
    other = try ana.openSession("ana", "customer_id=c2")
    try ana.remember("PIN CANARY-4711", session, by: "ana")
    try ana.remember("Stays", other, by: "ana")
    try ana.done("sync")
  }

  private func join(_ name: String) throws -> Clone {
    let made = try world.run([TestWorld.memtrace, "clone", hub, name], in: world.folder)
    try #require(made.status == 0, "\(made.err)")
    return Clone(world: world, path: "\(world.folder)/\(name)")
  }

  private func main() throws -> String {
    try world.run(["git", "-C", hub, "grep", "-h", "", "HEAD"], in: world.folder).out
  }

  @Test func `what another clone pushes at the same moment stays`() throws {
    let bob = try join("bob")
    try bob.remember("Pushed meanwhile", other, by: "bob")
    // Between the look at the remote and the push to it.
    let tools = "\(world.folder)/tools"
    try world.run(["mkdir", tools], in: world.folder)
    let git = try world.run(["sh", "-c", "command -v git"], in: world.folder).line
    let path = String(cString: getenv("PATH"))
    let script = """
      #!/bin/sh
      case " $* " in *" push "*)
        mkdir \(tools)/once 2>/dev/null && PATH=\(path) \(TestWorld.memtrace) -C \(bob.path) sync >&2;;
      esac
      exec \(git) "$@"
      """
    try write(script + "\n", to: "\(tools)/git")
    try world.run(["chmod", "+x", "\(tools)/git"], in: world.folder)
    let erased = try world.run(
      [
        TestWorld.memtrace, "erase", "--where", "customer_id=c1", "--history", "--yes",
      ], in: ana.path, with: ["PATH": "\(tools):\(path)"])
    #expect(access("\(tools)/once", F_OK) == 0)
    #expect(erased.status == 4 && erased.err.contains("changed meanwhile"), "\(erased)")
    #expect(try main().contains("Pushed meanwhile"))
    let id = try #require(erased.err.firstMatch(of: /era_[0-9A-Z]{26}/).map { String($0.0) })
    try ana.done("sync")
    try ana.done("erase", id, "--history", "--yes")
    for clone in [ana, bob, ana, bob] { try clone.done("sync") }
    #expect(try main().contains("Pushed meanwhile") && !main().contains("CANARY-4711"))
    for clone in [ana, bob] {
      try clone.expectNoByte()
      try clone.expectHealthy()
    }
  }

  @Test(arguments: ["open", "closed"])
  func `of a clone that proposes, nothing comes to main with an erasure but the erasure`(
    _ proposal: String
  ) throws {
    try ana.remember("Unreviewed", other, by: "ana")
    try ana.done("propose")
    let branch = try #require(
      try world.run(["git", "-C", hub, "branch", "--list", "memtrace/*"], in: world.folder)
        .lines.first?.trimmingPrefix("  "))
    if proposal == "closed" {
      _ = try world.run(["git", "-C", hub, "branch", "-D", String(branch)], in: world.folder)
      try ana.done("sync")
    }
    try ana.remember("Never proposed", other, by: "ana")
    let plain = try ana.done("erase", "--where", "customer_id=c1", "--yes")
    #expect(
      plain.out.contains("origin does not know yet") && plain.out.contains(": memtrace propose"),
      "\(plain.out)")
    let id = try #require(plain.out.firstMatch(of: /era_[0-9A-Z]{26}/).map { String($0.0) })
    try ana.done("erase", id, "--history", "--yes")
    #expect(try !main().contains("Unreviewed") && !main().contains("Never proposed"))
    #expect(try main().contains("era_") && !main().contains("CANARY-4711"))
    #expect(try main().contains("Stays"))
    let branches = try world.run(["git", "-C", hub, "branch"], in: world.folder).out
    #expect(branches.contains(branch) == (proposal == "open"), "\(branches)")
    // Nor later; what is offered then is what waits.
    try ana.done("sync")
    #expect(try !main().contains("Unreviewed") && !main().contains("Never proposed"))
    #expect(try ana.done("recall").out.contains("Never proposed"))
    let bob = try join("bob")
    try bob.expectNoByte()
    try ana.expectNoByte()
    try ana.done("propose")
    #expect(try !main().contains("Unreviewed") && !main().contains("Never proposed"))
    try ana.expectHealthy()
  }
}
