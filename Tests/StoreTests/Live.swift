// A repository that is held in memory, as a bridge holds it, and a bridge as a process.

import Glibc
import System
import Testing

@testable import Memtrace

extension World {
  /// The clock of this machine.
  static let current = World(now: {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  })
}

extension Clone {
  func live() throws -> LiveStore {
    try LiveStore(
      at: path, organisation: nil, world: .current,
      network: Network(sleep: { usleep(UInt32($0) * 1_000) }))
  }

  /// A bridge without keys, once it answers.
  /// - Throws: `notFound` where it ended before that.
  func serve(with more: [String: String] = [:]) throws -> (child: Child, url: String) {
    let child = try world.start(
      [TestWorld.memtrace, "serve", "--no-auth", "--listen", "127.0.0.1:0"], in: path, with: more)
    for _ in 0..<2_400 {
      let words = try child.said().split(separator: " ")
      if let address = words.last, words.count == 3, address.hasSuffix("\n") {
        return (child, "http://\(address.dropLast())")
      }
      if child.hasEnded {
        throw MemtraceError(.notFound, "the bridge ended: \(try child.wait().err)")
      }
      usleep(25_000)
    }
    child.kill()
    throw MemtraceError(.internal, "the bridge says no address")
  }
}

extension LiveStore {
  /// The new record's id, once it is durable.
  func remember(_ text: String, _ session: String, more: [(String, String)] = []) throws -> String {
    let answer = try perform(
      "remember", [("agent_id", "ana"), ("content", text), ("session_id", session)] + more)
    return try #require(answer["id"]?.string)
  }

  /// The answer of a verb that writes, once it is durable.
  @discardableResult
  func perform(_ verb: String, _ fields: [(String, String)]) throws -> JSON {
    let input = JSON.object(fields.map { .init($0.0, .string($0.1)) })
    let answer = Answered()
    write(isAlone: true) { call in
      try VerbTable.perform(verb, input, in: call)
    } done: {
      answer.take($0)
    }
    var json = JSONWriter()
    try answer.wait().get().write(to: &json)
    return try JSON(parsing: json.bytes)
  }

  /// Until no record waits for its commit, or two minutes.
  func waitUntilCommitted() throws {
    for _ in 0..<4_800 {
      if figures().uncommitted == 0, figures().waiting == 0 { return }
      usleep(25_000)
    }
    Issue.record("\(figures().uncommitted) records wait for their commit")
  }
}

/// One answer, handed from the writer's thread to the test's.
private final class Answered: @unchecked Sendable {
  private let signal = Signal()
  private var result: Result<any Answer, any Error>?

  func take(_ result: Result<any Answer, any Error>) {
    self.result = result
    signal.post()
  }

  func wait() -> Result<any Answer, any Error> {
    signal.wait()
    return result!
  }
}
