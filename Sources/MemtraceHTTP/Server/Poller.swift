// epoll, level-triggered, and the counters that wake it.

import CLinux
import Glibc
import Memtrace
import System

/// Calls again for a second where the system has no room at the moment. Without these a server would be deaf for good, so
/// then it ends.
private func persistently(_ call: () -> Int32) -> Int32 {
  for _ in 0..<100 {
    let result = call()
    if result >= 0 { return result }
    usleep(10_000)
  }
  fatalError("the system has no descriptor left for the server's events")
}

/// One epoll instance. `tag` comes back with each event.
struct Poller: ~Copyable {
  static let readable = EPOLLIN.rawValue
  static let writable = EPOLLOUT.rawValue
  static let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue

  private let descriptor = Descriptor(owning: persistently { epoll_create1(Int32(EPOLL_CLOEXEC)) })
  private var ready = [epoll_event](repeating: epoll_event(), count: 256)

  func add(_ number: Int32, _ interest: UInt32, tag: UInt64) -> Bool {
    control(EPOLL_CTL_ADD, number, interest, tag)
  }

  /// As `add`, for what a server cannot do without.
  func require(_ number: Int32, _ interest: UInt32, tag: UInt64) {
    _ = persistently { add(number, interest, tag: tag) ? 0 : -1 }
  }

  func change(_ number: Int32, _ interest: UInt32, tag: UInt64) {
    _ = control(EPOLL_CTL_MOD, number, interest, tag)
  }

  func remove(_ number: Int32) {
    _ = control(EPOLL_CTL_DEL, number, 0, 0)
  }

  /// Waits up to so many milliseconds (-1: without end) and says how many events there are.
  mutating func wait(_ milliseconds: Int32) -> Int {
    max(Int(epoll_wait(descriptor.raw, &ready, Int32(ready.count), milliseconds)), 0)
  }

  func event(_ index: Int) -> (tag: UInt64, events: UInt32) {
    (ready[index].data.u64, ready[index].events)
  }

  private func control(_ operation: Int32, _ number: Int32, _ interest: UInt32, _ tag: UInt64)
    -> Bool
  {
    var event = epoll_event()
    event.events = interest
    event.data.u64 = tag
    return epoll_ctl(descriptor.raw, operation, number, &event) == 0
  }
}

/// A counter that wakes a poll from any thread, and from a signal handler.
struct Wakeup: ~Copyable, Sendable {
  let descriptor = Descriptor(
    owning: persistently { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) })

  func ring() { Wakeup.ring(descriptor.raw) }

  static func ring(_ number: Int32) {
    var one: UInt64 = 1
    _ = write(number, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    _ = read(descriptor.raw, &count, 8)
  }
}
