// Time-outs of connections: libgit2 1.5.1 has none, and waits for ever for a server that says nothing.

internal import CLinux
internal import Glibc
internal import Synchronization
internal import System

/// Watches the thread of one transfer from another, which ends with it.
///
/// Once a second it asks the system for what the thread sleeps, whatever protocol is spoken: where that is a connection
/// on which no byte comes or goes, and has been so for too long, it is shut down, and the transfer fails. Nothing else is
/// touched: no connection of anybody else, and none while the transfer computes and the server waits for it. A system
/// that does not tell for what a thread sleeps gets no time-outs.
final class ConnectionWatch: Sendable {
  private enum Cut { case connect, silence }

  private let patience: Patience
  /// Where the system describes the transfer's thread.
  private let task: String
  /// Rung when the transfer ends.
  private let bell: Int32
  private let cut = Mutex<Cut?>(nil)

  /// Runs a transfer on this thread.
  /// - Throws: `.timedOut` in place of what a transfer that was cut off failed with.
  static func run<R>(_ patience: Patience, _ body: () throws -> R) throws -> R {
    guard let watch = ConnectionWatch(patience), let thread = watch.start() else {
      return try body()
    }
    defer { watch.end(thread) }
    do {
      return try body()
    } catch let error as GitError {
      throw watch.reason.map { GitError(code: .timedOut, call: error.call, message: $0) } ?? error
    }
  }

  private init?(_ patience: Patience) {
    var name = [UInt8](repeating: 0, count: 64)
    let length = readlink("/proc/thread-self", &name, name.count)
    guard length > 0 else { return nil }
    bell = eventfd(0, Int32(EFD_CLOEXEC))
    guard bell >= 0 else { return nil }
    task = "/proc/\(String(decoding: name[..<length], as: UTF8.self))"
    self.patience = patience
  }

  deinit { close(bell) }

  private var reason: String? {
    switch cut.withLock({ $0 }) {
    case .connect: "could not be reached within \(patience.connect) s"
    case .silence: "did not answer for \(patience.silence) s"
    case nil: nil
    }
  }

  private func start() -> pthread_t? {
    let owned = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      {
        Unmanaged<ConnectionWatch>.fromOpaque($0!).takeRetainedValue().look()
        return nil
      }, owned.toOpaque())
    if code != 0 { owned.release() }
    return code == 0 ? thread : nil
  }

  private func end(_ thread: pthread_t) {
    _ = eventfd_write(bell, 1)
    pthread_join(thread, nil)
  }

  // MARK: On the watching thread

  /// What a connection looked like.
  private struct Sight: Equatable {
    /// Tells it from a later one with the same number.
    let inode: ino_t
    let isConnecting: Bool
    /// Bytes that the other side acknowledged, and that came from it.
    let moved: [UInt64]
  }

  private func look() {
    var seen: Sight?
    var since = 0
    var bell = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
    while poll(&bell, 1, 1_000) <= 0 {
      // A second descriptor: the transfer may close its own at any time.
      let copy = waitedFor().map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? -1
      defer { close(copy) }
      let sight = Self.sight(copy)
      guard let sight, sight == seen else {
        (seen, since) = (sight, Self.now())
        continue
      }
      let limit = sight.isConnecting ? patience.connect : patience.silence
      guard limit > 0, Self.now() - since >= limit * 1_000 else { continue }
      cut.withLock { $0 = sight.isConnecting ? .connect : .silence }
      if shutdown(copy, Int32(SHUT_RDWR)) != 0 {
        // Some kernels refuse that while it connects: then the next attempt to reach the server is the last one.
        var attempts: Int32 = 1
        setsockopt(copy, Int32(IPPROTO_TCP), TCP_SYNCNT, &attempts, 4)
      }
    }
  }

  /// The descriptor that the transfer's thread sleeps on, if it sleeps on one.
  private func waitedFor() -> Int32? {
    // `NUMBER ARGUMENT ARGUMENT …` of the system call under way; else one word.
    let words = Self.text(task + "/syscall").split(separator: " ")
    guard words.count > 3, let first = UInt64(words[1].dropFirst(2), radix: 16) else { return nil }
    if first < 1 << 20 { return Int32(first) }
    // SSH waits by `poll`, which gets a list, of one, in memory.
    guard words[2] == "0x1" else { return nil }
    guard let memory = try? Descriptor(opening: "/proc/self/mem", O_RDONLY) else { return nil }
    var descriptor: Int32 = -1
    let place = off_t(bitPattern: UInt(first))
    return pread(memory.raw, &descriptor, 4, place) == 4 ? descriptor : nil
  }

  private static func text(_ file: String) -> String {
    let bytes = try? Descriptor(opening: file, O_RDONLY).prefix(256)
    return String(decoding: bytes ?? [], as: UTF8.self)
  }

  /// Nil for what is no connection of TCP.
  private static func sight(_ descriptor: Int32) -> Sight? {
    // `struct tcp_info` of <linux/tcp.h>, which has grown at its end; its first byte is the state, 2 while connecting.
    var info = [UInt64](repeating: 0, count: 17)
    var size = socklen_t(info.count * MemoryLayout<UInt64>.size)
    var status = stat()
    guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &size) == 0, size == 136,
      fstat(descriptor, &status) == 0
    else { return nil }
    let state = withUnsafeBytes(of: info[0]) { $0[0] }
    return Sight(inode: status.st_ino, isConnecting: state == 2, moved: [info[15], info[16]])
  }

  private static func now() -> Int {
    Int(Clock.monotonic() / 1_000_000)
  }
}
