// The head of a request: request line, headers, and what they say about the body (RFC 9112, 2 to 6).

/// What the headers say about the message as a whole.
struct Framing: Hashable {
  var length: Int?
  var isChunked = false
  var hosts = 0
  var skippedEmptyLine = false
  var closes = false
  var continued = false
  var isHeadTaken = false
  var trailers = 0
}

extension RequestDecoder {
  /// One empty line before a request is skipped (RFC 9112, 2.2); what cannot begin a method is refused at once.
  mutating func beginHead() throws(Rejection) -> Bool {
    guard position < buffer.count else { return false }
    if buffer[position] == 0x0D, !framing.skippedEmptyLine {
      guard position + 1 < buffer.count else { return false }
      guard buffer[position + 1] == 0x0A else { throw .malformed("bad request line") }
      framing.skippedEmptyLine = true
      position += 2
      return true
    }
    guard Bytes.isToken(buffer[position]) else { throw .malformed("bad request line") }
    headStart = position
    scanned = position
    phase = .requestLine
    return true
  }

  mutating func readRequestLine() throws(Rejection) -> Bool {
    let tooLong = Rejection(status: 414, reason: "request target too long")
    guard let line = try nextLine(before: headStart + limits.target + 256, else: tooLong) else {
      return false
    }
    guard let first = buffer[line].firstIndex(of: 0x20),
      let last = buffer[line].lastIndex(of: 0x20), first < last
    else { throw .malformed("bad request line") }
    let method = line.lowerBound..<first
    let target = first + 1..<last
    guard method.allSatisfy({ Bytes.isToken(buffer[$0]) }) else { throw .malformed("bad method") }
    draft.method = String(decoding: buffer[method], as: UTF8.self)
    try readVersion(last + 1..<line.upperBound)
    guard target.count <= limits.target else { throw tooLong }
    try readTarget(target)
    phase = .fields
    return true
  }

  private mutating func readVersion(_ range: Range<Int>) throws(Rejection) {
    let isDigit = { (byte: UInt8) in byte &- 0x30 < 10 }
    guard range.count == 8,
      buffer[range.lowerBound..<range.lowerBound + 5].elementsEqual("HTTP/".utf8),
      isDigit(buffer[range.upperBound - 3]), buffer[range.upperBound - 2] == UInt8(ascii: "."),
      isDigit(buffer[range.upperBound - 1])
    else { throw .malformed("bad HTTP version") }
    guard buffer[range.upperBound - 3] == UInt8(ascii: "1") else {
      throw Rejection(status: 505, reason: "HTTP version not supported")
    }
    draft.minorVersion = min(Int(buffer[range.upperBound - 1] - 0x30), 1)
    draft.keepAlive = draft.minorVersion == 1
  }

  mutating func readField() throws(Rejection) -> Bool {
    let tooLarge = Rejection(status: 431, reason: "request headers too large")
    guard let line = try nextLine(before: headStart + limits.head, else: tooLarge) else {
      return false
    }
    guard !line.isEmpty else {
      try finishHead()
      return true
    }
    guard draft.fields.count < limits.fields else {
      throw Rejection(status: 431, reason: "too many request headers")
    }
    let (name, value) = try splitField(line)
    draft.fields.append(Request.Field(name: inHead(name), value: inHead(value)))
    try interpret(name, value)
    return true
  }

  /// Name and value of a header line, checked byte by byte; a folded one begins with a space and is refused.
  func splitField(_ line: Range<Int>) throws(Rejection) -> (name: Range<Int>, value: Range<Int>) {
    var colon = line.lowerBound
    while colon < line.upperBound, Bytes.isToken(buffer[colon]) { colon += 1 }
    guard colon > line.lowerBound, colon < line.upperBound, buffer[colon] == UInt8(ascii: ":")
    else {
      throw .malformed("bad header name")
    }
    for index in colon + 1..<line.upperBound {
      let byte = buffer[index]
      guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
        throw .malformed("control character in a header")
      }
    }
    return (line.lowerBound..<colon, trimmed(colon + 1..<line.upperBound))
  }

  private mutating func interpret(_ name: Range<Int>, _ value: Range<Int>) throws(Rejection) {
    switch name.count {
    case 4 where buffer.matches(name, lowercase: "host"):
      framing.hosts += 1
      guard value.allSatisfy({ Bytes.isAuthority(buffer[$0]) }) else {
        throw .malformed("bad Host")
      }
      if draft.authorityRange.isEmpty { draft.authorityRange = inHead(value) }
    case 6 where buffer.matches(name, lowercase: "expect"):
      guard buffer.matches(value, lowercase: "100-continue") else {
        throw Rejection(status: 417, reason: "unknown expectation")
      }
      draft.expectsContinue = draft.minorVersion == 1
    case 10 where buffer.matches(name, lowercase: "connection"):
      for part in buffer[value].split(separator: UInt8(ascii: ",")) {
        let option = trimmed(part.startIndex..<part.endIndex)
        if buffer.matches(option, lowercase: "close") {
          framing.closes = true
        } else if buffer.matches(option, lowercase: "keep-alive") {
          draft.keepAlive = true
        }
      }
    case 14 where buffer.matches(name, lowercase: "content-length"):
      guard framing.length == nil else { throw .malformed("more than one Content-Length") }
      framing.length = try contentLength(value)
    case 17 where buffer.matches(name, lowercase: "transfer-encoding"):
      guard !framing.isChunked else { throw .malformed("more than one Transfer-Encoding") }
      guard buffer.matches(value, lowercase: "chunked") else {
        throw Rejection(status: 501, reason: "unknown transfer coding")
      }
      framing.isChunked = true
    default: break
    }
  }

  private func contentLength(_ range: Range<Int>) throws(Rejection) -> Int {
    guard !range.isEmpty else { throw .malformed("bad Content-Length") }
    var length = 0
    for index in range {
      let digit = buffer[index] &- 0x30
      guard digit < 10 else { throw .malformed("bad Content-Length") }
      // Past the limit only the digits matter: a larger number needs no exact value.
      if length <= limits.body { length = length * 10 + Int(digit) }
    }
    return length
  }

  private mutating func finishHead() throws(Rejection) {
    guard framing.hosts <= 1 else { throw .malformed("more than one Host") }
    guard framing.hosts == 1 || draft.minorVersion == 0 else { throw .malformed("missing Host") }
    guard framing.length == nil || !framing.isChunked else {
      throw .malformed("both Content-Length and Transfer-Encoding")
    }
    guard !framing.isChunked || draft.minorVersion == 1 else {
      throw .malformed("Transfer-Encoding in HTTP/1.0")
    }
    guard framing.length ?? 0 <= limits.body else { throw tooLargeBody }
    if framing.closes { draft.keepAlive = false }
    draft.head = Array(buffer[headStart..<position])
    if framing.isChunked {
      phase = .chunkLine
    } else if let length = framing.length, length > 0 {
      // A declared length is a promise, not a reason to take all of the memory at once.
      draft.body.reserveCapacity(min(length, 64 * 1024))
      phase = .body(length)
    } else {
      phase = .complete
    }
  }

  var tooLargeBody: Rejection {
    Rejection(status: 413, reason: "request body larger than \(limits.body) bytes")
  }

  /// An offset in `buffer` as one in the head.
  func inHead(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound - headStart..<range.upperBound - headStart
  }

  /// Without the spaces and tabs at both ends.
  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, buffer[lower] == 0x20 || buffer[lower] == 0x09 { lower += 1 }
    while upper > lower, buffer[upper - 1] == 0x20 || buffer[upper - 1] == 0x09 { upper -= 1 }
    return lower..<upper
  }
}
