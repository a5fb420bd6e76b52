// A commit that was noted somewhere, which says nothing of whether it is still there.

internal import Git

/// A remembered commit: of the ledger, a checkout note, a reference of ours, the watch. History gets rewritten and
/// pruned, and a Git folder comes back from a removed submodule, so whatever remembers a commit asks here before it
/// compares with it.
struct KnownCommit: Hashable, CustomStringConvertible {
  let id: ObjectID

  init(_ id: ObjectID) { self.id = id }

  init?(hex: some StringProtocol) {
    guard let id = ObjectID(hex: hex) else { return nil }
    self.id = id
  }

  var description: String { id.description }

  /// The commit; nil where it is gone or can no longer be read.
  /// - Throws: where that cannot be told now, as without a free descriptor.
  func resolve(in repository: Repository) throws -> Commit? {
    try repository.commitIfThere(id)
  }

  /// Whether `commit` is this one or descends from it. False where history does not tell: this commit is gone, or
  /// was cut off by a shallow fetch.
  /// - Throws: where that cannot be told now.
  func leads(to commit: ObjectID, in repository: Repository) throws -> Bool {
    if id == commit { return true }
    guard try resolve(in: repository) != nil else { return false }
    return try repository.ifThere(id, commit) { try $0.isAncestor(id, of: commit) } ?? false
  }
}
