// Fetching and pushing, to folders and to git daemon.

import Foundation
import Git
import Testing

struct RemoteTests {
  private let world: TestWorld
  private let repository: Repository
  private let server: Repository

  init() throws {
    world = try TestWorld()
    repository = try world.repository()
    server = try world.repository("server.git", "--bare")
    try repository.addRemote("origin", url: world.path("server.git"))
  }

  private let main = "refs/heads/main:refs/heads/main"

  @Test func `what one pushes another fetches`() throws {
    let id = try repository.commit(["a": "1\n"])
    let report = try repository.push(remote: "origin", refspecs: [main])
    #expect(report.accepted == ["refs/heads/main"] && report.isAccepted)
    #expect(try world.git("server.git", ["rev-parse", "main"]) == "\(id)\n")
    #expect(try repository.reference("refs/remotes/origin/main") == id)

    try world.git(".", ["clone", "-q", "server.git", "other"])
    let other = try Repository.open(path: world.path("other"))
    #expect(try other.head() == .branch(name: "refs/heads/main", id))
    #expect(try world.lines("other", "status", "--porcelain", "-b") == ["## main...origin/main"])
    let next = try repository.commit(["a": "2\n"])
    try world.git("repository", ["tag", "mark"])
    _ = try repository.push(remote: "origin", refspecs: [main, "refs/tags/mark:refs/tags/mark"])
    var seen = 0
    let fetched = try other.fetch(remote: "origin") { seen = max(seen, $0.receivedObjects) }
    #expect(fetched.defaultBranch == "refs/heads/main")
    #expect(fetched.id(of: "refs/heads/main") == next)
    #expect(try other.reference("refs/remotes/origin/main") == next)
    #expect(try other.reference("refs/tags/mark") == nil)
    #expect(try other.head().commit == id)
    #expect(fetched.id(of: "refs/tags/mark") == next)
  }

  @Test func `a push that others were before is a report`() throws {
    try repository.commit(["a": "1\n"])
    _ = try repository.push(remote: "origin", refspecs: [main])
    try world.git(".", ["clone", "-q", "server.git", "other"])
    let other = try Repository.open(path: world.path("other"))
    let theirs = try other.commit(["b": "1\n"])
    _ = try other.push(remote: "origin", refspecs: [main])
    try repository.commit(["c": "1\n"])
    let report = try repository.push(remote: "origin", refspecs: [main])
    #expect(report.isBehind && !report.isAccepted)
    #expect(report.refused["refs/heads/main"] != nil)
    #expect(try server.reference("refs/heads/main") == theirs)
  }

  @Test func `remotes and upstreams are the configuration's`() throws {
    #expect(try repository.remotes().map(\.name) == ["origin"])
    #expect(try repository.remoteURL("none") == nil)
    #expect(errorCode { try repository.addRemote("origin", url: "x") } == .exists)
    #expect(try repository.upstream(ofBranch: "main") == nil)
    let upstream = Upstream(remote: "origin", branch: "refs/heads/trunk")
    try repository.setUpstream(ofBranch: "refs/heads/main", to: upstream)
    #expect(try repository.upstream(ofBranch: "main") == upstream)
    #expect(try repository.trackingReference(for: upstream) == "refs/remotes/origin/trunk")
  }

  @Test func `an empty remote and an unknown one differ`() throws {
    let report = try repository.fetch(remote: "origin")
    #expect(report.heads == [] && report.defaultBranch == nil)
    #expect(errorCode { _ = try repository.fetch(remote: "none") } == .notFound)
    try repository.setRemoteURL("origin", world.path("nowhere"))
    #expect(throws: GitError.self) { try repository.fetch(remote: "origin") }
  }

  @Test func `an error of the progress closure ends the fetch and comes out`() throws {
    struct Stop: Error {}
    try repository.commit(["a": "1\n"])
    _ = try repository.push(remote: "origin", refspecs: [main])
    let other = try world.repository("other")
    try other.addRemote("origin", url: world.path("server.git"))
    #expect(throws: Stop.self) { try other.fetch(remote: "origin") { _ in throw Stop() } }
    #expect(try other.reference("refs/remotes/origin/main") == nil)
    try other.fetch(remote: "origin")
  }

  @Test func `a hook's refusal is reported in its words`() throws {
    let port = try freePort()
    let daemon = try world.start([
      "git", "daemon", "--base-path=" + world.folder, "--export-all", "--enable=receive-pack",
      "--listen=127.0.0.1", "--port=\(port)", "--reuseaddr",
    ])
    defer {
      kill(daemon, SIGTERM)
      var status: Int32 = 0
      waitpid(daemon, &status, 0)
    }
    let url = "git://127.0.0.1:\(port)/server.git"
    try repository.setRemoteURL("origin", url)
    for _ in 0..<1_200 where (try? repository.fetch(remote: "origin")) == nil { usleep(50_000) }
    try world.write("#!/bin/sh\necho not today >&2\nexit 1\n", to: "server.git/hooks/pre-receive")
    chmod(world.path("server.git/hooks/pre-receive"), 0o755)
    try repository.commit(["a": "1\n"])
    let refused = try repository.push(remote: "origin", refspecs: [main])
    #expect(refused.refused == ["refs/heads/main": "pre-receive hook declined"])
    #expect(refused.messages.contains("not today"))
    #expect(!refused.isBehind)
    #expect(try repository.reference("refs/remotes/origin/main") == nil)
    try world.write("#!/bin/sh\necho welcome >&2\n", to: "server.git/hooks/pre-receive")
    let accepted = try repository.push(remote: "origin", refspecs: [main])
    #expect(accepted.isAccepted && accepted.messages.contains("welcome"))
  }

  /// A port that nothing listens on.
  private func freePort() throws -> UInt16 {
    for _ in 0..<1_000 {
      // Below those that the system gives to connections: until the server has it, nobody else gets it.
      let port = UInt16.random(in: 12_000..<20_000)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let isFree = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      if isFree { return port }
    }
    throw NoPort()
  }

  private struct NoPort: Error {}
}
