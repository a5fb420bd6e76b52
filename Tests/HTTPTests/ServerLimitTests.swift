// The server under hostile and slow clients, and its end.

import Glibc
import Memtrace
import Synchronization
import System
import Testing

@testable import MemtraceHTTP

struct ServerLimitTests {
  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ("GET / HTTP/2.0\r\n\r\n", 505),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n", 413),
  ])
  func `a refused request is answered in JSON and ends the connection`(text: String, status: Int)
    throws
  {
    let server = try LiveServer()
    let client = try Client(server)
    client.get("/before")
    client.send(text + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try client.answer().body == "before")
    let answer = try client.answer()
    #expect(answer.status == status)
    #expect(answer.body.hasPrefix(#"{"error":""#))
    client.finishSending()
    #expect(try client.isClosed())
    #expect(server.stop())
  }

  @Test func `an oversized upload is answered although it goes on`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n600000\r\n")
    client.send([UInt8](repeating: 0x61, count: 20_000_000))
    #expect(try client.answer().status == 413)
    client.finishSending()
    #expect(server.stop())
  }

  @Test func `gigantic heads are refused`() throws {
    let server = try LiveServer()
    for (text, status) in [("GET /", 414), ("GET / HTTP/1.1\r\nA: ", 431)] {
      let client = try Client(server)
      client.send(text + String(repeating: "a", count: 200_000))
      #expect(try client.answer().status == status)
    }
    #expect(server.stop())
  }

  @Test func `slow headers are cut off, however steadily they drip`() throws {
    let server = try LiveServer {
      $0.timeouts.header = 0.2
      $0.timeouts.linger = 0.1
    }
    let client = try Client(server)
    let sender = Client.Sender(client)
    let isOver = Mutex(false)
    try startThread {
      sender.send(Array("GET / HTTP/1.1\r\nHost: ".utf8))
      while !isOver.withLock({ $0 }) {
        sender.send([UInt8(ascii: "h")])
        usleep(15_000)
      }
    }
    #expect(try client.answer().status == 408)
    isOver.withLock { $0 = true }
    #expect(server.stop())
  }

  @Test func `a body that stops, an idle client and a request that takes too long end in time`()
    throws
  {
    let server = try LiveServer {
      $0.timeouts.body = 0.1
      $0.timeouts.idle = 0.2
      $0.timeouts.total = 0.3
      $0.timeouts.linger = 0.1
    }
    // On a busy machine a connection may have been idle for too long before its first byte is sent: then another one.
    func answer(to text: String) throws -> (Client, status: Int) {
      for _ in 0..<100 {
        let client = try Client(server)
        client.send(text + " HTTP/1.1\r\nHost: h\r\n")
        if text.hasPrefix("POST") {
          client.send("Content-Length: 5\r\n\r\nhe")
        } else {
          client.send("\r\n")
        }
        if let answer = try? client.answer() { return (client, answer.status) }
      }
      throw Client.ClientError.cutOff
    }
    #expect(try answer(to: "POST /echo").status == 408)
    #expect(try answer(to: "GET /never").status == 503)
    let idle = try answer(to: "GET /a")
    #expect(idle.status == 200)
    #expect(try idle.0.isClosed())
    #expect(server.stop())
  }

  @Test func `a client that takes nothing of its answer is cut off`() throws {
    let server = try LiveServer { $0.timeouts.write = 0.2 }
    let client = try Client(server)
    client.get("/big")
    let other = try Client(server)
    #expect(
      eventually {
        other.get("/open")
        return (try? other.answer().body) == "1"
      })
    #expect(throws: Client.ClientError.self) { try client.answer() }
    #expect(server.stop())
  }

  @Test func `a thousand connections idle while another is served`() throws {
    let server = try LiveServer()
    let clients = try (0..<1_000).map { _ in try Client(server) }
    for client in clients { client.get("/a") }
    for client in clients { #expect(try client.answer().status == 200) }
    let other = try Client(server)
    other.get("/open")
    #expect(try other.answer().body == "1001")
    #expect(server.stop())
    #expect(try clients.allSatisfy { try $0.isClosed() })
  }

  @Test func `a stop finishes what is under way and takes nothing new`() throws {
    let held = Held()
    let server = try LiveServer(handler: held)
    let idle = try Client(server)
    let busy = try Client(server)
    busy.get("/later")
    busy.get("/dropped")
    #expect(eventually { held.count == 1 })
    server.server.stop()
    #expect(try idle.isClosed())
    #expect(!server.hasEnded)
    held.release()
    let answer = try busy.answer()
    #expect(answer.body == "later")
    #expect(eventually { server.hasEnded })
    #expect(throws: Client.ClientError.self) { try Client(server) }
  }

  @Test func `a stop waits no longer than it may`() throws {
    let held = Held()
    let server = try LiveServer(handler: held) { $0.timeouts.stop = 0.2 }
    let client = try Client(server)
    client.get("/never")
    #expect(eventually { held.count == 1 })
    #expect(server.stop())
    #expect(try client.isClosed())
  }

  @Test func `a socket file is private, is taken over when stale, and goes with the server`() throws
  {
    let path = "/tmp/memtrace-http-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
    let address = try #require(ListenAddress("unix:\(path)"))
    let first = try LiveServer(address)
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
    #expect(throws: ListenError.self) { try LiveServer(address) }
    #expect(first.stop())
    #expect(lstat(path, &status) != 0)
    // Bound, never run, gone: the file of a server that was killed.
    do { _ = try Server(listen: address, handler: Routes()) }
    #expect(lstat(path, &status) == 0)
    #expect(try LiveServer(address).stop())
    #expect(throws: ListenError.self) { try LiveServer(.unix(path: "/tmp")) }
  }
}
