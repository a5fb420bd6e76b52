// A server on a port of its own, and a client of raw bytes.

import Glibc
import Memtrace
import Synchronization
import System
import Testing

@testable import MemtraceHTTP

/// Runs a handler on 127.0.0.1 until `stop`.
final class LiveServer: Sendable {
  let server: Server
  private let isOver = Mutex(false)

  init(
    _ address: ListenAddress = .tcp(host: "127.0.0.1", port: 0), handler: any Handler = Routes(),
    configure: (inout ServerConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = ServerConfiguration()
    configure(&configuration)
    let server = try Server(listen: address, handler: handler, configuration: configuration)
    self.server = server
    try? startThread { [self] in
      server.run()
      isOver.withLock { $0 = true }
    }
  }

  var hasEnded: Bool { isOver.withLock { $0 } }

  /// Asks the server to stop and says whether it did.
  func stop() -> Bool {
    server.stop()
    return eventually { hasEnded }
  }

  deinit { server.stop() }
}

/// Looks again and again until something holds; false if it does not in a minute: a machine may be busy.
func eventually(within seconds: Double = 60, _ holds: () -> Bool) -> Bool {
  let end = Clock.monotonic() + Int64(seconds * 1e9)
  while !holds() {
    guard Clock.monotonic() < end else { return false }
    usleep(2_000)
  }
  return true
}

/// What the tests ask: an echo, work on the pool, and answers from other threads.
struct Routes: Handler {
  func respond(to request: Request, counters: Counters) -> Outcome {
    switch request.path.first {
    case "echo": .now(Response(status: 200, contentType: "text/plain", body: request.body))
    case "big": .now(Response(status: 200, body: [UInt8](repeating: 0x61, count: 8_000_000)))
    case "open": .now(Response(status: 200, body: Array(String(counters.open).utf8)))
    case "work": .work { _ in .now(Response(status: 200, body: Array("worked".utf8))) }
    case "later":
      .later { done in
        try? startThread {
          usleep(UInt32(request.queryValue("ms") ?? "20")! * 1_000)
          done(Response(status: 200, body: Array("later".utf8)))
          done(Response(status: 500))
        }
      }
    case "never": .later { _ in }
    case let other: .now(Response(status: 200, body: Array((other ?? "root").utf8)))
    }
  }
}

/// Answers when the test says so, and lets it see how many requests it has.
final class Held: Handler {
  private let waiting = Mutex<[@Sendable (Response) -> Void]>([])

  var count: Int { waiting.withLock { $0.count } }

  func respond(to request: Request, counters: Counters) -> Outcome {
    .later { done in self.waiting.withLock { $0.append(done) } }
  }

  func release() {
    for done in waiting.withLock({ $0 }) {
      done(Response(status: 200, body: Array("later".utf8)))
    }
  }
}

extension Request {
  /// The first value of a query item; nil if there is none.
  func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// A blocking socket; every read gives up after a minute.
final class Client {
  struct Answer: Hashable {
    let status: Int
    let head: String
    let body: String
  }

  private let socket: Int32
  private var unread: [UInt8] = []

  init(_ server: LiveServer) throws {
    guard case .tcp(_, let port) = server.server.address else { throw ClientError.notConnected }
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &name.sin_addr)
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw ClientError.notConnected }
  }

  deinit { close(socket) }

  enum ClientError: Error { case notConnected, cutOff, badAnswer }

  /// A GET with the least that HTTP/1.1 asks for.
  func get(_ target: String, _ headers: String = "") {
    send("GET \(target) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n")
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) { Sender(self).send(bytes) }

  /// The sending half, for another thread. It has a descriptor of its own: one that the client closed might
  /// be another test's by now.
  final class Sender: Sendable {
    private let socket: Int32

    init(_ client: Client) { socket = dup(client.socket) }

    deinit { close(socket) }

    /// Gives up without a word once the server is gone.
    func send(_ bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }
  }

  /// Whether something of an answer, or the end of the connection, has come.
  var hasNews: Bool {
    var one = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return !unread.isEmpty || poll(&one, 1, 0) > 0
  }

  func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// The next answer. `hasBody` is false for the answer to HEAD and for an interim one.
  func answer(hasBody: Bool = true) throws -> Answer {
    var scanned = 0
    while true {
      if let end = endOfHead(from: scanned) {
        let head = String(decoding: unread[..<end], as: UTF8.self)
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
          .flatMap { Int($0.dropFirst(16)) }
        unread.removeSubrange(..<(end + 4))
        let count = hasBody ? length ?? 0 : 0
        while unread.count < count { guard try fill() else { throw ClientError.cutOff } }
        var bytes = Array(unread[..<count])
        unread.removeSubrange(..<count)
        if hasBody, head.contains("\r\nTransfer-Encoding: chunked") { bytes = try chunks() }
        let body = String(decoding: bytes, as: UTF8.self)
        guard let status = Int(head.dropFirst(9).prefix(3)) else { throw ClientError.badAnswer }
        return Answer(status: status, head: head, body: body)
      }
      scanned = max(unread.count - 3, 0)
      guard try fill() else { throw ClientError.cutOff }
    }
  }

  /// A body that comes in chunks, to its end.
  private func chunks() throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      while endOfLine == nil { guard try fill() else { throw ClientError.cutOff } }
      let line = String(decoding: unread[..<endOfLine!], as: UTF8.self)
      guard let size = Int(line, radix: 16) else { throw ClientError.badAnswer }
      unread.removeFirst(line.utf8.count + 2)
      while unread.count < size + 2 { guard try fill() else { throw ClientError.cutOff } }
      body += unread[..<size]
      unread.removeFirst(size + 2)
      if size == 0 { return body }
    }
  }

  private var endOfLine: Int? { unread.firstIndex(of: 13) }

  /// All that comes until the server closes.
  func everything() throws -> String {
    while try fill() {}
    return String(decoding: unread, as: UTF8.self)
  }

  /// Makes the end of the connection a reset.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }

  /// Whether the server has closed, with nothing more to read.
  func isClosed() throws -> Bool {
    guard unread.isEmpty else { return false }
    return try !fill()
  }

  private func endOfHead(from start: Int) -> Int? {
    guard unread.count >= start + 4 else { return nil }
    return (start...unread.count - 4).first { unread[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
  }

  /// False at the end of the stream, be it orderly or not.
  private func fill() throws -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &bytes, bytes.count, 0)
    if count < 0, errno == EAGAIN { throw ClientError.cutOff }
    guard count > 0 else { return false }
    unread.append(contentsOf: bytes[..<count])
    return true
  }
}
