// Servers that hang: no sync waits for ever, and what is slow but alive is waited for.

import Foundation
import Testing

@testable import Memtrace

extension Server {
  /// Behaves as the file `mood` of the world says at the time of a connection: `silent`, `half` (the beginning of an
  /// answer of HTTP), `stall N` (passes N bytes on from the other port, then nothing), `drip` (passes all on, slowly).
  fileprivate static func moody(_ world: SyncWorld, before port: Int = 0) throws -> Server {
    let own = SyncWorld.freePort()
    try """
    import socket, sys, threading, time
    own, target, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    listener = socket.create_server(("127.0.0.1", own), backlog=64)
    def pump(a, b, left, drip):
        try:
            while left > 0:
                data = a.recv(120 if drip else min(left, 4096))
                if not data: break
                left -= len(data)
                if drip: time.sleep(0.25)
                b.sendall(data)
            else:
                time.sleep(600)
        except OSError: pass
        for s in (a, b):
            try: s.shutdown(socket.SHUT_RDWR)
            except OSError: pass
    def serve(client):
        mood = open(path).read().split()
        if mood[0] == "half":
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/x-git-upload-pack-advertisement\\r\\n\\r\\n001e# ser")
        if mood[0] in ("half", "silent"):
            time.sleep(600)
            return
        server = socket.create_connection(("127.0.0.1", target))
        left = int(mood[1]) if mood[0] == "stall" else 1 << 40
        threading.Thread(target=pump, args=(client, server, 1 << 40, False), daemon=True).start()
        pump(server, client, left, mood[0] == "drip")
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()

    """.write(toFile: "\(world.path)/moody.py", atomically: true, encoding: .utf8)
    try world.be("silent")
    return try Server(
      port: own,
      [
        world.start([
          "python3", "\(world.path)/moody.py", "\(own)", "\(port)", "\(world.path)/mood",
        ])
      ])
  }
}

extension SyncWorld {
  fileprivate func be(_ mood: String) throws {
    try mood.write(toFile: "\(path)/mood", atomically: true, encoding: .utf8)
  }
}

@Suite struct `Servers that hang` {
  /// A clone that waits two seconds.
  private func clone(_ world: SyncWorld, _ url: String) throws -> TestClone {
    let ana = try world.makeClone("ana", remote: nil)
    try ana.store.addRemote("origin", url: url)
    try ana.git("config", "memtrace.silenceTimeout", "2")
    try ana.git("config", "memtrace.connectTimeout", "2")
    return ana
  }

  private func expectTimeout(
    _ outcome: SyncWorld.Outcome, _ words: String = "did not answer for 2 s"
  ) {
    #expect(outcome.status == 5, "\(outcome.output)")
    #expect(outcome.output.contains("127.0.0.1"), "\(outcome.output)")
    #expect(outcome.output.contains(words), "\(outcome.output)")
    #expect(outcome.output.contains("memtrace.silenceTimeout"), "\(outcome.output)")
  }

  @Test(arguments: ["http", "https", "ssh", "git"], ["silent", "half"])
  func `a server that says nothing, or half of something`(scheme: String, mood: String) throws {
    let world = try SyncWorld()
    let server = try Server.moody(world)
    try world.be(mood)
    let ana = try clone(world, "\(scheme)://127.0.0.1:\(server.port)/hub.git")
    try ana.remember("kept")
    let outcome = try world.memtrace(["sync"], in: ana.path)
    if scheme == "http" || mood == "silent" {
      expectTimeout(outcome)
    } else {
      // What is said is no answer of that protocol.
      #expect(outcome.status == 5, "\(outcome.output)")
    }
    #expect(try ana.contents() == ["kept"])
  }

  @Test func `a clone from a server that says nothing leaves nothing behind`() throws {
    let world = try SyncWorld()
    let server = try Server.moody(world)
    try world.git("config", "--global", "memtrace.silenceTimeout", "2")
    let url = "http://127.0.0.1:\(server.port)/hub.git"
    expectTimeout(try world.memtrace(["clone", url, "ben"], in: world.path))
    #expect(!FileManager.default.fileExists(atPath: "\(world.path)/ben"))
  }

  @Test func `a server whose queue is full is not waited for`() throws {
    let world = try SyncWorld()
    let port = SyncWorld.freePort()
    // One who listens, never takes anybody, and has as many waiting as it lets.
    let script = """
      import socket, sys, time
      l = socket.create_server(("127.0.0.1", \(port)), backlog=0)
      waiting = []
      for _ in range(8):
          s = socket.socket(); s.setblocking(False)
          try: s.connect(("127.0.0.1", \(port)))
          except BlockingIOError: pass
          waiting.append(s)
      time.sleep(0.5)
      open("\(world.path)/full", "w").close()
      time.sleep(600)
      """
    let process = try world.start(["python3", "-c", script])
    defer {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    for _ in 0..<1_000 where access("\(world.path)/full", F_OK) != 0 { usleep(20_000) }
    let ana = try clone(world, "http://127.0.0.1:\(port)/hub.git")
    expectTimeout(
      try world.memtrace(["sync"], in: ana.path), "could not be reached within 2 s")
  }

  @Test func `a line that goes dead in the middle of a fetch or a push, and the next sync`() throws
  {
    let world = try SyncWorld()
    try world.makeHub()
    let daemon = try Server.git(world)
    let ana = try world.makeClone("ana")
    try ana.sync()
    let server = try Server.moody(world, before: daemon.port)
    let ben = try world.clone("ben")
    try ben.git("config", "memtrace.silenceTimeout", "2")
    try ben.git("remote", "set-url", "origin", "git://127.0.0.1:\(server.port)/hub.git")
    try ben.remember("from ben")
    // In the list of references, and behind it in the pack or in what the push came to.
    for (n, count) in [100, 400, 700].enumerated() {
      try ana.remember("from ana \(n)")
      try ana.sync()
      try world.be("stall \(count)")
      let outcome = try world.memtrace(["sync"], in: ben.path)
      if outcome.status != 0 { expectTimeout(outcome) }
    }
    // Nothing hangs any more, but the machine may be busy.
    try ben.git("config", "memtrace.silenceTimeout", "60")
    try world.be("stall 1000000000")
    #expect(try world.memtrace(["sync"], in: ben.path).status == 0)
    try ana.sync()
    #expect(try ana.tree == ben.tree)
    let wanted = ["from ana 0", "from ana 1", "from ana 2", "from ben"]
    #expect(try ana.contents().sorted() == wanted)
  }

  /// It takes several times as long as the limit.
  @Test func `a server that is slow but alive is waited for`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    let daemon = try Server.git(world)
    let ana = try world.makeClone("ana")
    for n in 0..<4 { try ana.remember("\(n) \(UUID()) \(UUID()) \(UUID())") }
    try ana.sync()
    let server = try Server.moody(world, before: daemon.port)
    try world.be("drip")
    try world.git("config", "--global", "memtrace.silenceTimeout", "3")
    let start = Date()
    let url = "git://127.0.0.1:\(server.port)/hub.git"
    let outcome = try world.memtrace(["clone", url, "ben"], in: world.path)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(Date().timeIntervalSince(start) > 5, "it was not slow: the test shows nothing")
    #expect(try world.open("ben").contents().count == 4)
  }
}
