// From an assistant's standard input to a bridge far away, and back.

internal import Glibc
import Memtrace

/// Passes each message on as a POST and prints what is answered. It reads of a message what the headers must repeat, and no more.
public final class Relay {
  /// What came back: nil status where nothing did, and why.
  public struct Reply {
    public let status: Int?
    public let body: [UInt8]

    public init(status: Int?, body: [UInt8]) {
      self.status = status
      self.body = body
    }
  }

  private let input: Int32
  private let post: ([UInt8], [(name: String, value: String)]) -> Reply
  private let write: ([UInt8]) -> Bool
  /// What `initialize` agreed on; a client of that era says it in no message.
  private var agreed: String?

  public init(
    input: Int32, post: @escaping ([UInt8], [(name: String, value: String)]) -> Reply,
    write: @escaping ([UInt8]) -> Bool
  ) {
    self.input = input
    self.post = post
    self.write = write
  }

  /// Returns when the input has ended, or when nobody reads the answers.
  public func run() {
    var lines = LineReader(input)
    while let line = lines.next() {
      guard let answer = answer(line) else { continue }
      guard write(answer + [UInt8(ascii: "\n")]) else { return }
    }
  }

  private func answer(_ line: LineReader.Line) -> [UInt8]? {
    guard case .text(let bytes) = line else {
      return Fault(.invalidRequest, "the message is longer than 8 MiB").bytes
    }
    let json = try? JSON(parsing: bytes)
    let reply = post(bytes, headers(of: json))
    let isRequest = json?.array != nil || json?["method"] != nil && json?["id"] != nil
    guard let status = reply.status else {
      return isRequest ? fault(String(decoding: reply.body, as: UTF8.self), json) : nil
    }
    guard let said = try? JSON(parsing: reply.body) else {
      return isRequest ? fault("the bridge answered \(status)", json) : nil
    }
    if said["jsonrpc"] == nil, said.array == nil {
      // What the bridge says before it looks at the message: no key, too large, busy.
      return isRequest ? fault(said["error"]?.string ?? "the bridge answered \(status)", json) : nil
    }
    if json?["method"] == "initialize", let version = said["result"]?["protocolVersion"]?.string {
      agreed = version
    }
    return said.bytes
  }

  private func fault(_ words: String, _ json: JSON?) -> [UInt8] {
    var fault = Fault(.internalError, words)
    fault.id = json?["id"] ?? .null
    return fault.bytes
  }

  private func headers(of json: JSON?) -> [(name: String, value: String)] {
    let params = json?["params"]
    guard let version = params?["_meta"]?[Meta.version]?.string else {
      return agreed.map { [("MCP-Protocol-Version", $0)] } ?? []
    }
    var headers = [("MCP-Protocol-Version", version)]
    guard let method = json?["method"]?.string else { return headers }
    headers.append(("Mcp-Method", method))
    if let key = Header.named[method], let name = params?[key]?.string {
      headers.append(("Mcp-Name", Header.encoded(name)))
    }
    return headers
  }
}
