// Answers on their way from other threads to the server's.

import Synchronization

/// Which request of which connection an answer is for; a connection's number is used again, a serial is not.
struct Ticket: Hashable, Sendable {
  let connection: Int32
  let serial: UInt32
  let request: UInt64
}

/// What comes back from another thread.
enum Delivery: Sendable {
  case answer(Response)
  /// Of a long answer.
  case piece([UInt8])
}

final class Mailbox: Sendable {
  let wakeup = Wakeup()
  private let answers = Mutex<[(Ticket, Delivery)]>([])

  func post(_ ticket: Ticket, _ delivery: Delivery) {
    let isFirst = answers.withLock {
      $0.append((ticket, delivery))
      return $0.count == 1
    }
    if isFirst { wakeup.ring() }
  }

  func takeAll() -> [(Ticket, Delivery)] {
    wakeup.clear()
    return answers.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
