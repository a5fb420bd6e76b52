// A system call that failed, and calls that are made again where a signal interrupts them.

internal import Glibc

package struct SystemError: Error, Hashable {
  package let call: String
  /// Empty where the call knows of none.
  package let path: String
  /// An `errno`.
  package let code: Int32

  package init(call: String, path: String = "", code: Int32) {
    (self.call, self.path, self.code) = (call, path, code)
  }

  /// Of the call that has just failed.
  package static func last(_ call: String, _ path: String = "") -> SystemError {
    SystemError(call: call, path: path, code: errno)
  }

  package var isMissing: Bool { code == ENOENT }
  /// A link or a file stands where a folder should be.
  package var isBlocked: Bool { code == ELOOP || code == ENOTDIR }

  /// A folder stands where a file is expected.
  package var isFolder: Bool { code == EISDIR }
  /// The system's own words.
  package var reason: String { String(cString: strerror(code)) }
}

/// Runs a system call again where a signal interrupts it. One that is never done ends all the same: a thousand signals in a
/// row are a fault of the system's.
@discardableResult
package func retrying<Result: BinaryInteger>(
  _ name: String, _ path: String, _ call: () -> Result
) throws(SystemError) -> Result {
  var interruptions = 0
  while true {
    let result = call()
    if result >= 0 { return result }
    interruptions += 1
    if errno != EINTR || interruptions > 1_000 { throw .last(name, path) }
  }
}

/// Nil where what was asked for is not there.
package func missingIsNil<Result>(_ body: () throws -> Result) throws -> Result? {
  do {
    return try body()
  } catch let error as SystemError where error.isMissing {
    return nil
  }
}
