// What somebody said about a record: approve it, reject it, take it out of sight.

/// One line of `reviews.*.jsonl`. Nothing is ever taken back by removing one: a later review says otherwise.
public struct Review: Hashable, Sendable {
  public enum Word: String, CaseIterable, Sendable {
    /// The three verdicts.
    case approved, rejected, pending
    /// Whether it is in sight at all.
    case retracted, restored

    /// Retracted or restored, which is judged apart from the verdict.
    public var isAboutSight: Bool { self == .retracted || self == .restored }

    /// Of two that have not seen each other, the larger wins.
    var strictness: Int {
      switch self {
      case .approved, .restored: 0
      case .pending: 1
      case .rejected, .retracted: 2
      }
    }
  }

  public let id: RecordID
  public let time: Timestamp
  /// Git's identity, or the name of a key; "policy" where the rules of the house ask for a verdict.
  public let reviewer: String
  /// Who had said it, where an undo of the reviewer says it again.
  public let saidBy: String?
  public let word: Word
  /// What it judges.
  public let record: RecordID
  /// The fingerprint of the line that was judged (`LineFingerprint`); an approval holds for that one only.
  public let of: String?
  public let reason: String?
  /// Reviews of the same record that the reviewer has seen.
  public let after: [RecordID]
  /// Of a retraction: records that said the same about the same customer then, and stay in sight.
  public let leaves: [RecordID]
  /// Where the record lies: in this session, or outside any, with this agent.
  public let session: SessionID?
  public let agent: String?

  /// Whose word it is.
  var speaker: String { saidBy ?? reviewer }

  // MARK: Undone

  static let undone = "undone"

  static func isUndo(_ reason: String) -> Bool {
    reason == undone || reason.hasPrefix(undone + ": ")
  }

  /// The reason of an undo that says something again which had this one.
  static func undo(of reason: String) -> String {
    let text = "\(undone): \(reason)"
    return text.unicodeScalars.count <= Limits.reason.upperBound ? text : undone
  }

  /// Whether it takes back what its reviewer had said.
  var isUndo: Bool { saidBy != nil || reason.map(Self.isUndo) == true }

  /// The reason of what an undo says again.
  var undoneReason: String? {
    guard let reason, reason != Self.undone else { return nil }
    return Self.isUndo(reason) ? String(reason.dropFirst(Self.undone.count + 2)) : reason
  }

  /// Whether somebody wants a verdict, and not only no longer what had been said.
  var asks: Bool { word == .pending && (saidBy != nil || !isUndo || undoneReason != nil) }

  /// Whether it says that something is wrong, whoever says it: a retraction does by giving a reason.
  var denies: Bool { word == .rejected || word == .retracted && reason != nil }

  public init(
    id: RecordID, time: Timestamp, reviewer: String, saidBy: String? = nil, word: Word,
    record: RecordID,
    of: String? = nil, reason: String? = nil, after: [RecordID] = [], leaves: [RecordID] = [],
    session: SessionID? = nil, agent: String? = nil
  ) {
    self.id = id
    self.time = time
    self.reviewer = reviewer
    self.saidBy = saidBy
    self.word = word
    self.record = record
    self.of = of
    self.reason = reason
    self.after = after
    self.leaves = leaves
    self.session = session
    self.agent = agent
  }
}
