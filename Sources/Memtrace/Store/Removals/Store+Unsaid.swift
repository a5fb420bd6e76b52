// For `check`: what an ancestor of HEAD has and HEAD lacks, without a word.

import Git

/// Records that one commit took out.
struct UnsaidRemoval {
  let commit: ObjectID
  let author: String
  let count: Int
  let sessions: Int

  var summary: String {
    "\(author)'s commit \(commit.description.prefix(10)) removed "
      + "\(Removals.amount(count, sessions)) without a word"
  }
}

extension Store {
  /// Goes through all history: what a commit took out, nothing brought back and no word covers, oldest first.
  /// - Parameter progress: told how many commits are done.
  func unsaidRemovals(progress: (Int) -> Void = { _ in }) throws -> [UnsaidRemoval] {
    let repository = try repository()
    guard let head = try repository.head().commit else { return [] }
    let tip = try repository.commit(head)
    var lost: [MergeKey: (LostLine, Commit)] = [:]
    var done = 0
    try repository.history(from: head) { commit in
      done += 1
      if done % 256 == 0 { progress(done) }
      // Newest first: what a later commit took out counts for that one.
      for line in try repository.losses(by: commit) where lost[line.key] == nil {
        lost[line.key] = (line, commit)
      }
    }
    guard !lost.isEmpty else { return [] }
    var words = RemovalWords()
    try repository.removalWords(in: tip.tree, &words)
    for root in Layout.lineRoots {
      try repository.walk(tip.tree, under: root) { path, entry in
        guard entry.mode.isRegular, RecordPath.isRecordFile(path), !lost.isEmpty else { return }
        for key in LineSet.keys(in: try repository.blob(entry.id)) { lost[key] = nil }
      }
    }
    var removals = Removals()
    var reverts: [ObjectID: Set<MergeKey>] = [:]
    for (line, commit) in lost.values.sorted(by: { $0.0.key < $1.0.key }) {
      if words.cover(line) { continue }
      if reverts[commit.id] == nil {
        reverts[commit.id] = try repository.broughtBack(by: commit.message)
      }
      if !line.key.isPermanent, reverts[commit.id]?.contains(line.key) == true { continue }
      removals.add(line, by: Culprit(commit: commit.id, author: commit.author.name))
    }
    return removals.groups.map { group in
      UnsaidRemoval(
        commit: group.culprit.commit, author: group.culprit.author, count: group.lines.count,
        sessions: Set(group.lines.map(\.folder)).count)
    }
  }
}
