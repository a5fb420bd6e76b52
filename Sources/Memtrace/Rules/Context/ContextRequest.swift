// What a context is asked for, and what it answers.

/// How a context is written.
public enum ContextFormat: String, CaseIterable, Sendable {
  case markdown, json, plain
}

/// One session, or every session of a customer, with everything that decides what the text says.
public struct ContextRequest: Sendable {
  /// The session, or all of a customer's, in id order.
  public var sessions: [SessionRecords]
  public var isCustomerWide = false
  /// Bounds on the time in a record's id, the first inclusive, the second not; metadata is always shown.
  public var since: Timestamp?
  public var until: Timestamp?
  /// Empty for all.
  public var kinds: [Memory.Kind] = []
  /// By `Tokens.estimate`; at least 50.
  public var maxTokens = 4_000
  /// In whose tokens that is.
  public var tokenizer = TokenVocabulary.any
  public var format = ContextFormat.markdown
  /// The scores of a ranked query, the larger the better; nil without one.
  public var relevance: [RecordID: Double]?
  public var query: String?
  /// The same customer's other sessions, by identity keys.
  public var otherSessions: [Session] = []
  /// Names of metadata that tell who the customer is; shown first.
  public var identityKeys: [String] = []
  /// Records outside any session that belong to the customer.
  public var preferences: [Memory] = []
  /// Records that lie elsewhere and have a say in whether these stand: corrections of them, in other sessions or
  /// outside any.
  public var kin: [Memory] = []
  /// What reviews come to, of any of these records.
  public var outcomes: [RecordID: ReviewOutcome] = [:]
  /// Of agents, where they are not their ids: for text.
  var names = AgentNames()
  /// In place of the built-in Markdown template.
  public var template: String?
  /// By which records are told apart.
  var words = ContextWords.builtIn
  public var now: Timestamp

  public init(sessions: [SessionRecords], now: Timestamp) {
    self.sessions = sessions
    self.now = now
  }
}

/// The text, and what it holds. `memoryCount + omitted` is the number of records that were asked for.
public struct ContextAnswer: Sendable {
  public let text: String
  /// Records in the text.
  public let memoryCount: Int
  public let omitted: Int
  /// Only sections with omissions, in the order of the text.
  public let omittedBy: [(section: String, count: Int)]
  /// Our estimate of the text's length.
  public let tokens: Int
  public let sessionIDs: [SessionID]
}
