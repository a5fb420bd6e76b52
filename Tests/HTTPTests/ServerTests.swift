// The server on a live socket: order, persistence, and answers from elsewhere.

import Glibc
import Memtrace
import Synchronization
import System
import Testing

@testable import MemtraceHTTP

struct ServerTests {
  @Test func `a connection serves one request after another`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    for index in 0..<50 {
      client.get("/n\(index)")
      let answer = try client.answer()
      #expect(answer.status == 200 && answer.body == "n\(index)")
    }
    client.get("/last", "Connection: close\r\n")
    #expect(try client.answer().head.hasSuffix("\r\nConnection: close"))
    #expect(try client.isClosed())
    #expect(server.stop())
  }

  @Test func `pipelined requests are answered in order, slow ones included`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.get("/a")
    client.get("/later?ms=40")
    client.get("/work")
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")
    client.get("/later?ms=1")
    client.get("/z")
    let bodies = try (0..<6).map { _ in try client.answer().body }
    #expect(bodies == ["a", "later", "worked", "hi", "later", "z"])
    #expect(server.stop())
  }

  @Test func `a thousand pipelined requests with large answers come back whole`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    let body = String(repeating: "b", count: 3_000)
    let sender = Client.Sender(client)
    try? startThread {
      for _ in 0..<1_000 {
        sender.send(
          Array("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n\(body)".utf8))
      }
    }
    for _ in 0..<1_000 { #expect(try client.answer().body == body) }
    #expect(server.stop())
  }

  @Test func `a large answer goes out in pieces`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.get("/big")
    client.get("/next")
    usleep(20_000)
    #expect(try client.answer().body.utf8.count == 8_000_000)
    #expect(try client.answer().body == "next")
    #expect(server.stop())
  }

  @Test func `chunks and 100 Continue`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    )
    #expect(try client.answer(hasBody: false).head == "HTTP/1.1 100 Continue")
    for piece in ["5\r\nhel", "lo\r\n", "1;x\r", "\n!\r\n0\r\n", "\r\n"] {
      client.send(piece)
      usleep(1_000)
    }
    #expect(try client.answer().body == "hello!")
    #expect(server.stop())
  }

  @Test func `HEAD has the length and no body`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.send("HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try client.answer(hasBody: false).head.contains("Content-Length: 3"))
    client.get("/next")
    #expect(try client.answer().body == "next")
    #expect(server.stop())
  }

  @Test func `HTTP 1 0 closes unless it asks not to`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(try client.answer().head.hasSuffix("Connection: keep-alive"))
    client.send("GET /b HTTP/1.0\r\n\r\n")
    #expect(try client.answer().body == "b")
    #expect(try client.isClosed())
    #expect(server.stop())
  }

  @Test func `a client that has sent its last byte still gets its answers`() throws {
    let server = try LiveServer()
    let client = try Client(server)
    client.get("/later?ms=30")
    client.get("/b")
    client.finishSending()
    #expect(try client.answer().body == "later")
    #expect(try client.answer().body == "b")
    #expect(try client.isClosed())
    #expect(server.stop())
  }

  @Test func `a client that is gone leaves nothing behind`() throws {
    let server = try LiveServer { $0.timeouts.stop = 0.2 }
    for path in ["/later?ms=30", "/big", "/never", "/work"] { try Client(server).get(path) }
    let watcher = try Client(server)
    // The one that is never answered stays until its time-out.
    let isDown = eventually {
      watcher.get("/open")
      return ["1", "2"].contains(try? watcher.answer().body)
    }
    #expect(isDown)
    #expect(server.stop())
  }

  @Test func `each exchange is logged without its query`() throws {
    let lines = Mutex<[String]>([])
    let server = try LiveServer {
      $0.log = { exchange in
        let line = "\(exchange.method) \(exchange.path) \(exchange.status) \(exchange.bytes)"
        lines.withLock { $0.append(line) }
      }
    }
    let client = try Client(server)
    client.get("/a%20b?secret=1")
    _ = try client.answer()
    client.get("/later?x")
    _ = try client.answer()
    client.send("GET /bad HTTP/1.1\r\nHost : h\r\n\r\n")
    #expect(try client.answer().status == 400)
    client.finishSending()
    #expect(server.stop())
    #expect(lines.withLock { $0 } == ["GET /a%20b 200 3", "GET /later 200 5", "GET /bad 400 27"])
  }
}
