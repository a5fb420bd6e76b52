// MCP over standard input and output: one message a line, nothing else on the way out.

internal import Dispatch
internal import Glibc
internal import Memtrace
internal import Synchronization

/// Reads requests from one descriptor and answers them, one after the other, until it ends.
///
/// A thread of its own reads ahead and looks at each message at once, so that a cancellation reaches a request that
/// still waits; the calling thread answers. A request that was cancelled gets no answer; a verb under way is not
/// torn apart.
public final class StdioServer: Sendable {
  /// Bytes of requests that wait; beyond that nothing is read, and the client waits.
  private static let backlog = 64 << 20

  private let service: Service
  private let input: Int32
  private let write: @Sendable ([UInt8]) -> Bool
  private let inbox = Inbox(backlog: backlog)

  /// - Parameter write: sends a message and its line feed; false once nobody reads.
  public init(_ service: Service, input: Int32, write: @escaping @Sendable ([UInt8]) -> Bool) {
    self.service = service
    self.input = input
    self.write = write
  }

  /// Returns when the input has ended and what came before is answered, or when nobody reads the answers.
  public func run() {
    DispatchQueue(label: "memtrace.mcp.input").async { [self] in
      var lines = LineReader(input)
      while let line = lines.next() { inbox.add(line) }
      inbox.end()
    }
    var connection = Connection(service)
    while let line = inbox.next() {
      guard let answer = answer(line, &connection) else { continue }
      guard write(answer + [UInt8(ascii: "\n")]) else { return }
    }
  }

  private func answer(_ line: Inbox.Line, _ connection: inout Connection) -> [UInt8]? {
    switch line {
    case .tooLong: return Fault(.invalidRequest, "the message is longer than 8 MiB").bytes
    case .garbage(let reason): return Fault(.parse, "Parse error: \(reason)").bytes
    case .message(let json): return answer(json, &connection)
    case .batch(let batch):
      guard connection.takesBatches(), !batch.isEmpty else {
        return Fault(.invalidRequest, "a message is one JSON-RPC 2.0 object").bytes
      }
      let answers = batch.compactMap { answer($0, &connection) }
      guard !answers.isEmpty else { return nil }
      return [UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")])
        + [UInt8(ascii: "]")]
    }
  }

  private func answer(_ json: JSON, _ connection: inout Connection) -> [UInt8]? {
    do throws(Fault) {
      guard case .request(let id, let method, let params) = try Message(json) else { return nil }
      guard !inbox.begin(id) else { return nil }
      let answer = connection.answer(id, method, params, progress: progress(of: params))
      return inbox.finish(id) ? nil : answer
    } catch {
      return error.bytes
    }
  }

  /// Tells of progress where the client asked for it. What is told grows by one each time, as the protocol wants it.
  private func progress(of params: JSON?) -> Service.Progress {
    guard let token = params?["_meta"]?["progressToken"] else { return { _, _, _ in } }
    let told = Mutex((count: 0, words: ""))
    return { [write] label, done, total in
      let share = total.map { $0 > 0 ? " \(done * 100 / $0) %" : "" } ?? ""
      let words = label + share
      let count: Int? = told.withLock { told in
        guard told.words != words else { return nil }
        told = (told.count + 1, words)
        return told.count
      }
      guard let count else { return }
      let params: JSON = [
        "progressToken": token, "progress": .number(String(count)), "message": .string(words),
      ]
      _ = write(Message.notification("notifications/progress", params) + [UInt8(ascii: "\n")])
    }
  }
}
