// A few threads for answers that take longer than a moment.

import Memtrace
import Synchronization
import System

final class WorkPool: Sendable {
  private struct Jobs {
    var waiting: [@Sendable () -> Void] = []
    var isClosed = false
  }

  private let jobs = Mutex(Jobs())
  private let capacity: Int
  private let ready = Signal()

  /// - Throws: where the system has no thread left.
  init(threads: Int, capacity: Int) throws {
    self.capacity = capacity
    for _ in 0..<threads { try startThread { [self] in work() } }
  }

  /// Takes a job, first in, first out; false if too many wait.
  func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = jobs.withLock { jobs in
      guard !jobs.isClosed, jobs.waiting.count < capacity else { return false }
      jobs.waiting.append(job)
      return true
    }
    if isTaken { ready.post() }
    return isTaken
  }

  /// Lets the threads end after the jobs they have.
  func close(threads: Int) {
    jobs.withLock { $0.isClosed = true }
    for _ in 0..<threads { ready.post() }
  }

  private func work() {
    while true {
      ready.wait()
      let job = jobs.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
      guard let job else { return }
      job()
    }
  }
}
