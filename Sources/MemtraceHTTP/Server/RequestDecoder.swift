// Bytes in, requests out: RFC 9112 without a socket.

import Glibc

/// Reads requests from a stream that may be split anywhere; the same bytes give the same steps however they come.
public struct RequestDecoder: Sendable {
  public enum Step: Hashable, Sendable {
    /// More bytes are needed.
    case incomplete
    case request(Request)
    /// Final: every further step is this one.
    case rejected(Rejection)
  }

  /// What the stream is in the middle of.
  public enum Stage: Hashable, Sendable { case idle, head, body }

  enum Phase: Hashable {
    case idle, requestLine, fields
    /// Bytes that are still to come.
    case body(Int)
    case chunkLine
    case chunk(Int)
    case chunkEnd
    case trailers
    case complete
    case rejected(Rejection)
  }

  let limits: RequestLimits
  var buffer: [UInt8] = []
  var phase = Phase.idle
  var draft = Request()
  var framing = Framing()
  /// Where the head under way begins; meaningful only while there is one.
  var headStart = 0
  /// The first byte that no line or body has taken.
  var position = 0
  /// There is no line feed between `position` and this.
  var scanned = 0

  public init(limits: RequestLimits = RequestLimits()) {
    self.limits = limits
  }

  public var stage: Stage {
    switch phase {
    case .idle: position == buffer.count ? .idle : .head
    case .requestLine, .fields: .head
    case .body, .chunkLine, .chunk, .chunkEnd, .trailers, .complete, .rejected: .body
    }
  }

  /// Method and raw path of the request under way, as far as they are known: for a log.
  public var underway: (method: String, path: String) {
    guard phase != .idle, !draft.rawPathRange.isEmpty else { return ("", "") }
    if draft.head.isEmpty {
      let path =
        draft.rawPathRange.lowerBound + headStart..<draft.rawPathRange.upperBound + headStart
      return (draft.method, String(decoding: buffer[path], as: UTF8.self))
    }
    return (draft.method, draft.rawPath)
  }

  /// Takes bytes over. Call `next` until it is `incomplete` before feeding more, or they pile up.
  public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
    discardTaken()
    buffer.append(contentsOf: bytes)
  }

  /// Whether to send `100 Continue` now: true at most once a request, and only while none of its body came.
  public mutating func takeContinue() -> Bool {
    guard draft.expectsContinue, !framing.continued, stage == .body, draft.body.isEmpty,
      position == buffer.count
    else { return false }
    framing.continued = true
    return phase == .chunkLine || phase == .body(framing.length ?? 0)
  }

  /// The head of a request whose body is still to come: once a request.
  mutating func takeHead() -> Request? {
    guard stage == .body, !framing.isHeadTaken, !draft.head.isEmpty else { return nil }
    framing.isHeadTaken = true
    var head = draft
    head.body = []
    return head
  }

  /// Bytes that wait here.
  var held: Int { buffer.count + draft.body.count }

  /// The next request, as far as the bytes fed so far go.
  public mutating func next() -> Step {
    do throws(Rejection) {
      while try step() {}
    } catch {
      phase = .rejected(error)
    }
    switch phase {
    case .complete: return .request(takeRequest())
    case .rejected(let rejection): return .rejected(rejection)
    default: return .incomplete
    }
  }

  /// One move from phase to phase; false where more bytes are needed, or none.
  private mutating func step() throws(Rejection) -> Bool {
    switch phase {
    case .idle: try beginHead()
    case .requestLine: try readRequestLine()
    case .fields: try readField()
    case .body(let remaining): readBody(remaining)
    case .chunkLine: try readChunkLine()
    case .chunk(let remaining): readChunk(remaining)
    case .chunkEnd: try readChunkEnd()
    case .trailers: try readTrailer()
    case .complete, .rejected: false
    }
  }

  /// The next line without its CRLF; nil while its end has not come. Its line feed must stand before `end`.
  mutating func nextLine(
    before end: Int, else tooLong: @autoclosure () -> Rejection
  ) throws(Rejection) -> Range<Int>? {
    let from = scanned
    let found: Int? = buffer.withUnsafeBytes { bytes in
      guard from < bytes.count, let base = bytes.baseAddress else { return nil }
      return memchr(base + from, 0x0A, bytes.count - from).map { UnsafeRawPointer($0) - base }
    }
    guard (found ?? buffer.count) < end else { throw tooLong() }
    guard let found else {
      scanned = buffer.count
      return nil
    }
    guard found > position, buffer[found - 1] == 0x0D else {
      throw .malformed("a line must end with CR LF")
    }
    let line = position..<found - 1
    position = found + 1
    scanned = position
    return line
  }

  private mutating func takeRequest() -> Request {
    let request = draft
    draft = Request()
    framing = Framing()
    phase = .idle
    if position == buffer.count { discardTaken() }
    return request
  }

  /// Forgets the bytes before those still needed, and storage that is too large to keep while idle.
  private mutating func discardTaken() {
    let inHead = phase == .requestLine || phase == .fields
    let taken = inHead ? headStart : position
    guard taken > 0 else { return }
    if taken == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 4096)
    } else {
      buffer.removeSubrange(0..<taken)
    }
    headStart = 0
    position -= taken
    scanned = max(scanned - taken, 0)
  }
}
