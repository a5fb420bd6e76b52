// A response as it goes over the wire: head and body in one buffer.

extension Response {
  /// How the answer ends on its connection.
  enum Persistence { case implied, keepAlive, close }

  /// How its end is told.
  enum Framing {
    case counted
    /// Its length is not known yet.
    case chunked
    /// The same for a client that knows no chunks.
    case untilClosed
  }

  /// Appends the response. `date` is the value of the Date header; a HEAD request gets no body but its length.
  func append(
    to bytes: inout [UInt8], date: [UInt8], isHead: Bool = false,
    persistence: Persistence = .implied, framing: Framing = .counted
  ) {
    let hasBody = status >= 200 && status != 204 && status != 304
    bytes.reserveCapacity(bytes.count + 256 + (isHead ? 0 : body.count))
    bytes.append(contentsOf: "HTTP/1.1 ".utf8)
    bytes.append(decimal: status)
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: (Response.reasons[status] ?? "").utf8)
    bytes.append(contentsOf: "\r\nDate: ".utf8)
    bytes.append(contentsOf: date)
    if hasBody {
      bytes.append(contentsOf: "\r\nContent-Type: ".utf8)
      bytes.append(visible: contentType)
      switch framing {
      case .counted:
        bytes.append(contentsOf: "\r\nContent-Length: ".utf8)
        bytes.append(decimal: body.count)
      case .chunked: bytes.append(contentsOf: "\r\nTransfer-Encoding: chunked".utf8)
      case .untilClosed: break
      }
    }
    for header in headers {
      bytes.append(contentsOf: "\r\n".utf8)
      bytes.append(visible: header.name)
      bytes.append(contentsOf: ": ".utf8)
      bytes.append(visible: header.value)
    }
    switch persistence {
    case .implied: bytes.append(contentsOf: "\r\n\r\n".utf8)
    case .keepAlive: bytes.append(contentsOf: "\r\nConnection: keep-alive\r\n\r\n".utf8)
    case .close: bytes.append(contentsOf: "\r\nConnection: close\r\n\r\n".utf8)
    }
    guard hasBody, !isHead else { return }
    if framing == .chunked { bytes.append(chunk: body) } else { bytes.append(contentsOf: body) }
  }

  /// The phrases of RFC 9110, 15; a status that is not here has none, which is allowed.
  private static let reasons: [Int: String] = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 413: "Content Too Large",
    414: "URI Too Long", 415: "Unsupported Media Type", 417: "Expectation Failed",
    421: "Misdirected Request", 422: "Unprocessable Content", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
  ]
}

extension [UInt8] {
  /// One chunk (RFC 9112, 7.1); an empty one is the last.
  mutating func append(chunk: [UInt8]) {
    append(contentsOf: String(chunk.count, radix: 16).utf8)
    append(contentsOf: "\r\n".utf8)
    append(contentsOf: chunk)
    append(contentsOf: "\r\n".utf8)
  }

  mutating func append(decimal value: Int) {
    if value >= 10 { append(decimal: value / 10) }
    append(UInt8(0x30 + value % 10))
  }

  /// Control bytes become spaces, so that no value can begin a header of its own.
  fileprivate mutating func append(visible text: String) {
    let start = count
    append(contentsOf: text.utf8)
    for index in start..<count where self[index] < 0x20 || self[index] == 0x7F {
      self[index] = 0x20
    }
  }
}
