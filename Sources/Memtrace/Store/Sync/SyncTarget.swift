// Which remote, which of its branches, and where fetching puts it.

import Git

struct SyncTarget {
  let remote: String
  let url: String
  /// Where pushes go; another one than `url` where a person set it so.
  let pushURL: String
  /// Ours, a full name.
  let local: String
  /// What is merged from, a full name on the remote.
  var upstream: String
  /// What is pushed to, a full name on the remote.
  var pushed: String
  /// The branch follows it already.
  let isConfigured: Bool
  var hasOwnBranch: Bool
  /// What is new here goes by proposals, of which this is the last.
  private(set) var proposes = false
  var proposal: Proposal?

  /// - Throws: `conflict` where there is no remote to choose.
  init(_ request: SyncRequest, in repository: Repository, branch: String) throws {
    let remotes = try repository.remotes()
    let followed = try repository.upstream(ofBranch: branch)
    let wanted =
      request.remote ?? followed.map(\.remote)
      ?? (remotes.count == 1 ? remotes[0].name : "origin")
    guard let found = remotes.first(where: { $0.name == wanted }) else {
      throw Self.unknown(wanted, among: remotes.map(\.name), isNamed: request.remote != nil)
    }
    remote = found.name
    url = repository.resolved(found.url)
    pushURL = try repository.pushURL(found.name).map(repository.resolved) ?? url
    local = branch
    isConfigured = followed != nil
    upstream = followed.flatMap { $0.remote == found.name ? $0.branch : nil } ?? branch
    hasOwnBranch = request.branch != nil
    pushed = request.branch.map { "refs/heads/\($0)" } ?? upstream
  }

  /// A clone that has proposed goes on so, until it is told otherwise or pushes.
  mutating func follow(_ last: Proposal?, _ request: SyncRequest) {
    let isIts = last?.remote == remote && last?.into == upstream
    guard request.branch == nil, request.direction != .push, request.isProposing || isIts else {
      return
    }
    proposes = true
    hasOwnBranch = true
    guard isIts, let last else { return }
    proposal = last
    if last.isOpen { pushed = last.branch }
  }

  /// The remote's branch as people write it.
  var upstreamName: String { Self.short(upstream) }

  /// The command that a hint may name: one that was for a branch of its own never leads to the main one.
  var command: String {
    hasOwnBranch ? "memtrace sync --branch \(Self.short(pushed))" : "memtrace sync"
  }

  /// Under which name `SeenTips` has what of the remote was merged here last. A remote that no longer has it was rewound.
  var seenName: String { "\(remote)/\(upstreamName)" }

  static func short(_ reference: String) -> String {
    reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference
  }

  private static func unknown(_ name: String, among known: [String], isNamed: Bool) -> MemtraceError
  {
    if known.isEmpty {
      return MemtraceError(
        .conflict, "there is no remote to sync with", hint: "memtrace remote add origin URL")
    }
    return MemtraceError(
      .conflict,
      isNamed ? "there is no remote '\(name)'" : "there are several remotes: name one",
      hint: "memtrace sync \(known.sorted().joined(separator: " | "))")
  }
}
