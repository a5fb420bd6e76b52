// Text that is piped into the process.

import Glibc
import System

/// Standard input, where `-` asks for it.
struct StandardInput: Sendable {
  let descriptor: Int32

  static let standard = StandardInput(descriptor: STDIN_FILENO)

  /// Everything up to the end, without the line feed that ends its last line. Throws for more than
  /// `limit` bytes, which it stops reading at, and for what is not UTF-8.
  func text(limit: Int) throws(UsageError) -> String {
    var bytes: [UInt8]
    do {
      bytes = try Descriptor.readStream(descriptor, limit: limit + 1)
    } catch {
      throw UsageError("cannot read standard input: \(error.reason)")
    }
    guard bytes.count <= limit + 1 else { throw tooLong(limit) }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard bytes.count <= limit else { throw tooLong(limit) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError(
        "standard input is not valid UTF-8",
        hint: "convert the text to UTF-8 first, for example with iconv")
    }
    return text
  }

  private func tooLong(_ limit: Int) -> UsageError {
    UsageError("standard input has more than \(grouped(limit)) bytes")
  }
}
