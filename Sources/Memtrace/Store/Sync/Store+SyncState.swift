// What is known of the last sync, and how far the branch is from the remote's without asking it.

import Git

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
  /// When a sync last came to its end, well or not.
  public internal(set) var lastSync: Timestamp?
  /// Why the last one failed; nil after a good one.
  public internal(set) var lastFailure: String?
}

extension Store {
  private static let file = "sync"

  /// Reads no network.
  public func syncState() throws -> SyncState {
    try translating {
      var state = SyncState()
      if let bytes = try stateFiles().read(Self.file), let json = try? JSON(parsing: bytes) {
        state.lastSync = json["time"]?.string.flatMap { Timestamp(rfc3339: $0) }
        state.lastFailure = json["failure"]?.string
      }
      let repository = try repository()
      let head = try? repository.head()
      state.commit = head?.commit?.description
      guard let head, let branch = head.branch,
        let target = try? SyncTarget(SyncRequest(), in: repository, branch: branch)
      else { return state }
      state.remote = target.remote
      state.url = target.url
      let upstream = Upstream(remote: target.remote, branch: target.upstream)
      guard let ours = head.commit,
        let tracking = try repository.trackingReference(for: upstream),
        let theirs = try repository.reference(tracking)
      else { return state }
      (state.ahead, state.behind) = try repository.aheadBehind(ours, theirs)
      return state
    }
  }

  func noteSync(_ target: SyncTarget, failure: (any Error)?) throws {
    var fields: [JSON.Member] = [
      .init("time", .string(world.now().description)), .init("remote", .string(target.remote)),
    ]
    if let failure {
      let message = (failure as? MemtraceError)?.message ?? "\(failure)"
      fields.append(.init("failure", .string(message)))
    }
    try stateFiles().replace(Self.file, with: JSON.object(fields).bytes, mode: 0o600)
  }
}
