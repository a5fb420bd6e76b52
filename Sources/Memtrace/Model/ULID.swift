// A 128-bit, time-ordered identifier: 48 bits of milliseconds, then 80 random bits.

/// A Universally Unique Lexicographically Sortable Identifier (github.com/ulid/spec).
///
/// Its order is the order of everything in a memory repository.
public struct ULID: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// 48 bits of time, then the first 16 random bits.
  public let high: UInt64
  /// The last 64 random bits.
  public let low: UInt64

  /// The first millisecond of the year 2200: from here on an id is invalid and counts for nothing.
  public static let endOfTime: Int64 = 7_258_118_400_000

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameters:
  ///   - milliseconds: since 1970, 0 up to 2^48.
  ///   - random: 80 bits; the upper 48 of `random.high` are ignored.
  public init(milliseconds: Int64, random: (high: UInt16, low: UInt64)) {
    high = UInt64(milliseconds) << 16 | UInt64(random.high)
    low = random.low
  }

  /// Milliseconds since 1970.
  public var milliseconds: Int64 { Int64(high >> 16) }

  /// Whether the time lies before the year 2200.
  public var isPlausible: Bool { milliseconds < Self.endOfTime }

  public static func < (a: ULID, b: ULID) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }
}
