// What the library takes from outside: the clock and chance.

/// The library reads no clock and rolls no dice of its own.
public struct World: Sendable {
  public let now: @Sendable () -> Timestamp
  /// 64 random bits, drawn anew each time.
  public let random: @Sendable () -> UInt64

  public init(
    now: @escaping @Sendable () -> Timestamp,
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
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
