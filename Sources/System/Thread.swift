// A thread of our own: blocking work must not happen inside a Swift task.

internal import CLinux
internal import Glibc
internal import Synchronization

/// Starts a detached thread.
/// - Throws: where the system has none left.
package func startThread(_ body: @escaping @Sendable () -> Void) throws {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    box.release()
    throw SystemError(call: "pthread_create", path: "", code: code)
  }
  pthread_detach(thread)
}

/// A value that one thread hands to others, with waiting.
package final class Signal: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  package init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  package func post() { sem_post(semaphore) }

  package func wait() {
    while sem_wait(semaphore) != 0 {}
  }

  /// - Returns: false where nothing came in so many milliseconds.
  @discardableResult
  package func wait(milliseconds: Int) -> Bool {
    var until = timespec()
    // The wall clock may step back by an hour, and a wait by it would last as much longer.
    clock_gettime(CLOCK_MONOTONIC, &until)
    let nanoseconds = until.tv_nsec + (milliseconds % 1_000) * 1_000_000
    until.tv_sec += milliseconds / 1_000 + nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    while clinux_sem_clockwait(semaphore, CLOCK_MONOTONIC, &until) != 0 {
      if errno == ETIMEDOUT { return false }
    }
    return true
  }
}

/// Numbers from 0 on, each given once.
private final class Counter: Sendable {
  private let value = Atomic(0)

  func take() -> Int { value.add(1, ordering: .relaxed).oldValue }
}

/// Calls `body` with every number below `count`, several at once: for what waits for a disk, which answers many questions in
/// the time of one.
private func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let next = Counter()
  let work: @Sendable () -> Void = {
    while true {
      let number = next.take()
      if number >= count { return }
      body(number)
    }
  }
  let ended = Signal()
  var helpers = 0
  for _ in 1..<max(2, min(8, count / 8)) {
    // Where the system has no more, those that are there do it.
    let isStarted: Void? = try? startThread {
      work()
      ended.post()
    }
    if isStarted != nil { helpers += 1 }
  }
  work()
  for _ in 0..<helpers { ended.wait() }
}

/// Makes something of every number below `count`, `batch` of them at once, and hands it to `body` here, in their order, while
/// the next ones are made.
package func ahead<Made: Sendable>(
  of count: Int, by batch: Int, _ make: @escaping @Sendable (Int) throws -> Made,
  _ body: (Made) throws -> Void
) throws {
  func start(_ from: Int) -> Batch<Made>? {
    from < count ? Batch(from..<min(count, from + batch), make) : nil
  }
  var from = 0
  var next = start(from)
  // Nothing goes on being made once this has ended.
  defer { _ = next?.take() }
  while let current = next {
    let made = current.take()
    from += batch
    next = start(from)
    for one in made { try body(try one.get()) }
  }
}

private final class Batch<Made: Sendable>: Sendable {
  private let made: Mutex<[Result<Made, any Error>?]>
  private let isDone = Signal()

  init(_ numbers: Range<Int>, _ make: @escaping @Sendable (Int) throws -> Made) {
    made = Mutex(Array(repeating: nil, count: numbers.count))
    let work: @Sendable () -> Void = { [self] in
      concurrently(numbers.count) { place in
        let result = Result { try make(numbers.lowerBound + place) }
        self.made.withLock { $0[place] = result }
      }
      isDone.post()
    }
    let isStarted: Void? = try? startThread(work)
    if isStarted == nil { work() }
  }

  /// Waits; once only.
  func take() -> [Result<Made, any Error>] {
    isDone.wait()
    return made.withLock { $0.compactMap { $0 } }
  }
}
