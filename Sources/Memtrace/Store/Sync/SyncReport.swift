// What a sync is asked for, and what it came to.

/// One sync, pull or push.
public struct SyncRequest: Hashable, Sendable {
  public enum Direction: Hashable, Sendable {
    case pull, push, both
  }

  public var direction: Direction
  /// A remote's name; nil for the one that the branch follows, or the only one.
  public var remote: String?
  /// Where to push, `memtrace/laptop-k7`, for a remote that protects its main branch; nil for the branch that is
  /// merged from.
  public var branch: String?
  /// Takes in a remote with other files and no memory, whose history is unrelated.
  public var isJoining: Bool
  /// What is new here goes to a branch that a person merges.
  public var isProposing = false
  /// What of earlier proposals was closed is offered anew.
  public var proposesAgain = false
  /// A person confirms the removals of records that were seen up to now, however many they are.
  public var acceptsRemovals: Bool
  /// Sends an erasure that reaches into history next.
  var isOfErasure = false

  public init(
    _ direction: Direction = .both, remote: String? = nil, branch: String? = nil,
    isJoining: Bool = false, acceptsRemovals: Bool = false
  ) {
    self.direction = direction
    self.remote = remote
    self.branch = branch
    self.isJoining = isJoining
    self.acceptsRemovals = acceptsRemovals
  }
}

/// The outcome of a sync that came to its end. "Nothing to do" is one, with zeros.
public struct SyncReport: Hashable, Sendable {
  /// The remote's name and its branch that was merged from, without `refs/heads/`.
  public let remote: String
  public let branch: String
  /// Records that are here and were not before.
  public internal(set) var received = 0
  /// Records that the remote has and had not before.
  public internal(set) var sent = 0
  /// Merge commits made: 0, or 1, or 2 where somebody wrote here during the sync.
  public internal(set) var merged = 0
  /// Lines that became records of their own, because two sides wrote different things under one id.
  public internal(set) var conflicts = 0
  /// Records that the remote's side took out, and what a person is told of them: whose they were, in which commit.
  public internal(set) var removed = 0
  public internal(set) var removals = ""
  /// How often it took a fetch; more than 1 after a lost race.
  public internal(set) var attempts = 0
  /// HEAD after it; nil where the repository has no commit.
  public internal(set) var commit: String?
  /// Whether the remote's branch moved, be it without records.
  public internal(set) var isPushed = false
  /// What the server said to people.
  public internal(set) var messages = ""
  /// What became of what this clone proposed; nil where it proposes nothing.
  public internal(set) var proposal: ProposalReport?

  /// Fields of the contract.
  public var json: JSON {
    var fields: [JSON.Member] = [
      .init("remote", .string(remote)), .init("branch", .string(branch)),
      .init("received", .number("\(received)")), .init("sent", .number("\(sent)")),
      .init("merged", .number("\(merged)")), .init("conflicts", .number("\(conflicts)")),
      .init("attempts", .number("\(attempts)")),
      .init("commit", commit.map(JSON.string) ?? .null), .init("removed", .number("\(removed)")),
    ]
    if removed > 0 { fields.append(.init("removals", .string(removals))) }
    if let proposal { fields.append(.init("proposal", proposal.json)) }
    return .object(fields)
  }

  /// One line for a log.
  public var summary: String { sentences.joined(separator: " · ") }

  /// For a person: what went over, and what became of what this clone proposed.
  var sentences: [String] {
    var parts: [String] = []
    if received > 0 { parts.append("received \(amount(received, "record"))") }
    if sent > 0 { parts.append("sent \(amount(sent, "record"))") }
    if removed > 0 { parts.append(removals) }
    if parts.isEmpty {
      parts.append(
        merged > 0 ? "merged" : isPushed ? "sent, without new records" : "up to date")
    }
    if conflicts > 0 {
      parts.append("\(conflicts) written differently on two sides, both kept (event_type conflict)")
    }
    if attempts > 1 { parts.append("\(attempts) attempts") }
    let line = "\(remote)/\(branch): " + parts.joined(separator: ", ")
    return [line] + (proposal.map { [$0.summary] } ?? [])
  }
}
