// JSON text that was checked once and is passed on byte for byte.

/// A valid JSON value in the spelling in which it was written: metadata and configuration keep it.
public struct RawJSON: Hashable, Sendable {
  /// UTF-8, one value, no white space around it.
  public let bytes: [UInt8]

  /// The caller vouches that the bytes are one valid JSON value.
  init(trusted bytes: [UInt8]) {
    self.bytes = bytes
  }
}
