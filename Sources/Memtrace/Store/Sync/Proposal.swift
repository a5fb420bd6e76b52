// What this clone has proposed: a branch of the remote that a person merges or closes, and what became of it.

import Git
internal import System

/// `.git/memtrace/proposal`. While there is one, a sync takes and does not give: what is new goes by `propose`.
struct Proposal: Hashable {
  let remote: String
  /// The branch that it is to be merged into, a full name.
  let into: String
  /// The branch that holds it, a full name.
  var branch: String
  /// The newest commit of that branch that is known here.
  var tip: KnownCommit
  /// Where `into` stood when it was made.
  var base: KnownCommit
  /// Ids that it would add, and what of them was closed without being merged and waits for a person's word.
  var records: Set<String> = []
  var held: Set<String> = []
  var state = Outcome.open
  /// Whether the remote is known to have the tip.
  var isPushed = false

  var isOpen: Bool { state == .open }

  private static let file = "proposal"

  static func read(_ store: Store) throws -> Proposal? {
    guard let bytes = try store.readState(file), let json = try? JSON(parsing: bytes) else {
      return nil
    }
    func text(_ key: String) -> String? { json[key]?.string }
    func ids(_ key: String) -> Set<String> {
      Set((json[key]?.array ?? []).compactMap(\.string))
    }
    guard let remote = text("remote"), let into = text("into"), let branch = text("branch"),
      let tip = text("tip").flatMap({ KnownCommit(hex: $0) }),
      let base = text("base").flatMap({ KnownCommit(hex: $0) })
    else { return nil }
    return Proposal(
      remote: remote, into: into, branch: branch, tip: tip, base: base, records: ids("records"),
      held: ids("held"),
      state: text("state").flatMap(Outcome.init) ?? (json["open"] == true ? .open : .closed),
      isPushed: json["pushed"] == true)
  }

  func save(_ store: Store) throws {
    func list(_ ids: Set<String>) -> JSON { .array(ids.sorted().map(JSON.string)) }
    let json: JSON = [
      "remote": .string(remote), "into": .string(into), "branch": .string(branch),
      "tip": .string(tip.description), "base": .string(base.description),
      "state": .string(state.rawValue),
      "pushed": .bool(isPushed), "records": list(records), "held": list(held),
    ]
    try store.stateFiles().replace(Self.file, with: json.bytes, mode: 0o600)
  }

  static func forget(_ store: Store) throws { try store.stateFiles().remove(file) }

  /// What became of it, as a sync sees it.
  enum Outcome: String {
    case open, merged, squashed, rebased, closed
    /// The remote never got it.
    case unsent
  }

  /// `memtrace/k3b2x7qa/2026-11-29`, with a number behind it where the remote has that already.
  static func name(replica: String, now: Timestamp, isTaken: (String) -> Bool) -> String {
    let name = "refs/heads/memtrace/\(replica)/\(now.description.prefix(10))"
    var number = 1
    while isTaken(number == 1 ? name : "\(name)-\(number)") { number += 1 }
    return number == 1 ? name : "\(name)-\(number)"
  }
}

/// What a sync, or a propose, has to say of it.
public struct ProposalReport: Hashable, Sendable {
  /// Without `refs/heads/`.
  public let branch: String
  public let into: String
  /// `open`, or how it ended: `merged`, `squashed`, `rebased`, `closed`; `unsent` where its push failed.
  public internal(set) var state: String
  /// Records that it holds and `into` does not.
  public internal(set) var waiting = 0
  /// Records of it that arrived, and those of them that were taken out again.
  public internal(set) var arrived = 0
  public internal(set) var reverted = 0
  /// Records of this clone that are in no proposal yet.
  public internal(set) var unproposed = 0

  var json: JSON {
    [
      "branch": .string(branch), "into": .string(into), "state": .string(state),
      "waiting": .number("\(waiting)"), "arrived": .number("\(arrived)"),
      "reverted": .number("\(reverted)"), "unproposed": .number("\(unproposed)"),
    ]
  }

  /// One line for a person.
  var summary: String {
    let (stay, them) = waiting == 1 ? ("stays", "it") : ("stay", "them")
    var parts: [String]
    switch state {
    case "closed":
      parts = ["closed without being merged"]
      if waiting > 0 {
        parts[0] +=
          "; \(amount(waiting, "record")) \(stay) here, and memtrace propose --again offers \(them) anew"
      }
    case "open":
      let wait = waiting == 1 ? "waits" : "wait"
      parts = ["open, \(amount(waiting, "record")) \(wait) to be merged into \(into)"]
      if arrived > 0 { parts.append("\(arrived) arrived already") }
    case "unsent":
      parts = ["not sent"]
    default:
      parts = ["\(state) into \(into)"]
      if arrived > 0 { parts.append(amount(arrived, "record")) }
      if waiting > 0 {
        parts.append(
          "\(waiting) left out, which \(stay) here: memtrace retract takes \(them) out of sight, memtrace propose --again offers \(them) anew"
        )
      }
    }
    if reverted > 0 { parts.append("\(reverted) taken out again") }
    if unproposed > 0 {
      parts.append("\(amount(unproposed, "record")) not proposed yet: memtrace propose")
    }
    return "\(branch): " + parts.joined(separator: ", ")
  }
}
