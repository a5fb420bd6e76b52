// Time-outs, and the end of the server.

import Memtrace
import System

extension Connection {
  /// Between requests, with nothing to send.
  var isIdle: Bool { takesRequests && decoder.stage == .idle }
}

extension EventLoop {
  /// Milliseconds until the loop must look at its connections again; -1 while there is nothing to watch.
  var patience: Int32 {
    guard counters.open > 0 || acceptsAgainAt != nil || stopDeadline != nil else { return -1 }
    return Int32(clamping: max((nextSweep - Clock.monotonic()) / 1_000_000 + 1, 0))
  }

  func after(_ seconds: Double) -> Int64 { now + Int64(seconds * 1e9) }

  /// Sets the time-out that fits what the connection does now.
  func setDeadline(_ connection: Connection) {
    let timeouts = configuration.timeouts
    guard !connection.isIdle else {
      connection.began = nil
      connection.deadline = after(timeouts.idle)
      return
    }
    // The first bytes of a pipelined request came with the one before.
    let began = connection.began ?? now
    connection.began = began
    let end = began + Int64(timeouts.total * 1e9)
    if !connection.pending.isEmpty {
      connection.deadline = min(after(timeouts.write), end)
    } else if connection.underway != nil || connection.stream != nil {
      let patience = connection.hungUpAt.map { $0 + Int64(timeouts.hangUp * 1e9) }
      connection.deadline = min(end, patience ?? end)
    } else {
      switch connection.decoder.stage {
      case .body: connection.deadline = min(after(timeouts.body), end)
      case .idle, .head: connection.deadline = began + Int64(timeouts.header * 1e9)
      }
    }
  }

  /// Looks over all connections: an array's worth of comparisons, once a second.
  func sweep(_ listener: borrowing Listener) {
    nextSweep = now + Int64(configuration.timeouts.interval * 1e9)
    if acceptsAgainAt != nil {
      resumeAccepting(listener)
      nextSweep = min(nextSweep, acceptsAgainAt ?? nextSweep)
    }
    let isOver = stopDeadline.map { now >= $0 } ?? false
    for connection in connections {
      guard let connection else { continue }
      if isOver {
        close(connection)
      } else if connection.deadline <= now {
        expire(connection)
      }
    }
  }

  private func expire(_ connection: Connection) {
    if connection.isLingering || connection.isIdle { return close(connection) }
    if !connection.pending.isEmpty || connection.stream != nil { return close(connection) }
    if let hungUpAt = connection.hungUpAt, connection.underway != nil,
      hungUpAt + Int64(configuration.timeouts.hangUp * 1e9) <= now
    {
      return close(connection)
    }
    if let underway = connection.underway {
      underway.interest?.end()
      connection.underway = nil
      connection.lingers = true
      let late = Response.error(503, "the request took too long")
      answer(connection, underway.closing, late)
    } else {
      refuse(connection, Rejection(status: 408, reason: "the request did not arrive in time"))
    }
    send(connection)
  }

  /// No new connections; those without a request end now, the others after their answer.
  func beginStop(_ listener: borrowing Listener) {
    guard stopDeadline == nil else { return }
    if acceptsAgainAt == nil {
      accept(listener)
      poller.remove(listener.descriptor.raw)
    }
    listener.refuse()
    acceptsAgainAt = nil
    stopDeadline = after(configuration.timeouts.stop)
    // A request may have come since the last look.
    for connection in connections {
      if let connection, connection.isIdle { receive(connection) }
      if let connection, connection.isIdle || connection.stream?.isEndless == true {
        close(connection)
      }
    }
  }
}
