// What the library takes from outside: the clock and chance.

internal import CLinux
internal import Synchronization

/// The library reads no clock and rolls no dice of its own.
public struct World: Sendable {
  public let now: @Sendable () -> Timestamp
  /// 64 random bits, drawn anew each time.
  public let random: @Sendable () -> UInt64

  public init(
    now: @escaping @Sendable () -> Timestamp,
    random: @escaping @Sendable () -> UInt64 = { RandomWords.next() }
  ) {
    self.now = now
    self.random = random
  }

  /// Characters of lower-case base 32.
  func name(length: Int) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
    return String((0..<length).map { _ in alphabet[Int(random() & 31)] })
  }

  /// An id with this time and 80 random bits.
  func ulid(at milliseconds: Int64) -> ULID {
    ULID(milliseconds: milliseconds, random: (UInt16(truncatingIfNeeded: random()), random()))
  }
}

/// Random words of the system, fetched 32 at a time: an id takes two, and a call of the system for each costs more than
/// the rest of the id.
@usableFromInline
enum RandomWords {
  private static let waiting = Mutex<[UInt64]>([])

  @usableFromInline
  static func next() -> UInt64 {
    waiting.withLock { words in
      if words.isEmpty {
        words = [UInt64](repeating: 0, count: 32)
        words.withUnsafeMutableBytes { bytes in
          // Again where a signal came first.
          while clinux_getrandom(bytes.baseAddress, 256, 0) != 256 {}
        }
      }
      return words.removeLast()
    }
  }
}
