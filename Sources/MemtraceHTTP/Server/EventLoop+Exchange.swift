// Requests in, answers out, in order.

import Glibc
import System

extension EventLoop {
  /// So many bytes of answers are sent before the next pipelined request is looked at.
  private static let outputChunk = 64 * 1024

  func receive(_ connection: Connection) {
    let count = recv(connection.descriptor, input.baseAddress, input.count, 0)
    if count > 0 {
      if connection.began == nil { connection.began = now }
      connection.decoder.feed(UnsafeRawBufferPointer(rebasing: input[..<count]))
      if connection.decoder.stage == .body, !mayHold(connection) { return }
    } else if count == 0 {
      connection.peerIsDone = true
    } else {
      if errno != EAGAIN && errno != EINTR { close(connection) }
      return
    }
    advance(connection)
  }

  /// Answers the requests that are there, until one needs more bytes or more time.
  func advance(_ connection: Connection) {
    while connection.takesRequests {
      var isWaiting = false
      while !isWaiting, connection.takesRequests, output.count < EventLoop.outputChunk {
        switch connection.decoder.next() {
        case .request(let request): respond(to: request, connection)
        case .rejected(let rejection): refuse(connection, rejection)
        case .incomplete:
          isWaiting = true
          if let head = connection.decoder.takeHead(), let refusal = handler.refusal(of: head) {
            refuse(connection, refusal)
            continue
          }
          if connection.decoder.takeContinue() {
            output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
          }
          if connection.peerIsDone { connection.isClosing = true }
        }
      }
      send(connection)
      if isWaiting { break }
    }
    guard !connection.isClosed, !connection.isLingering else { return }
    account(connection)
    if stopDeadline != nil, connection.isIdle { return close(connection) }
    setDeadline(connection)
    watch(connection)
  }

  private func respond(to request: Request, _ connection: Connection) {
    connection.requests += 1
    let keepsOpen = request.keepAlive && stopDeadline == nil
    let isLogged = configuration.log != nil
    var underway = Connection.Underway(
      number: connection.requests, method: request.method,
      path: isLogged ? request.rawPath : "", isHead: request.method == "HEAD",
      minorVersion: request.minorVersion, size: request.body.count,
      persistence: !keepsOpen ? .close : request.minorVersion == 0 ? .keepAlive : .implied,
      since: isLogged ? Clock.monotonic() : now)
    let ticket = ticket(connection)
    connection.hungUpAt = nil
    switch handler.respond(to: request, counters: counters) {
    case .now(let response):
      answer(connection, underway, response)
    case .work(let job):
      let interest = Interest()
      underway.interest = interest
      connection.underway = underway
      let isTaken = pool.submit { [mailbox] in
        Self.settle(job(interest), interest) { mailbox.post(ticket, .answer($0)) }
      }
      if !isTaken {
        connection.underway = nil
        let busy = Response.error(503, "busy", headers: [("Retry-After", "1")])
        answer(connection, underway, busy)
      }
    case .later(let begin):
      connection.underway = underway
      begin { [mailbox] response in mailbox.post(ticket, .answer(response)) }
    }
  }

  func ticket(_ connection: Connection) -> Ticket {
    Ticket(
      connection: connection.descriptor, serial: connection.serial, request: connection.requests)
  }

  /// Whatever comes of work on the pool, to its end.
  private static func settle(
    _ outcome: Outcome, _ interest: Interest, _ done: @escaping @Sendable (Response) -> Void
  ) {
    switch outcome {
    case .now(let response): done(response)
    case .work(let job): settle(job(interest), interest, done)
    case .later(let begin): begin(done)
    }
  }

  /// Puts an answer into `output`.
  func answer(_ connection: Connection, _ underway: Connection.Underway, _ response: Response) {
    if let source = response.rest.map(LongAnswer.Source.made)
      ?? response.feed.map(LongAnswer.Source.fed)
    {
      var underway = underway
      let framing = underway.minorVersion == 0 ? Response.Framing.untilClosed : .chunked
      if framing == .untilClosed { underway.persistence = .close }
      response.append(
        to: &output, date: date.bytes, isHead: underway.isHead, persistence: underway.persistence,
        framing: framing)
      if !underway.isHead {
        connection.stream = LongAnswer(underway, response, source, framing)
        return
      }
    } else {
      response.append(
        to: &output, date: date.bytes, isHead: underway.isHead, persistence: underway.persistence)
    }
    if underway.persistence == .close { connection.isClosing = true }
    log(underway, response, bytes: underway.isHead ? 0 : response.body.count)
  }

  func log(_ underway: Connection.Underway, _ response: Response, bytes: Int) {
    guard let log = configuration.log else { return }
    log(
      Exchange(
        method: underway.method, path: underway.path, route: response.route,
        caller: response.caller, status: response.status, bytes: bytes,
        microseconds: Int((Clock.monotonic() - underway.since) / 1_000)))
  }

  /// Answers bytes that are no request, or one that took too long, and ends the connection.
  func refuse(_ connection: Connection, _ rejection: Rejection) {
    counters.rejected += 1
    refuse(connection, Response.error(rejection.status, rejection.reason))
  }

  /// The same with an answer of the handler's: what follows the head is not read.
  func refuse(_ connection: Connection, _ response: Response) {
    let (method, path) = connection.decoder.underway
    let underway = Connection.Underway(
      number: 0, method: method, path: path, isHead: method == "HEAD", minorVersion: 1, size: 0,
      persistence: .close,
      since: configuration.log == nil ? now : Clock.monotonic())
    connection.lingers = true
    answer(connection, underway, response)
  }

  /// Sends what was pending, then `output`; what the socket does not take is pending now.
  func send(_ connection: Connection) {
    defer {
      if output.capacity > 1024 * 1024 {
        output = []
      } else {
        output.removeAll(keepingCapacity: true)
      }
    }
    guard !connection.isClosed else { return }
    if !connection.pending.isEmpty {
      connection.pending.append(contentsOf: output)
      guard let count = transmit(connection, connection.pending, from: connection.sent) else {
        return
      }
      connection.sent += count
      guard connection.sent == connection.pending.count else { return watch(connection) }
      connection.began = nil
      connection.pending = []
      connection.sent = 0
    } else if !output.isEmpty {
      guard let count = transmit(connection, output, from: 0) else { return }
      if count < output.count {
        connection.pending = Array(output[count...])
        return watch(connection)
      }
      connection.began = nil
    }
    if let stream = connection.stream {
      pull(connection, stream)
    } else if connection.isClosing {
      finish(connection)
    }
  }

  /// Bytes that the socket took; nil if the connection broke and was closed.
  private func transmit(_ connection: Connection, _ bytes: [UInt8], from start: Int) -> Int? {
    var sent = start
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          connection.descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        break
      } else if errno != EINTR {
        close(connection)
        return nil
      }
    }
    return sent - start
  }

  /// All is sent. With input unread, closing would reset the connection and could take the answer with it.
  private func finish(_ connection: Connection) {
    guard connection.lingers, !connection.peerIsDone else { return close(connection) }
    shutdown(connection.descriptor, Int32(SHUT_WR))
    connection.isLingering = true
    connection.deadline = after(configuration.timeouts.linger)
    connection.decoder = RequestDecoder()
    watch(connection)
  }

  func discardInput(_ connection: Connection) {
    let count = recv(connection.descriptor, input.baseAddress, input.count, 0)
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { close(connection) }
  }
}
