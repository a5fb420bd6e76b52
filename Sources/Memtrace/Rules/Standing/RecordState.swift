// What reviews of one record come to.

/// Two folds over the reviews of a record: what was said of it, and whether it is in sight.
public struct ReviewOutcome: Hashable, Sendable {
  /// Approved, rejected or pending: those that no other one has seen, the one that counts last.
  let verdicts: [Review]
  /// Retracted or restored, likewise.
  let sights: [Review]
  /// What was rejected or retracted and this says again, where nobody approved of this.
  private(set) var saidAgain: Denial?

  /// Nil where nobody said anything that holds.
  public var verdict: Review? { verdicts.last }
  /// Nil where it was never out of sight.
  public var sight: Review? { sights.last }

  /// - Parameters:
  ///   - reviews: of one record, in any order; one id counts once.
  ///   - line: the fingerprint of the line that is read as the record; nil where it is not known.
  init(_ reviews: [Review], line: String?) {
    // An approval is of the bytes that somebody read, and of no others; without it, what it had seen counts again.
    let holding = reviews.filter { $0.word != .approved || ($0.of != nil && $0.of == line) }
    verdicts = Self.unseen(holding.filter { !$0.word.isAboutSight })
    sights = Self.unseen(holding.filter(\.word.isAboutSight))
  }

  /// Nobody has said anything of it itself.
  init() { (verdicts, sights) = ([], []) }

  /// The same of a record that says again what was denied.
  func saying(again denial: Denial) -> ReviewOutcome {
    var outcome = self
    outcome.saidAgain = denial
    return outcome
  }

  /// Those that no other one has seen, the strictest last; of equally strict ones the newest.
  private static func unseen(_ reviews: [Review]) -> [Review] {
    if reviews.count < 2 { return reviews }
    var seen: Set<RecordID> = []
    // Ids grow with what a writer has read: what claims to have seen a later one has not.
    for review in reviews { for id in review.after where id < review.id { seen.insert(id) } }
    return reviews.filter { !seen.contains($0.id) }.sorted {
      $0.word.strictness != $1.word.strictness
        ? $0.word.strictness < $1.word.strictness : $0.id < $1.id
    }
  }

  public var isRetracted: Bool { sight?.word == .retracted }

  /// What it makes of a record that nothing else speaks against.
  var state: RecordState {
    if let sight, isRetracted { return .retracted(sight) }
    switch verdict?.word {
    case .approved?: return .stands
    case .rejected?: return .rejected(verdict!)
    default: return .waiting(verdict, again: saidAgain)
    }
  }
}

/// Whether a record counts, and if not, why. The strongest reason is the one that is named.
public enum RecordState: Hashable, Sendable {
  case stands
  case pending(Review)
  /// Pending, for it says what was rejected or retracted; `asked` where somebody or a rule asks for a verdict besides.
  case saidAgain(Denial, asked: Review?)
  case rejected(Review)
  /// The first record with its agent, session and `dedup_key` is another.
  case duplicate(of: RecordID)
  /// By the record that stands in its place.
  case corrected(by: RecordID)
  case retracted(Review)

  /// The contract's word.
  public var word: String {
    switch self {
    case .stands: "stands"
    case .pending, .saidAgain: "pending"
    case .rejected: "rejected"
    case .duplicate: "duplicate"
    case .corrected: "corrected"
    case .retracted: "retracted"
    }
  }

  /// The review that made it so.
  public var review: Review? {
    switch self {
    case .pending(let review), .rejected(let review), .retracted(let review): review
    case .saidAgain(let denial, _): denial.review
    case .stands, .duplicate, .corrected: nil
    }
  }

  /// Of a record that nobody approved or rejected.
  static func waiting(_ asked: Review?, again denial: Denial?) -> RecordState {
    if let denial { return .saidAgain(denial, asked: asked?.asks == true ? asked : nil) }
    return asked.map(RecordState.pending) ?? .stands
  }

  /// Whether it waits for a verdict.
  var isPending: Bool {
    switch self {
    case .pending, .saidAgain: true
    default: false
    }
  }
}
