// The body of a request: a counted one, or chunks with their extensions and trailers (RFC 9112, 6 and 7).

extension RequestDecoder {
  mutating func readBody(_ remaining: Int) -> Bool {
    let left = remaining - take(remaining)
    phase = left == 0 ? .complete : .body(left)
    return left == 0
  }

  /// `size [;extension]`: hexadecimal, and extensions are skipped. The line holds at most 1,024 bytes.
  mutating func readChunkLine() throws(Rejection) -> Bool {
    let tooLong = Rejection.malformed("chunk line too long")
    guard let line = try nextLine(before: position + 1024, else: tooLong) else { return false }
    var size = 0
    var index = line.lowerBound
    while index < line.upperBound, let digit = Bytes.hexadecimal(buffer[index]) {
      if size <= limits.body { size = size * 16 + Int(digit) }
      index += 1
    }
    guard index > line.lowerBound else { throw .malformed("bad chunk size") }
    while index < line.upperBound, buffer[index] == 0x20 || buffer[index] == 0x09 { index += 1 }
    guard index == line.upperBound || buffer[index] == UInt8(ascii: ";") else {
      throw .malformed("bad chunk size")
    }
    for byte in buffer[index..<line.upperBound] {
      guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
        throw .malformed("control character in a chunk extension")
      }
    }
    guard draft.body.count + size <= limits.body else { throw tooLargeBody }
    phase = size == 0 ? .trailers : .chunk(size)
    return true
  }

  mutating func readChunk(_ remaining: Int) -> Bool {
    let left = remaining - take(remaining)
    phase = left == 0 ? .chunkEnd : .chunk(left)
    return left == 0
  }

  mutating func readChunkEnd() throws(Rejection) -> Bool {
    guard position < buffer.count else { return false }
    guard buffer[position] == 0x0D else { throw .malformed("a chunk must end with CR LF") }
    guard position + 1 < buffer.count else { return false }
    guard buffer[position + 1] == 0x0A else { throw .malformed("a chunk must end with CR LF") }
    position += 2
    scanned = position
    phase = .chunkLine
    return true
  }

  /// Trailers are checked like headers and then dropped: nothing here asks for any.
  mutating func readTrailer() throws(Rejection) -> Bool {
    let tooLarge = Rejection(status: 431, reason: "trailers too large")
    guard let line = try nextLine(before: position + 8 * 1024, else: tooLarge) else { return false }
    guard !line.isEmpty else {
      phase = .complete
      return true
    }
    framing.trailers += 1
    guard framing.trailers <= limits.fields else { throw tooLarge }
    _ = try splitField(line)
    return true
  }

  /// Moves up to `wanted` bytes into the body and says how many there were.
  private mutating func take(_ wanted: Int) -> Int {
    let count = min(wanted, buffer.count - position)
    draft.body.append(contentsOf: buffer[position..<position + count])
    position += count
    scanned = position
    return count
  }
}
