// What happened to a session or an agent. Their state is a fold over these.

/// One line of `session.*.jsonl` or `agent.*.jsonl`.
public struct Event: Hashable, Sendable {
  public enum Subject: Hashable, Sendable {
    case session(SessionID)
    case agent(String)
  }

  public enum Change: Hashable, Sendable {
    /// A session began. `source` is the text by which an import finds it again.
    case opened(metadata: [JSON.Member], source: String?)
    /// Keys that were set, or removed by null.
    case metadata([JSON.Member])
    case closed
    case reopened
    /// An agent wrote before anybody registered it.
    case firstUsed(name: String)
    case registered(name: String, description: String?, config: RawJSON?)
    case removed
    /// A kind of event that this version does not know: kept, and counted for nothing.
    case unknown(String)
  }

  public let id: RecordID
  public let time: Timestamp
  public let subject: Subject
  /// Who did it: for an agent's event, the agent itself unless said otherwise.
  public let agent: String?
  public let change: Change

  public init(id: RecordID, time: Timestamp, subject: Subject, agent: String?, change: Change) {
    self.id = id
    self.time = time
    self.subject = subject
    self.agent = agent
    self.change = change
  }
}
