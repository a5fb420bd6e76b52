// The way out of the process: bytes to a descriptor, each call written when it returns.

import Glibc

/// Standard output or standard error.
struct Output: Sendable {
  /// What became of the bytes.
  enum Outcome: Sendable {
    case written
    /// Nobody reads any more (`| head`). There is nothing left to do, and that is success.
    case readerIsGone
  }

  /// The system refused the bytes; the disk may be full.
  struct Failure: Error, Hashable {
    /// An `errno`.
    let code: Int32

    var message: String { "cannot write the output: \(String(cString: strerror(code)))" }
    var isFull: Bool { code == ENOSPC }
    var hint: String? { isFull ? "free some space, or write the output elsewhere" : nil }
  }

  let descriptor: Int32

  static let standard = Output(descriptor: STDOUT_FILENO)
  static let error = Output(descriptor: STDERR_FILENO)

  /// Once, before the first write: a closed pipe is then an outcome and no death by signal.
  static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  @discardableResult
  func write(_ text: String) throws(Failure) -> Outcome {
    try write(Array(text.utf8))
  }

  /// All of the bytes, however many calls that takes.
  @discardableResult
  func write(_ bytes: [UInt8]) throws(Failure) -> Outcome {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if count >= 0 {
        written += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EPIPE: return .readerIsGone
      case EAGAIN: waitUntilWritable()
      case let code: throw Failure(code: code)
      }
    }
    return .written
  }

  /// For a descriptor that somebody else made non-blocking.
  private func waitUntilWritable() {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&request, 1, -1)
  }
}
