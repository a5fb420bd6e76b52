// New connections, and what happens when descriptors run out.

import CLinux
import Glibc
import Memtrace
import System

extension EventLoop {
  /// Takes what waits, a bounded number at a time so that those already here are served in between.
  func accept(_ listener: borrowing Listener) {
    for _ in 0..<64 {
      let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
      let number = clinux_accept4(listener.descriptor.raw, nil, nil, flags)
      if number < 0 {
        switch errno {
        case EMFILE, ENFILE, ENOMEM, ENOBUFS: pauseAccepting(listener)
        case EINTR, ECONNABORTED: continue
        default: break
        }
        return
      }
      // The system gives the lowest free number, so a number says how many are in use by the whole process.
      let used = Int(number) * 100 / descriptorLimit
      if used >= 95 {
        refuse(number)
      } else if let connection = open(number), used >= 80 {
        turnAway(connection)
      }
    }
  }

  private func open(_ number: Int32) -> Connection? {
    lastSerial = lastSerial == UInt32.max ? 1 : lastSerial + 1
    let connection = Connection(
      descriptor: number, serial: lastSerial, limits: configuration.limits,
      interest: Poller.readable)
    guard poller.add(number, connection.interest, tag: connection.tag) else {
      Glibc.close(number)
      return nil
    }
    while connections.count <= Int(number) { connections.append(nil) }
    connections[Int(number)] = connection
    counters.open += 1
    connection.deadline = after(configuration.timeouts.idle)
    return connection
  }

  /// Answers 503 and waits a moment for the client to read it.
  private func turnAway(_ connection: Connection) {
    appendRefusal()
    connection.isClosing = true
    connection.lingers = true
    send(connection)
  }

  /// Answers 503 and closes at once: there is no descriptor to spare, even for a moment.
  private func refuse(_ number: Int32) {
    appendRefusal()
    _ = output.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    output.removeAll(keepingCapacity: true)
    Glibc.close(number)
  }

  private func appendRefusal() {
    counters.refused += 1
    Response.error(503, "too many connections", headers: [("Retry-After", "1")])
      .append(to: &output, date: date.bytes, persistence: .close)
  }

  private func pauseAccepting(_ listener: borrowing Listener) {
    guard acceptsAgainAt == nil else { return }
    poller.remove(listener.descriptor.raw)
    acceptsAgainAt = now + 100_000_000
    nextSweep = min(nextSweep, now + 100_000_000)
  }

  func resumeAccepting(_ listener: borrowing Listener) {
    guard let time = acceptsAgainAt, now >= time, stopDeadline == nil else { return }
    acceptsAgainAt = nil
    _ = poller.add(listener.descriptor.raw, Poller.readable, tag: Tag.listener)
  }

  /// Raises the soft limit to the hard one and says what it is now.
  static func raisedDescriptorLimit() -> Int {
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(kind, &limit) == 0 else { return 1_024 }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      if setrlimit(kind, &limit) != 0 { getrlimit(kind, &limit) }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
