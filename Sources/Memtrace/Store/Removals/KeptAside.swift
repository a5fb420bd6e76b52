// What stands on no branch any more and lies under a reference of ours: offered until it is merged, or let go.

import Git

/// Records that a branch had before it was moved or deleted.
struct KeptAside: Hashable {
  let reference: String
  /// Nil where objects of that commit are gone.
  let records: Int?

  var what: String {
    records.map {
      "\(reference) keeps \(amount($0, "record that stands", "records that stand")) on no branch"
    } ?? "\(reference) keeps a commit of which objects are gone"
  }

  /// One command brings them, another one says that they are to go.
  var hint: String {
    records == nil
      ? "git fetch may bring them; else git update-ref -d \(reference); "
        + "git reflog expire --expire-unreachable=now --all"
      : "git merge \(reference); or, if not wanted: git update-ref -d \(reference)"
  }
}

extension Store {
  /// Looks at the tips that were kept when a branch was moved away from them or a worktree went, and at those that we
  /// last knew of branches that somebody deleted. Lines that another branch or a remote has, or that a word covers, are
  /// not offered.
  func keptAside() throws -> [KeptAside] {
    let repository = try repository()
    guard let head = try repository.head().commit else { return [] }
    let branches = try repository.references("refs/heads/*")
    let living = Set(branches.map { KnownTips.name($0.name) })
    let kept =
      try repository.references("refs/memtrace/rescue/*")
      + repository.references("refs/memtrace/known/*").filter { !living.contains($0.name) }
    guard !kept.isEmpty else { return [] }
    let tree = try repository.commit(head).tree
    let others = try (branches + repository.references("refs/remotes/*")).map(\.id)
      .filter { $0 != head }
    var words = RemovalWords()
    try repository.removalWords(in: tree, &words)
    return try kept.compactMap { reference in
      guard try !KnownCommit(reference.id).leads(to: head, in: repository) else { return nil }
      guard let commit = try repository.commitIfThere(reference.id),
        let lost = try repository.ifThere(
          commit.tree,
          read: {
            try $0.losses(from: commit.tree, to: tree)
          })
      else { return KeptAside(reference: reference.name, records: nil) }
      var lines = lost.filter { !words.cover($0) }
      for other in others where !lines.isEmpty {
        guard let commit = try repository.commitIfThere(other) else { continue }
        lines = try repository.standing(lines, in: commit.tree).rest
      }
      return lines.isEmpty ? nil : KeptAside(reference: reference.name, records: lines.count)
    }
  }
}
