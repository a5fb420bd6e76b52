// A few threads for answers that take longer than a moment.

import Glibc
import Synchronization

/// Starts a detached thread; false if the system has none left.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let failed = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  guard failed == 0 else {
    box.release()
    return false
  }
  pthread_detach(thread)
  return true
}

final class WorkPool: Sendable {
  private struct Jobs {
    var waiting: [@Sendable () -> Void] = []
    var isClosed = false
  }

  private let jobs = Mutex(Jobs())
  private let capacity: Int
  nonisolated(unsafe) private let ready: UnsafeMutablePointer<sem_t>

  init(threads: Int, capacity: Int) {
    self.capacity = capacity
    ready = .allocate(capacity: 1)
    sem_init(ready, 0, 0)
    for _ in 0..<threads { _ = startThread { [self] in work() } }
  }

  deinit {
    sem_destroy(ready)
    ready.deallocate()
  }

  /// Takes a job, first in, first out; false if too many wait.
  func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = jobs.withLock { jobs in
      guard !jobs.isClosed, jobs.waiting.count < capacity else { return false }
      jobs.waiting.append(job)
      return true
    }
    if isTaken { sem_post(ready) }
    return isTaken
  }

  /// Lets the threads end after the jobs they have.
  func close(threads: Int) {
    jobs.withLock { $0.isClosed = true }
    for _ in 0..<threads { sem_post(ready) }
  }

  private func work() {
    while true {
      while sem_wait(ready) != 0 {}
      let job = jobs.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
      guard let job else { return }
      job()
    }
  }
}
