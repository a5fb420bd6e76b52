// Answers that are longer than what is sent at once: the next piece is made when the socket has taken the last.

import Memtrace

/// An answer of which more is to come. Only the server's thread touches it.
final class LongAnswer {
  let underway: Connection.Underway
  let response: Response
  enum Source {
    /// Made on the pool.
    case made(@Sendable () -> [UInt8])
    /// Handed over by somebody else when there is something.
    case fed(@Sendable (@escaping @Sendable ([UInt8]) -> Void) -> Void)
  }

  let source: Source
  let framing: Response.Framing
  /// Whether a piece is being made.
  var isPulling = false
  var sent: Int

  init(
    _ underway: Connection.Underway, _ response: Response,
    _ source: Source,
    _ framing: Response.Framing
  ) {
    self.underway = underway
    self.response = response
    self.source = source
    self.framing = framing
    sent = response.body.count
  }

  /// It ends when its client goes.
  var isEndless: Bool { if case .fed = source { true } else { false } }
}

extension EventLoop {
  /// Has the next piece made.
  func pull(_ connection: Connection, _ stream: LongAnswer) {
    guard !stream.isPulling else { return }
    stream.isPulling = true
    let ticket = ticket(connection)
    switch stream.source {
    case .made(let next):
      let isTaken = pool.submit { [mailbox] in mailbox.post(ticket, .piece(next())) }
      if !isTaken { close(connection) }
    case .fed(let next):
      next { [mailbox] in mailbox.post(ticket, .piece($0)) }
    }
  }

  func deliver(_ piece: [UInt8], _ connection: Connection) {
    guard let stream = connection.stream else { return }
    stream.isPulling = false
    stream.sent += piece.count
    if stream.framing == .chunked {
      output.append(chunk: piece)
    } else {
      output.append(contentsOf: piece)
    }
    if piece.isEmpty { end(stream, connection) }
    send(connection)
    advance(connection)
  }

  /// It is out, or nobody takes it any more.
  func end(_ stream: LongAnswer, _ connection: Connection) {
    connection.stream = nil
    if stream.underway.persistence == .close { connection.isClosing = true }
    log(stream.underway, stream.response, bytes: stream.sent)
  }
}
