// What one client may cost the others: time, memory and bytes of a request have an end, whoever sends it.

import Glibc
import Memtrace
import Synchronization
import System
import Testing

@testable import MemtraceHTTP

@Suite struct BoundTests {
  /// What a handler was asked, and what it is to answer.
  private final class Probe: Handler {
    let asked = Mutex(0)
    let made = Mutex(0)
    let ended = Mutex(0)
    let isStopped = Mutex(false)

    func respond(to request: Request, counters: Counters) -> Outcome {
      asked.withLock { $0 += 1 }
      switch request.path.first {
      case "long":
        var response = Response(status: 200, body: Array("begin ".utf8))
        let count = Mutex(0)
        response.rest = { [self] in
          made.withLock { $0 += 1 }
          let number = count.withLock {
            $0 += 1
            return $0
          }
          return number > 200 ? [] : [UInt8](repeating: 0x61, count: 100_000)
        }
        return .now(response)
      case "work":
        return .work { [self] interest in
          while interest.isThere, !isStopped.withLock({ $0 }) { usleep(2_000) }
          ended.withLock { $0 += 1 }
          return .now(Response(status: 200))
        }
      default: return .now(Response(status: 200))
      }
    }

    func refusal(of head: Request) -> Response? {
      head.header("x-api-key") == nil ? .error(401, "missing API key") : nil
    }
  }

  @Test func `a crowd of unknown fields is refused with some of them`() throws {
    let bridge = try LiveBridge()
    let body = "{" + (0..<100_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
    let answer = try bridge.call("POST", "/api/v1/search", body)
    #expect(answer.status == 400 && answer.json.bytes.count < 256 * 1_024)
    let faults = try #require(answer.json["faults"]?.array)
    #expect(faults.count == 1_000 && faults[0]["field"]?.string == "k0")
  }

  @Test func `a long answer is made as it is taken, and comes whole`() throws {
    let probe = Probe()
    let server = try LiveServer(handler: probe)
    let client = try Client(server)
    client.get("/long")
    // Nobody reads: what the sockets hold is all that is made.
    usleep(300_000)
    #expect(probe.made.withLock { $0 } < 150)
    let answer = try client.answer()
    #expect(answer.status == 200)
    #expect(answer.body.count == 20_000_006)
    // The connection goes on.
    client.get("/other")
    #expect(try client.answer().status == 200)
    // A client of HTTP/1.0 gets the same bytes to the end of the connection.
    let old = try Client(server)
    old.send("GET /long HTTP/1.0\r\n\r\n")
    #expect(try old.everything().hasSuffix("a"))
    let head = try Client(server)
    head.send("HEAD /long HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try head.answer(hasBody: false).status == 200)
    head.get("/other")
    #expect(try head.answer().status == 200)
  }

  @Test(arguments: [true, false])
  func `work whose client is gone stops`(isReset: Bool) throws {
    let probe = Probe()
    let server = try LiveServer(handler: probe) { $0.timeouts.hangUp = 0.2 }
    defer { probe.isStopped.withLock { $0 = true } }
    do {
      let client = try Client(server)
      client.get("/work")
      #expect(eventually { probe.asked.withLock { $0 } == 1 })
      if isReset { client.reset() }
    }
    #expect(eventually { probe.ended.withLock { $0 } == 1 })
  }

  @Test func `a body is read only after its head was looked at`() throws {
    let probe = Probe()
    let server = try LiveServer(handler: probe)
    let client = try Client(server)
    client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n")
    #expect(try client.answer().status == 401)
    #expect(probe.asked.withLock { $0 } == 0)
    let known = try Client(server)
    known.send("POST /x HTTP/1.1\r\nHost: h\r\nx-api-key: k\r\nContent-Length: 100000\r\n\r\n")
    known.send([UInt8](repeating: 0x61, count: 100_000))
    #expect(try known.answer().status == 200)
  }

  @Test func `all bodies together have a bound, and small ones are always taken`() throws {
    let server = try LiveServer(handler: Probe()) { $0.limits.bodies = 1_000_000 }
    let head = "POST /x HTTP/1.1\r\nHost: h\r\nx-api-key: k\r\nContent-Length:"
    let clients = try (0..<6).map { _ in try Client(server) }
    for client in clients {
      client.send("\(head) 400000\r\n\r\n")
      Client.Sender(client).send([UInt8](repeating: 0x61, count: 300_000))
    }
    // The length is refused before the body has come.
    #expect(eventually { clients.contains { $0.hasNews } })
    for client in clients { Client.Sender(client).send([UInt8](repeating: 0x61, count: 100_000)) }
    let statuses = clients.map { (try? $0.answer().status) ?? 0 }
    #expect(statuses.contains(503))
    let small = try Client(server)
    small.send("\(head) 10\r\n\r\n0123456789")
    #expect(try small.answer().status == 200)
    // Given back, so that the next large one is taken.
    let next = try Client(server)
    next.send("\(head) 400000\r\n\r\n")
    next.send([UInt8](repeating: 0x61, count: 400_000))
    #expect(try next.answer().status == 200)
  }

  @Test func `health and readiness answer, and reading goes on, while syncs hang`() throws {
    let bridge = try LiveBridge()
    // A remote that takes connections and says nothing.
    let silent = try SilentListener()
    _ = try VerbTable.perform(
      "remote add", ["name": "origin", "url": .string("http://127.0.0.1:\(silent.port)/x.git")],
      in: Call(world: World(now: { [store = bridge.store] in store.now }), directory: bridge.folder)
    )
    #expect(
      try bridge.call("POST", "/api/v1/memories", #"{"agent_id":"a","content":"c"}"#).status == 201)
    func sync() throws -> Client {
      let client = try Client(bridge.server)
      client.send("POST /api/v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
      return client
    }
    // One goes on, one waits, and there is no place for the others.
    let first = try sync()
    #expect(eventually { silent.hasGuest })
    let more = try (0..<3).map { _ in try sync() }
    #expect(eventually { more.count { $0.hasNews } == 2 })
    for refused in more where refused.hasNews { #expect(try refused.answer().status == 503) }
    for _ in 0..<3 {
      for path in ["/health", "/ready", "/api/v1/memories", "/api/v1/status", "/api/v1/agents/a"] {
        #expect(try bridge.call("GET", path).status == 200)
      }
      #expect(try bridge.call("POST", "/api/v1/search", #"{"query":"c"}"#).status == 200)
    }
    silent.close()
    withExtendedLifetime((first, more)) {}
  }

  @Test
  func
    `a repository that is gone for a while is 503 without its path, and goes on when it is back`()
    throws
  {
    for isOpen in [true, false] {
      let bridge = try LiveBridge(isOpen: isOpen)
      let key = try bridge.store.keys.create(
        name: "k", scope: .admin, world: World(now: { [store = bridge.store] in store.now })
      ).secret
      let headers = ["x-api-key: \(key)"]
      let body = #"{"agent_id":"a","content":"kept"}"#
      #expect(try bridge.call("POST", "/api/v1/memories", body, headers: headers).status == 201)
      #expect(rename(bridge.folder, bridge.folder + ".away") == 0)
      for (method, path, body) in [
        ("GET", "/api/v1/agents/a", ""), ("GET", "/api/v1/memories", ""), ("GET", "/ready", ""),
        ("POST", "/api/v1/memories", body), ("GET", "/api/v1/status", ""),
      ] {
        let answer = try bridge.call(method, path, body, headers: headers)
        #expect(answer.status == 503, "\(isOpen) \(method) \(path): \(answer.json)")
        #expect(answer.json["error"]?.string?.contains(bridge.folder) == false)
      }
      // Long enough for whoever looks at files to notice.
      usleep(900_000)
      #expect(rename(bridge.folder + ".away", bridge.folder) == 0)
      #expect(
        eventually {
          (try? bridge.call("POST", "/api/v1/memories", body, headers: headers))?.status == 201
        })
      let list = try bridge.call("GET", "/api/v1/memories", headers: headers)
      #expect(list.json["count"]?.integer ?? 0 >= 2)
    }
  }

  @Test func `a large body is read off the server's thread, and answered all the same`() throws {
    let bridge = try LiveBridge()
    let rows = (0..<500).map {
      #"{"agent_id":"a1","content":"\#(String(repeating: "x", count: 500)) \#($0)"}"#
    }
    let made = try bridge.call(
      "POST", "/api/v1/memories", #"{"memories":[\#(rows.joined(separator: ","))]}"#)
    #expect(made.status == 201)
    #expect(made.json["count"]?.integer == 500)
    let list = try bridge.call("GET", "/api/v1/memories?limit=1000&order=asc")
    #expect(list.json["memories"]?.array?.count == 500)
    #expect(list.json["memories"] == made.json["memories"])
    let spaces = String(repeating: " ", count: 10_000)
    let found = try bridge.call("POST", "/api/v1/sessions/search", "{\(spaces)}")
    #expect(found.status == 200)
    #expect(try bridge.call("POST", "/api/v1/search", "{\(spaces)").status == 400)
  }
}

/// A server that takes connections and never says anything.
final class SilentListener: Sendable {
  let port: UInt16
  private let socket: Int32
  private let guests = Guests()

  private final class Guests: Sendable {
    let sockets = Mutex<[Int32]>([])
  }

  init() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.socket = socket
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    inet_pton(AF_INET, "127.0.0.1", &name.sin_addr)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(socket, $0, size)
        _ = listen(socket, 16)
        _ = getsockname(socket, $0, &size)
      }
    }
    port = UInt16(bigEndian: name.sin_port)
    try startThread { [guests] in
      while true {
        let guest = accept(socket, nil, nil)
        guard guest >= 0 else { return }
        guests.sockets.withLock { $0.append(guest) }
      }
    }
  }

  var hasGuest: Bool { guests.sockets.withLock { !$0.isEmpty } }

  /// Ends all that wait.
  func close() {
    shutdown(socket, Int32(SHUT_RDWR))
    for guest in guests.sockets.withLock({ $0 }) { shutdown(guest, Int32(SHUT_RDWR)) }
  }
}
