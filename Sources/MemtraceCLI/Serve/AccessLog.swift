// One JSON line a request on a descriptor, written by a thread of its own: a reader that is slow slows nobody.

import Glibc
import Memtrace
import MemtraceHTTP
import Synchronization
import System

final class AccessLog: Sendable {
  private let lines = Mutex<[UInt8]>([])
  private let descriptor: Int32
  private let world: World
  /// Lines past so many unwritten bytes are dropped.
  private static let capacity = 4 * 1024 * 1024

  /// - Throws: where the system has no thread left.
  init(descriptor: Int32, world: World) throws {
    self.descriptor = descriptor
    self.world = world
    try startThread { [weak self] in
      while let log = self {
        log.flush()
        usleep(50_000)
      }
    }
  }

  /// Neither content, nor query, nor a key's secret: its name.
  func record(_ exchange: Exchange) {
    var json = JSONWriter()
    json.object { object in
      for (key, text) in [
        ("time", world.now().description), ("key", exchange.caller),
        ("method", loggable(exchange.method, to: 16)), ("path", loggable(exchange.path)),
        ("route", exchange.route),
      ] where key != "key" || !text.isEmpty {
        object.key(key)
        object.string(text)
      }
      for (key, number) in [
        ("status", exchange.status), ("bytes", exchange.bytes), ("us", exchange.microseconds),
      ] {
        object.key(key)
        object.integer(number)
      }
    }
    lines.withLock { lines in
      guard lines.count < Self.capacity else { return }
      lines += json.bytes
      lines.append(UInt8(ascii: "\n"))
    }
  }

  /// Writes what waits.
  func flush() {
    let bytes = lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
    // Nobody is told of lines that cannot be written: a log must not stop what it is of.
    try? Descriptor.append(bytes, to: descriptor)
  }
}
