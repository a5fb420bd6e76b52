// The way out of the process: bytes to a descriptor, each call written when it returns.

import Glibc
import System

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

    var message: String {
      "cannot write the output: \(SystemError(call: "write", code: code).reason)"
    }
    var isFull: Bool { code == ENOSPC }
    var hint: String? { isFull ? "free some space, or write the output elsewhere" : nil }
  }

  let descriptor: Int32

  static let standard = Output(descriptor: STDOUT_FILENO)
  static let error = Output(descriptor: STDERR_FILENO)

  /// Once, before the first write: a closed pipe, and a file that a limit keeps from growing (`ulimit -f`), are then
  /// outcomes and no deaths by signal.
  static func ignoreSignalsOfWrites() {
    for kind in ChildProcess.ignoredSignals { _ = signal(kind, SIG_IGN) }
  }

  @discardableResult
  func write(_ text: String) throws(Failure) -> Outcome {
    try write(Array(text.utf8))
  }

  /// All of the bytes, however many calls that takes.
  @discardableResult
  func write(_ bytes: [UInt8]) throws(Failure) -> Outcome {
    do {
      try Descriptor.append(bytes, to: descriptor)
      return .written
    } catch  where error.code == EPIPE {
      return .readerIsGone
    } catch {
      throw Failure(code: error.code)
    }
  }
}
