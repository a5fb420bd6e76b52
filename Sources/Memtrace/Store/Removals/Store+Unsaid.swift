// For `check`: what an ancestor of HEAD has and HEAD lacks, without a word.

import Git

/// Records that one commit took out, or that a moved branch left behind.
struct UnsaidRemoval {
  let culprit: Culprit
  let count: Int
  let sessions: Int
  /// The next write puts them back.
  let comesBack: Bool
  /// Whether a word can say that it was meant.
  private let mayBeMeant: Bool

  init(_ group: Removals.Group, comesBack: Bool) {
    culprit = group.culprit
    count = group.lines.count
    sessions = LostLine.sessions(of: group.lines)
    mayBeMeant = !group.lines.allSatisfy(\.key.isPermanent)
    self.comesBack = comesBack
  }

  var summary: String {
    let amount = Removals.amount(count, sessions)
    let commit = culprit.commit.description.prefix(10)
    let what =
      culprit.isMove
      ? "\(amount) left behind by an amend, reset or rebase"
      : "commit \(commit) by \(culprit.author) removed \(amount) without a word"
    guard mayBeMeant else {
      return comesBack
        ? "\(what): the next write puts them back; only a later review says otherwise"
        : "\(what): git revert \(commit) undoes it"
    }
    return comesBack
      ? "\(what): the next write puts them back, memtrace accept says that it was meant"
      : "\(what): memtrace accept \(commit) says that it was meant, git revert \(commit) undoes it"
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
      for line in try repository.losses(by: commit) where line.isBetter(than: lost[line.key]?.0) {
        lost[line.key] = (line, commit)
      }
    }
    var words = RemovalWords()
    try repository.removalWords(in: tip.tree, &words)
    let wanted = Set(lost.keys)
    var there = ReadKeys()
    for root in Layout.lineRoots where !lost.isEmpty {
      try repository.walk(tip.tree, under: root) { path, entry in
        guard entry.mode.isRegular, Readership(path) != .nothing else { return }
        there.add(try repository.blob(entry.id), at: path, among: wanted)
      }
    }
    lost = lost.filter { !there.hold($0.value.0) }
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
    let pending = try pendingRemovals(tip)
    let comesBack = Set(pending.lines.map(\.key))
    return pending.groups.map { UnsaidRemoval($0, comesBack: true) }
      + removals.groups.compactMap { group in
        var group = group
        group.lines.removeAll { comesBack.contains($0.key) }
        return group.lines.isEmpty ? nil : UnsaidRemoval(group, comesBack: false)
      }
  }

  /// What the next write puts back.
  private func pendingRemovals(_ tip: Commit) throws -> Removals {
    let repository = try repository()
    guard let branch = try repository.head().branch,
      let known = try KnownTips(repository).tip(of: branch), known.id != tip.id
    else { return Removals() }
    let ours = Set(try loadLedger().entries.map(\.id))
    return try Judgement(
      repository, known: known, head: tip, pending: try waiting(), isOurs: ours.contains
    ).unsaid
  }
}
