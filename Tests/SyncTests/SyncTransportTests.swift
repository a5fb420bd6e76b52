// Real servers: smart HTTP, SSH, and a line that is cut.

import Foundation
import Testing

@testable import Memtrace

@Suite(.serialized) struct `Syncing over a network` {
  @Test
  func `smart HTTP with a token, a credential helper, a wrong password and no permission`() throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    try world.git("config", "http.receivepack", "true", in: hub)
    let server = try Server.http(world)
    let ana = try world.makeClone("ana", remote: nil)
    let url = "http://desk@127.0.0.1:\(server.port)/hub.git"
    try ana.store.addRemote("origin", url: url)
    try ana.remember("one")
    // In this process: the token as a value.
    ana.network.token = "wrong"
    let wrong = try #require(failure { try ana.sync() })
    #expect(
      wrong.kind == .remote && wrong.message == "wrong credentials for 127.0.0.1:\(server.port)")
    ana.network.token = nil
    #expect(failure { try ana.sync() }?.message.contains("asks for credentials") == true)
    ana.network.token = "secret"
    #expect(try ana.sync().sent == 2)
    #expect(try ana.sync().sent == 0)
    // As a program: the token in the environment, then a helper of Git's.
    let token = try world.memtrace(
      ["clone", url, "ben"], in: world.path, environment: ["MEMTRACE_GIT_TOKEN": "secret"])
    #expect(token.status == 0, "\(token.output)")
    let ben = try world.open("ben")
    try ben.remember("two")
    let none = try world.memtrace(["sync"], in: ben.path)
    #expect(none.status == 5 && none.output.contains("MEMTRACE_GIT_TOKEN"), "\(none.output)")
    try "http://desk:secret@127.0.0.1:\(server.port)\n".write(
      toFile: "\(world.path)/.git-credentials", atomically: true, encoding: .utf8)
    try ben.git("config", "credential.helper", "store")
    let helped = try world.memtrace(["--json", "sync"], in: ben.path)
    #expect(helped.status == 0 && helped.output.contains("\"sent\":"), "\(helped.output)")
    #expect(try ana.sync().received == 1)
    // A hook on the server, in its words.
    let hook = "\(hub)/hooks/pre-receive"
    try "#!/bin/sh\necho 'main is protected: ask Cleo' >&2\nexit 1\n".write(
      toFile: hook, atomically: true, encoding: .utf8)
    try world.run(["chmod", "+x", hook])
    try ana.remember("three")
    let refused = try #require(failure { try ana.sync() })
    #expect(refused.kind == .remote && refused.message.contains("ask Cleo"), "\(refused)")
    #expect(refused.hint?.contains("--branch memtrace/") == true)
    // No permission at all.
    try ana.git("remote", "set-url", "origin", "http://127.0.0.1:\(server.port)/locked/hub.git")
    let locked = try #require(failure { try ana.sync() })
    #expect(locked.kind == .remote, "\(locked)")
    try ana.git("remote", "set-url", "origin", "http://desk@127.0.0.1:\(server.port)/nowhere.git")
    #expect(failure { try ana.sync() }?.message.contains("is not a repository") == true)
  }

  @Test
  func `SSH with a key, to a host that is known and to one that is not`() throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    let server = try Server.ssh(world)
    let ana = try world.makeClone("ana", remote: nil)
    let user = NSUserName()
    try ana.store.addRemote("origin", url: "ssh://\(user)@127.0.0.1:\(server.port)\(hub)")
    try ana.remember("one")
    let outcome = try world.memtrace(["--json", "sync"], in: ana.path)
    #expect(outcome.status == 0 && outcome.output.contains("\"sent\":2"), "\(outcome.output)")
    let clone = try world.memtrace(
      ["clone", "ssh://\(user)@127.0.0.1:\(server.port)\(hub)", "ben"], in: world.path)
    #expect(clone.status == 0, "\(clone.output)")
    #expect(try world.open("ben").contents() == ["one"])
    // As people write it, with a port; and with a key that only the agent has.
    try ana.git("remote", "set-url", "origin", "[\(user)@127.0.0.1:\(server.port)]:\(hub)")
    let short = try world.memtrace(["sync"], in: ana.path)
    #expect(short.status == 0 && short.output.contains("up to date"), "\(short.output)")
    let agent = try SSHAgent(world)
    try world.run(
      ["ssh-add", "-q", "\(world.path)/.ssh/id_rsa"], environment: ["SSH_AUTH_SOCK": agent.socket])
    try FileManager.default.removeItem(atPath: "\(world.path)/.ssh/id_rsa")
    let asked = try world.memtrace(
      ["sync"], in: ana.path, environment: ["SSH_AUTH_SOCK": agent.socket])
    #expect(asked.status == 0 && asked.output.contains("up to date"), "\(asked.output)")
    let none = try world.memtrace(["sync"], in: ana.path)
    #expect(none.status == 5 && none.output.contains("ssh-add your key"), "\(none.output)")
    try FileManager.default.removeItem(atPath: "\(world.path)/.ssh/known_hosts")
    let unknown = try world.memtrace(
      ["sync"], in: ana.path, environment: ["SSH_AUTH_SOCK": agent.socket])
    #expect(unknown.status == 5 && unknown.output.contains("known_hosts"), "\(unknown.output)")
  }

  /// The alias, the port and the key stand in the configuration alone, and libgit2 reads none.
  @Test func `SSH as a person configured it, and as only the git command can`() throws {
    let world = try SyncWorld()
    let hub = try world.makeHub()
    let server = try Server.ssh(world)
    let folder = "\(world.path)/.ssh"
    try world.run(["mv", "\(folder)/id_rsa", "\(folder)/elsewhere"])
    try """
    Host memory
      HostName 127.0.0.1
      Port \(server.port)
      User \(NSUserName())
      IdentityFile \(folder)/elsewhere
      UserKnownHostsFile \(folder)/known_hosts

    """.write(toFile: "\(folder)/config", atomically: true, encoding: .utf8)
    // SSH looks for its configuration in the home of the system's user, not of this world.
    try FileManager.default.createDirectory(
      atPath: "\(world.path)/bin", withIntermediateDirectories: true)
    let program = "\(world.path)/bin/ssh"
    try "#!/bin/sh\nexec \(#require(SyncWorld.path(of: "ssh"))) -F \(folder)/config \"$@\"\n".write(
      toFile: program, atomically: true, encoding: .utf8)
    try world.run(["chmod", "+x", program])
    let path = ["PATH": "\(world.path)/bin:\(SyncWorld.searchPath)"]
    let ana = try world.makeClone("ana", remote: nil)
    try ana.store.addRemote("origin", url: "memory:\(hub)")
    try ana.remember("one")
    let sent = try world.memtrace(["sync"], in: ana.path, environment: path)
    #expect(sent.status == 0 && sent.output.contains("sent 2 records"), "\(sent.output)")
    let clone = try world.memtrace(
      ["clone", "memory:\(hub)", "ben"], in: world.path, environment: path)
    #expect(clone.status == 0, "\(clone.output)")
    let ben = try world.open("ben")
    #expect(try ben.contents() == ["one"] && ben.head == ana.head)
    try ben.remember("two")
    try ana.remember("three")
    for each in [ben, ana, ben] {
      let outcome = try world.memtrace(["sync"], in: each.path, environment: path)
      #expect(outcome.status == 0, "\(outcome.output)")
    }
    #expect(try ana.head == ben.head && ben.contents().count == 3)
    // What the server says comes through, and a lost race is none of a person's business.
    let hook = "\(hub)/hooks/pre-receive"
    try "#!/bin/sh\necho 'main is protected: ask Cleo' >&2\nexit 1\n".write(
      toFile: hook, atomically: true, encoding: .utf8)
    try world.run(["chmod", "+x", hook])
    try ana.remember("four")
    let refused = try world.memtrace(["sync"], in: ana.path, environment: path)
    #expect(refused.status == 5 && refused.output.contains("ask Cleo"), "\(refused.output)")
    // By the plain address libgit2 finds no key, and the git command does.
    try FileManager.default.removeItem(atPath: hook)
    try ana.git(
      "remote", "set-url", "origin", "ssh://\(NSUserName())@127.0.0.1:\(server.port)\(hub)")
    let plain = try world.memtrace(["sync"], in: ana.path, environment: path)
    #expect(plain.status == 5 && plain.output.contains("ssh-add your key"), "\(plain.output)")
    try ana.git(
      "config", "core.sshCommand",
      "ssh -i \(folder)/elsewhere -o UserKnownHostsFile=\(folder)/known_hosts")
    let own = try world.memtrace(["sync"], in: ana.path, environment: path)
    #expect(own.status == 0 && own.output.contains("sent 1 record"), "\(own.output)")
  }

  /// For each of the first bytes, then in even steps; all 512 and 64 with `MEMTRACE_LONG=1`.
  @Test func `a line that is cut after so many bytes loses nothing`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    let daemon = try Server.git(world)
    let proxy = try Server.cutting(world, before: daemon.port)
    let ana = try world.makeClone("ana")
    try ana.sync()
    let ben = try world.clone("ben")
    try ben.git("remote", "set-url", "origin", "git://127.0.0.1:\(proxy.port)/hub.git")
    let first = Array(stride(from: 0, through: 512, by: SyncWorld.isLong ? 1 : 32))
    let step = SyncWorld.isLong ? 64 : 256
    let later = (1...(SyncWorld.isLong ? 64 : 16)).map { 512 + $0 * step }
    for (n, cut) in (first + later).enumerated() {
      try "\(cut)".write(toFile: "\(world.path)/cut", atomically: true, encoding: .utf8)
      try ana.remember("ana \(n)")
      try ana.sync()
      try ben.remember("ben \(n)")
      if let error = failure({ try ben.sync() }) {
        #expect(error.kind == .remote, "\(cut): \(error)")
      }
    }
    try "1000000000".write(toFile: "\(world.path)/cut", atomically: true, encoding: .utf8)
    try ben.sync()
    try ana.sync()
    #expect(try ana.tree == ben.tree)
    let wanted = (first + later).indices.flatMap { ["ana \($0)", "ben \($0)"] }
    #expect(try ben.contents().sorted() == wanted.sorted())
    #expect(try ben.status == "")
    try ben.git("fsck", "--strict", "--no-dangling")
  }

  @Test(.enabled(if: getuid() == 0, "needs root for a small disk"))
  func `a full disk at the remote is said, and the next sync completes`() throws {
    let world = try SyncWorld()
    try FileManager.default.createDirectory(
      atPath: "\(world.path)/small", withIntermediateDirectories: true)
    let mount = try world.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", "small"])
    guard mount.status == 0 else { try Test.cancel("no small disk here: \(mount.output)") }
    defer { _ = try? world.run(["umount", "small"]) }
    try world.makeHub("small/hub.git")
    let ana = try world.makeClone("ana", remote: "small/hub.git")
    try ana.sync()
    try world.run(["sh", "-c", "dd if=/dev/zero of=small/fill bs=1k 2>/dev/null"])
    try ana.remember("one")
    let error = try #require(failure { try ana.sync() })
    #expect([.remote, .full].contains(error.kind), "\(error)")
    try FileManager.default.removeItem(atPath: "\(world.path)/small/fill")
    #expect(try ana.sync().sent == 2)
  }
}
