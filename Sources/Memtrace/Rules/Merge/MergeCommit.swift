// The commit that every clone makes of the same two parents, to the bit.

import Git

/// Nothing in it depends on who merges, where or when.
struct MergeCommit: Hashable {
  let parents: [ObjectID]
  let signature: Signature
  let message: String

  static let name = "memtrace"
  static let email = "merge@agents.invalid"
  static let subject = "sync: merge memories"

  /// Parents in the order of their ids; the time of the newer one.
  init(of one: Commit, and other: Commit) {
    parents = [one.id, other.id].sorted()
    signature = Signature(
      name: Self.name, email: Self.email,
      seconds: max(one.committer.seconds, other.committer.seconds))
    message = Self.subject + "\n"
  }
}
