// What fetching and pushing come to, as values.

/// A reference as a remote lists it.
public struct RemoteHead: Hashable, Sendable {
  public let name: String
  public let id: ObjectID
}

/// What a fetch found. Remote-tracking references have moved.
public struct FetchReport: Hashable, Sendable {
  /// All references that the remote lists.
  public let heads: [RemoteHead]
  /// The branch that the remote's HEAD names, `refs/heads/main`; nil for an empty remote.
  public let defaultBranch: String?
  public let progress: TransferProgress

  /// What the remote has under a full name.
  public func id(of name: String) -> ObjectID? { heads.first { $0.name == name }?.id }
}

/// What a push came to. A refusal is an outcome, not an error.
public struct PushReport: Hashable, Sendable {
  /// References that the remote took.
  public internal(set) var accepted: [String] = []
  /// References that it refused, and why, in its words.
  public internal(set) var refused: [String: String] = [:]
  /// A reference on the remote has commits that the push does not build on: fetch, merge, and push again.
  public internal(set) var isBehind = false
  /// What the server said to people, output of its hooks included.
  public internal(set) var messages = ""

  public var isAccepted: Bool { refused.isEmpty }
}
