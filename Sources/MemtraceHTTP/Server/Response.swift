// What a handler answers: a value; the server adds framing and date.

import Memtrace

public struct Response: Sendable {
  public var status: Int
  /// Beside Content-Type, Content-Length, Date and Connection, which the server writes.
  public var headers: [(name: String, value: String)]
  public var contentType: String
  public var body: [UInt8]
  /// What follows the body, piece by piece, each made when the one before it was taken; an empty one is the end.
  public var rest: (@Sendable () -> [UInt8])?
  /// What follows the body as it happens: called for the next piece, which comes whenever there is one. Instead of `rest`.
  public var feed: (@Sendable (@escaping @Sendable ([UInt8]) -> Void) -> Void)?
  /// The name of the key that was used, for the log.
  public var caller = ""
  /// The pattern of the route that answered, for the log and the metrics; empty where none did.
  public var route = ""

  public init(
    status: Int, contentType: String = "application/json", body: [UInt8] = [],
    headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.headers = headers
    self.contentType = contentType
    self.body = body
  }

  /// `{"error":"…","hint":"…"}`, the form of every error.
  public static func error(
    _ status: Int, _ message: String, hint: String? = nil,
    headers: [(name: String, value: String)] = []
  ) -> Response {
    let hints = hint.map { [JSON.Member("hint", .string($0))] } ?? []
    let body = JSON.object([.init("error", .string(message))] + hints).bytes
    return Response(status: status, body: body, headers: headers)
  }
}
