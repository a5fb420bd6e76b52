// What a handler answers: a value; the server adds framing and date.

public struct Response: Sendable {
  public var status: Int
  /// Beside Content-Type, Content-Length, Date and Connection, which the server writes.
  public var headers: [(name: String, value: String)]
  public var contentType: String
  public var body: [UInt8]
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
    var body = Array(#"{"error":"#.utf8)
    appendQuoted(message, to: &body)
    if let hint {
      body.append(contentsOf: #","hint":"#.utf8)
      appendQuoted(hint, to: &body)
    }
    body.append(UInt8(ascii: "}"))
    return Response(status: status, body: body, headers: headers)
  }

  /// A JSON string (RFC 8259, 7).
  private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
