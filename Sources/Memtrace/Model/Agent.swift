// Somebody who remembers: a program, a department, a person.

/// The state of an agent: its events, folded.
public struct Agent: Hashable, Sendable {
  public let id: String
  public let name: String
  public let description: String?
  /// An object.
  public let config: RawJSON?
  public let createdAt: Timestamp
  public let lastActiveAt: Timestamp?
  /// False where it is known only because it wrote.
  public let isRegistered: Bool
}
