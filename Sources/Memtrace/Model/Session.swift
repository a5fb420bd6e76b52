// A customer's conversation, shared by every agent that takes part in it.

/// The state of a session: its events, folded.
public struct Session: Hashable, Sendable {
  public enum Status: String, CaseIterable, Sendable {
    case active, closed
  }

  public let id: SessionID
  /// The agent that opened it.
  public let agent: String
  public let status: Status
  /// In the order in which the keys were first set.
  public let metadata: [JSON.Member]
  public let createdAt: Timestamp
  /// Time of the newest event or record.
  public let updatedAt: Timestamp
  public let closedAt: Timestamp?
  /// The text by which an import finds it again.
  public let source: String?
}
