// What is recorded, as verbs read it, from wherever it is held.

/// One repository's sessions, agents and memories at one moment.
public protocol Records: AnyObject {
  /// A session with all of its records; nil where it is unknown.
  func session(_ id: SessionID) throws -> SessionRecords?

  /// Every session, in id order.
  func sessions() throws -> [Session]

  func agent(_ id: String) throws -> Agent?

  /// Every agent, by id.
  func agents() throws -> [Agent]

  /// Whether an agent is known, without what it did.
  func isKnown(agent: String) throws -> Bool

  /// Every memory that matches, in id order.
  func memories(_ filter: MemoryFilter) throws -> [Memory]

  /// The newest id outside any session of this agent; nil where there is none.
  func newest(ofAgent id: String) throws -> ULID?
}
