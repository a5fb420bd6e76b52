// Why bytes are no request that this server takes, and how large one may be.

/// A refused request. The connection closes after its answer, since what follows can no longer be told apart.
public struct Rejection: Error, Hashable, Sendable {
  public let status: Int
  public let reason: String

  static func malformed(_ reason: String) -> Rejection { Rejection(status: 400, reason: reason) }
}

/// Sizes in bytes unless they say otherwise.
public struct RequestLimits: Hashable, Sendable {
  /// More is 414. Room for each value that the document of the API allows in a query, with each byte as `%XX`: a reason of
  /// 4,096 characters, 1,000 tags.
  public var target = 80 * 1024
  /// Request line and headers with their line ends; more is 431.
  public var head = 112 * 1024
  /// Headers, and trailers after a chunked body; more is 431.
  public var fields = 100
  /// After chunks are joined; more is 413.
  public var body = 4 * 1024 * 1024
  /// Of all connections together, from a few KB each; more is 503.
  public var bodies = 32 * 1024 * 1024

  public init() {}
}
