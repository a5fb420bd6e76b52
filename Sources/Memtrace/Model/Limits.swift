// What a legal id, type or tag is, and how large things may be.

/// The rules of the contract, in bytes unless they say otherwise.
public enum Limits {
  public static let content = 1...65_536
  public static let metadata = 32 * 1024
  public static let metadataDepth = 8
  /// These four in Unicode scalars, which is what JSON Schema counts, so that a document of the API can say them exactly.
  public static let agentName = 1...128
  public static let dedupKey = 1...256
  public static let reason = 1...4_096
  /// A value that a query compares: it fits as `%XX`.
  public static let queryCondition = 4_096
  /// A finished line with its line feed.
  public static let line = 512 * 1024
  /// Texts in one list of a call.
  public static let list = 1_000
  /// Records in one batch.
  public static let batch = 1_000
  /// What `limit` of a list may be.
  public static let page = 1...1_000
  /// At any of these a file of records is full and the next number follows.
  public static let fileLines = 256
  public static let fileBytes = 64 * 1024
  /// Milliseconds after its newest line from which a file is full too.
  public static let fileAge: Int64 = 30 * 86_400_000

  /// An archive takes so many files or more, is at most so large, and none of its files is over a quarter of it: fewer and
  /// Git takes it for a file that was renamed.
  static let archiveFiles = 50
  static let archiveBytes = 16 << 20
  /// Milliseconds that the newest line of a file in an archive is old, at least.
  static let archiveAge: Int64 = 60 * 86_400_000

  /// `^[a-zA-Z][a-zA-Z0-9_-]{0,127}$`
  public static func isIdentifier(_ bytes: some Collection<UInt8>) -> Bool {
    matches(bytes, length: 1...128) {
      isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
      && isLetter(bytes.first!)
  }

  /// `^[a-zA-Z][a-zA-Z0-9_]{0,63}$`
  public static func isType(_ bytes: some Collection<UInt8>) -> Bool {
    matches(bytes, length: 1...64) { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
      && isLetter(bytes.first!)
  }

  /// `^[a-zA-Z0-9_.-]{1,64}$`
  public static func isTag(_ bytes: some Collection<UInt8>) -> Bool {
    matches(bytes, length: 1...64) {
      isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "-")
    }
  }

  private static func matches(
    _ bytes: some Collection<UInt8>, length: ClosedRange<Int>, _ legal: (UInt8) -> Bool
  ) -> Bool {
    length.contains(bytes.count) && bytes.allSatisfy(legal)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
