// A pipe that a test reads what it wrote from.

import Glibc
import Testing

/// Both ends belong to the test, which closes them.
struct Pipe {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  /// Waits for some bytes; none at the end.
  func read() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(readEnd, &buffer, buffer.count)
    return Array(buffer.prefix(max(0, count)))
  }

  /// Closes the writer's end; all that was written but not read yet.
  func closeAndRead() -> String {
    close(writeEnd)
    // A program that another test started meanwhile may hold the other end open: there is no waiting for its end.
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
    var bytes: [UInt8] = []
    while case let more = read(), !more.isEmpty { bytes += more }
    close(readEnd)
    return String(decoding: bytes, as: UTF8.self)
  }
}
