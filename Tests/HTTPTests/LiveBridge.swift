// A repository of its own behind a bridge of its own, for tests of routes.

import Glibc
import Memtrace

@testable import MemtraceHTTP

/// A repository of its own behind a bridge of its own.
final class LiveBridge: Sendable {
  let folder: String
  let store: LiveStore
  let server: LiveServer

  init(
    isOpen: Bool = true, _ change: (inout Bridge.Configuration) -> Void = { _ in },
    configure: (inout ServerConfiguration) -> Void = { _ in }
  ) throws {
    var path = Array("/tmp/memtrace-bridge.XXXXXX".utf8CString)
    mkdtemp(&path)
    folder = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let world = World(now: {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    })
    _ = try VerbTable.perform(
      "init", ["directory": .string(folder), "org": "acme"],
      in: Call(world: world, directory: folder))
    store = try LiveStore(
      at: folder, organisation: nil, world: world, network: Network(sleep: { _ in }))
    var configuration = Bridge.Configuration()
    configuration.isOpen = isOpen
    change(&configuration)
    server = try LiveServer(
      handler: try Bridge([store], configuration: configuration), configure: configure)
  }

  deinit {
    server.server.stop()
    store.stop()
    _ = try? remove(folder)
  }

  private func remove(_ folder: String) throws {
    var child = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = ["rm", "-rf", folder].map {
      (text: String) in strdup(text)
    }
    arguments.append(nil)
    if posix_spawn(&child, "/bin/rm", nil, nil, arguments, nil) == 0 {
      var status: Int32 = 0
      waitpid(child, &status, 0)
    }
    for argument in arguments { free(argument) }
  }

  /// Every line that an export has of a session.
  func lines(of session: String) throws -> [String] {
    let call = Call(world: World(now: { [store] in store.now }), directory: folder)
    var json = JSONWriter()
    try VerbTable.perform("export", [:], in: call).write(to: &json)
    return String(decoding: json.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { $0.contains(session) }
  }

  func call(
    _ method: String, _ path: String, _ body: String = "", headers: [String] = []
  ) throws -> (status: Int, json: JSON, head: String) {
    let client = try Client(server)
    let lines =
      ["\(method) \(path) HTTP/1.1"] + headers
      + (headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1"])
      + (body.isEmpty ? [] : ["Content-Type: application/json"])
      + ["Content-Length: \(body.utf8.count)", "Connection: close", "", body]
    client.send(lines.joined(separator: "\r\n"))
    let answer = try client.answer(hasBody: method != "HEAD")
    return (answer.status, (try? JSON(parsing: answer.body)) ?? .null, answer.head)
  }
}
