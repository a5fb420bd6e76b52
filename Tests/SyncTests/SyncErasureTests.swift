// Erasing history on real servers: moved by force only from where a branch was seen, by HTTP with a token and by SSH.

import Foundation
import Testing

@testable import Memtrace

@Suite(.serialized) struct `Erasing history over a network` {
  /// What a repository's references reach.
  private func count(_ world: SyncWorld, _ folder: String) throws -> String {
    try world.run(
      [
        "sh", "-c",
        "git rev-list --objects --all | cut -c1-40 | git cat-file --batch | grep -a -c CANARY-4711",
      ], in: folder
    ).output.trimmed
  }

  private func run(_ world: SyncWorld, hub: String, url: String, token: [String: String]) throws {
    func memtrace(_ words: String..., in name: String = "ana") throws -> SyncWorld.Outcome {
      let outcome = try world.memtrace(words, in: "\(world.path)/\(name)", environment: token)
      #expect(outcome.status == 0, "\(words): \(outcome.output)")
      return outcome
    }
    let ana = try world.makeClone("ana", remote: nil)
    try ana.store.addRemote("origin", url: url)
    let session = try ana.openSession()
    try ana.remember("PIN CANARY-4711", session: session)
    try ana.remember("stays")
    _ = try memtrace("sync")
    #expect(try count(world, hub) != "0")
    try world.git("clone", "-q", hub, "ben")
    try world.git("remote", "set-url", "origin", url, in: "\(world.path)/ben")
    let ben = try world.open("ben")
    try ben.remember("ben's own")
    let erased = try memtrace("erase", session.description, "--history")
    #expect(erased.output.contains("origin: main moved"), "\(erased.output)")
    #expect(try count(world, hub) == "0")
    let followed = try memtrace("sync", in: "ben")
    #expect(followed.output.contains("history was rewritten"), "\(followed.output)")
    _ = try memtrace("sync")
    #expect(try count(world, hub) == "0" && ana.tree == ben.tree)
    #expect(try ana.contents().sorted() == ["ben's own", "stays"])
    // An old copy's branch, pushed afterwards.
    let line = "{\"content\":\"CANARY-4711\",\"session_id\":\"\(session)\"}\n"
    try ben.commit("\(Layout.folder(of: session))/memories.old.jsonl", line)
    try ben.git("push", "-q", hub, "HEAD:main")
    #expect(try count(world, hub) != "0")
    _ = try memtrace("sync")
    #expect(try count(world, hub) == "0")
    #expect(try ana.git("fsck", "--no-dangling") == "")
  }

  @Test func `smart HTTP with a token`() throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    try world.git("config", "http.receivepack", "true", in: hub)
    let server = try Server.http(world)
    try run(
      world, hub: hub, url: "http://desk@127.0.0.1:\(server.port)/hub.git",
      token: ["MEMTRACE_GIT_TOKEN": "secret"])
  }

  @Test func `SSH with a command of one's own`() throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    let server = try Server.ssh(world)
    let folder = "\(world.path)/.ssh"
    try world.git(
      "config", "--global", "core.sshCommand",
      "ssh -o BatchMode=yes -i \(folder)/id_rsa -o UserKnownHostsFile=\(folder)/known_hosts")
    try run(
      world, hub: hub, url: "ssh://\(NSUserName())@127.0.0.1:\(server.port)\(hub)", token: [:])
  }
}
