// HTTPS with an authority of one's own, which Git's configuration names.

import Foundation
import Testing

@testable import Memtrace

/// The program, not the library: what one process was told to trust, it trusts to its end.
@Suite struct `Syncing over HTTPS` {
  private let token = ["MEMTRACE_GIT_TOKEN": "secret"]

  @Test func `an authority that a clone's configuration names is trusted, there and nowhere else`()
    throws
  {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    try world.git("config", "http.receivepack", "true", in: hub)
    let authority = try CertificateAuthority(world)
    let server = try Server.http(
      world, certificate: try authority.certificate(for: "DNS:localhost"))
    let url = "https://desk@localhost:\(server.port)/hub.git"
    let ana = try world.makeClone("ana", remote: nil)
    try ana.store.addRemote("origin", url: url)
    try ana.remember("one")
    let before = try ana.head
    try expectDistrust(try world.memtrace(["sync"], in: ana.path, environment: token))
    #expect(try ana.head == before && ana.contents() == ["one"])
    #expect(try world.git("for-each-ref", in: hub) == "")
    try ana.git("config", "http.sslCAInfo", authority.path)
    let sent = try world.memtrace(["sync"], in: ana.path, environment: token)
    #expect(sent.status == 0 && sent.output == "origin/main: sent 2 records\n", "\(sent.output)")
    // Trust does not replace the login.
    let wrong = try world.memtrace(
      ["sync"], in: ana.path, environment: ["MEMTRACE_GIT_TOKEN": "wrong"])
    #expect(
      wrong.status == 5 && wrong.output.contains("wrong credentials for localhost"),
      "\(wrong.output)")
    // A person who has it in the configuration of all clones.
    try expectDistrust(
      try world.memtrace(["clone", url, "ben"], in: world.path, environment: token))
    #expect(!FileManager.default.fileExists(atPath: "\(world.path)/ben"))
    try world.git("config", "--global", "http.sslCAInfo", authority.path)
    let clone = try world.memtrace(["clone", url, "ben"], in: world.path, environment: token)
    #expect(clone.status == 0, "\(clone.output)")
    #expect(try world.open("ben").contents() == ["one"])
  }

  @Test func `a certificate for another name is refused whoever signed it`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    let authority = try CertificateAuthority(world)
    let server = try Server.http(
      world, certificate: try authority.certificate(for: "DNS:memory.example.invalid"))
    let ana = try world.makeClone("ana", remote: nil)
    try ana.store.addRemote("origin", url: "https://desk@localhost:\(server.port)/hub.git")
    try ana.git("config", "http.sslCAInfo", authority.path)
    try expectDistrust(try world.memtrace(["sync"], in: ana.path, environment: token))
  }

  private func expectDistrust(_ outcome: SyncWorld.Outcome) throws {
    #expect(
      outcome.status == 5 && outcome.output.contains("could not prove who it is"),
      "\(outcome.output)")
    #expect(outcome.output.contains("certificate") && outcome.output.contains("http.sslCAInfo"))
  }
}
