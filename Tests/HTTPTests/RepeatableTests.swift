// A request that comes again byte for byte: answered without the handler, for as long as its version stays.

import Synchronization
import Testing

@testable import MemtraceHTTP

struct RepeatableTests {
  /// Says how often it was asked; answers under `/steady` hold until `change`.
  final class Counting: Handler {
    let asked = Mutex(0)
    private let current = Mutex(1)

    var version: Int { current.withLock { $0 } }

    func change() { current.withLock { $0 += 1 } }

    func respond(to request: Request, counters: Counters) -> Outcome {
      let count = asked.withLock { asked in
        asked += 1
        return asked
      }
      var response = Response(status: 200, body: Array("\(count)".utf8) + request.body)
      if request.path.first == "steady" { response.version = version }
      return .now(response)
    }
  }

  let handler = Counting()
  let server: LiveServer
  let client: Client

  init() throws {
    server = try LiveServer(handler: handler)
    client = try Client(server)
  }

  private func get(_ target: String, _ headers: String = "") throws -> String {
    client.get(target, headers)
    return try client.answer().body
  }

  @Test func `the same request gets the same answer until the version changes`() throws {
    #expect(try [get("/steady"), get("/steady"), get("/steady")] == ["1", "1", "1"])
    handler.change()
    #expect(try [get("/steady"), get("/steady")] == ["2", "2"])
  }

  @Test func `another target, header or connection is another request`() throws {
    #expect(try get("/steady") == "1")
    #expect(try get("/steady?a") == "2")
    #expect(try get("/steady", "Accept: */*\r\n") == "3")
    let other = try Client(server)
    other.get("/steady")
    #expect(try other.answer().body == "4")
    #expect(try get("/steady", "Accept: */*\r\n") == "3")
  }

  @Test func `an answer without a version is made each time`() throws {
    #expect(try [get("/once"), get("/once")] == ["1", "2"])
  }

  @Test func `no request is lost or doubled wherever the stream is cut`() throws {
    let two = Array(String(repeating: "GET /steady HTTP/1.1\r\nHost: h\r\n\r\n", count: 2).utf8)
    for cut in 1..<two.count {
      client.send(Array(two[..<cut]))
      client.send(Array(two[cut...]))
      _ = try (0..<2).map { _ in try client.answer() }
      #expect(try get("/once/\(cut)") == "\(handler.asked.withLock { $0 })")
    }
    client.finishSending()
    #expect(try client.isClosed())
  }

  @Test func `a request with a body is not taken for one without`() throws {
    let head = "POST /steady HTTP/1.1\r\nHost: h\r\n"
    for body in [
      "Content-Length: 1\r\n\r\na", "Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
      client.send(head + body)
      client.send(head + body)
    }
    let bodies = try (0..<6).map { _ in try client.answer().body }
    #expect(bodies == ["1a", "2a", "3b", "4b", "5", "6"])
  }

  @Test func `HEAD is answered again without a body`() throws {
    for _ in 0..<3 {
      client.send("HEAD /steady HTTP/1.1\r\nHost: h\r\n\r\n")
      let answer = try client.answer(hasBody: false)
      #expect(answer.head.contains("Content-Length: 1"))
    }
    #expect(try get("/steady") == "2")
  }
}
