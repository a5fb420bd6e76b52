// Where and why a text is not JSON.

/// The first rule of RFC 8259, or of ours, that a text breaks.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes before the place, from the start of the text.
  public let offset: Int
  /// A few words without a final stop.
  public let problem: String

  public init(_ problem: String, at offset: Int) {
    self.offset = offset
    self.problem = problem
  }

  public var description: String { "\(problem) at byte \(offset)" }
}
