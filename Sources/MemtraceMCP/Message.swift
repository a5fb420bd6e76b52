// One JSON-RPC 2.0 message, read from bytes and written to them.

public import Memtrace

/// What a peer sent.
enum Message {
  /// `id` is text or a whole number, and goes back as it came.
  case request(id: JSON, method: String, params: JSON?)
  case notification(method: String, params: JSON?)
  /// An answer to a request. This server asks nothing of its clients, so it means nothing.
  case response

  /// - Throws: `Fault` with -32600, and with the id where it can be told.
  init(_ json: JSON) throws(Fault) {
    guard json.members != nil, json["jsonrpc"] == "2.0" else {
      throw Fault(.invalidRequest, "a message is one JSON-RPC 2.0 object", id: Message.id(of: json))
    }
    guard let method = json["method"] else {
      if json["result"] != nil || json["error"] != nil {
        self = .response
        return
      }
      throw Fault(.invalidRequest, "the message has no method", id: Message.id(of: json))
    }
    let params = json["params"]
    guard let name = method.string, params == nil || params?.members != nil else {
      throw Fault(
        .invalidRequest, "method is text, and params is an object", id: Message.id(of: json))
    }
    guard json["id"] != nil else {
      self = .notification(method: name, params: params)
      return
    }
    guard let id = Message.id(of: json) else {
      throw Fault(.invalidRequest, "an id is text or a whole number")
    }
    self = .request(id: id, method: name, params: params)
  }

  private static func id(of json: JSON) -> JSON? {
    switch json["id"] {
    case .string(let text)?: .string(text)
    case .number(let text)? where Int(text) != nil: .number(text)
    default: nil
    }
  }

  static func response(to id: JSON, result: JSON) -> [UInt8] {
    let message: JSON = ["jsonrpc": "2.0", "id": id, "result": result]
    return message.bytes
  }

  static func notification(_ method: String, _ params: JSON) -> [UInt8] {
    let message: JSON = ["jsonrpc": "2.0", "method": .string(method), "params": params]
    return message.bytes
  }
}

/// Why a message is refused before any tool is asked: a JSON-RPC error.
public struct Fault: Error, Hashable, Sendable {
  /// The numbers of JSON-RPC 2.0, and those that MCP 2026-07-28 reserves.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let parse = Code(rawValue: -32_700)
    public static let invalidRequest = Code(rawValue: -32_600)
    public static let methodNotFound = Code(rawValue: -32_601)
    public static let invalidParams = Code(rawValue: -32_602)
    public static let internalError = Code(rawValue: -32_603)
    /// Up to 2025-11-25; later revisions say `invalidParams`.
    public static let resourceNotFound = Code(rawValue: -32_002)
    public static let headerMismatch = Code(rawValue: -32_020)
    public static let unsupportedVersion = Code(rawValue: -32_022)
  }

  public let code: Code
  public let message: String
  public let data: JSON?
  /// The request's, where it is known.
  public var id: JSON?

  public init(_ code: Code, _ message: String, data: JSON? = nil, id: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
    self.id = id
  }

  /// The whole message.
  public var bytes: [UInt8] {
    var error: [JSON.Member] = [
      .init("code", .number(String(code.rawValue))), .init("message", .string(message)),
    ]
    if let data { error.append(.init("data", data)) }
    let message: JSON = ["jsonrpc": "2.0", "id": id ?? .null, "error": .object(error)]
    return message.bytes
  }
}
