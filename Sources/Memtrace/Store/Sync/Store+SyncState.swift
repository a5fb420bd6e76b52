// What is known of the last sync, and how far the branch is from the remote's without asking it.

import Git
internal import System

/// How a clone stands to its remote, from what was fetched last.
public struct SyncState: Hashable, Sendable {
  /// The remote's name and the URL; nil where the branch follows none.
  public internal(set) var remote: String?
  public internal(set) var url: String?
  /// HEAD in hex; nil where there is no commit.
  public internal(set) var commit: String?
  /// Commits that the remote has not; nil where it was never fetched.
  public internal(set) var ahead: Int?
  /// Commits that are not here.
  public internal(set) var behind: Int?
  /// When a sync last succeeded.
  public internal(set) var lastSync: Timestamp?
  /// Why the last one failed, and when; nil after a good one.
  public internal(set) var lastFailure: String?
  public internal(set) var failedAt: Timestamp?
  /// How many have failed since one succeeded.
  public internal(set) var failures = 0
  /// What the last one that brought something moved HEAD from, and to.
  var moved: (from: KnownCommit, to: KnownCommit)? {
    from.flatMap { from in to.map { (from, $0) } }
  }
  fileprivate var from: KnownCommit?
  fileprivate var to: KnownCommit?
}

extension Store {
  private static let file = "sync"

  /// Reads no network.
  public func syncState() throws -> SyncState {
    try translating {
      var state = SyncState()
      try read(into: &state)
      let repository = try repository()
      // `check` says that it cannot be read.
      let head = try? repository.head()
      state.commit = head?.commit?.description
      guard let head, let branch = head.branch,
        // It throws where there is no remote to choose, and that is an answer here.
        let target = try? SyncTarget(SyncRequest(), in: repository, branch: branch)
      else { return state }
      state.remote = target.remote
      state.url = target.url
      let upstream = Upstream(remote: target.remote, branch: target.upstream)
      guard let ours = head.commit,
        let tracking = try repository.trackingReference(for: upstream),
        let theirs = try repository.reference(tracking)
      else { return state }
      // Nil where the history between them is not in this clone, as in a shallow one.
      let distance = try repository.ifThere(ours, theirs) { try $0.aheadBehind(ours, theirs) }
      (state.ahead, state.behind) = (distance?.ahead, distance?.behind)
      return state
    }
  }

  private func read(into state: inout SyncState) throws {
    guard let bytes = try readState(Self.file), let json = try? JSON(parsing: bytes) else { return }
    state.lastSync = json["time"]?.string.flatMap { Timestamp(rfc3339: $0) }
    // With a remote that was removed or renamed, nobody can sync any more.
    let remote = json["remote"]?.string
    if try repository().remotes().contains(where: { $0.name == remote }) {
      state.lastFailure = json["failure"]?.string
      state.failedAt = json["failed_at"]?.string.flatMap { Timestamp(rfc3339: $0) }
      state.failures = json["failures"]?.integer ?? 0
    }
    state.from = json["from"]?.string.flatMap { KnownCommit(hex: $0) }
    state.to = json["to"]?.string.flatMap { KnownCommit(hex: $0) }
  }

  /// Notes how a sync ended.
  /// - Parameter moved: HEAD before and after it, where something came.
  func noteSync(
    _ target: SyncTarget, failure: (any Error)?, moved: (from: ObjectID, to: ObjectID)? = nil
  ) throws {
    var state = SyncState()
    // Without the last note the count begins anew.
    try? read(into: &state)
    var fields: [JSON.Member] = [.init("remote", .string(target.remote))]
    let (from, to) = (moved?.from ?? state.from?.id, moved?.to ?? state.to?.id)
    if let from, let to {
      fields += [.init("from", .string(from.description)), .init("to", .string(to.description))]
    }
    let time = failure == nil ? world.now() : state.lastSync
    if let time { fields.append(.init("time", .string(time.description))) }
    if let failure {
      let message = (failure as? MemtraceError)?.message ?? "\(failure)"
      fields += [
        .init("failure", .string(message)), .init("failed_at", .string(world.now().description)),
        .init("failures", .number("\(state.failures + 1)")),
      ]
    }
    try stateFiles().replace(Self.file, with: JSON.object(fields).bytes, mode: 0o600)
  }
}
