// A session with everything that was recorded in it.

/// The events and memories of one session, as verbs read them.
public struct SessionRecords: Sendable {
  public let session: Session
  /// In id order.
  public let memories: [Memory]
  /// In id order.
  public let events: [Event]
  /// The greatest id in it: what is drawn next sorts after this.
  public let newest: ULID
}
