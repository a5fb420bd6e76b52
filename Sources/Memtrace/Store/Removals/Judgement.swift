// The tip that we last knew against another: what is missing, who took it out, and whether anybody meant it.

internal import Git

/// Records that an earlier tip had and a later one lacks.
struct Judgement {
  /// Taken out here, without a word: to be put back.
  private(set) var unsaid = Removals()
  /// First seen in a fetch, and believed.
  private(set) var believed = Removals()
  /// A word covers them.
  private(set) var said = Removals()
  /// The branch was moved and no longer has the known tip.
  private(set) var isMoved = false
  /// Records that it had then and that no commit took out.
  private(set) var leftBehind = 0
  /// The commits between the two are not in this clone, as in a shallow one: what of others went is believed.
  private(set) var isCutOff = false

  private let repository: Repository
  private let known: Commit
  private let head: Commit
  private var words = RemovalWords()

  /// So many commits are looked at one by one, also where the two trees differ in nothing.
  private static let closeLook = 256

  /// - Parameters:
  ///   - pending: lines that wait for their commit: a word may be among them.
  ///   - isOurs: whether a replica is of this clone.
  init(
    _ repository: Repository, known: Commit, head: Commit, pending: [PendingLine],
    isOurs: (String) -> Bool
  ) throws {
    (self.repository, self.known, self.head) = (repository, known, head)
    var commits: [Commit] = []
    let history = try repository.ifThere(known.id, head.id) { repository in
      var newest: [Commit] = []
      try repository.history(from: head.id, excluding: [known.id]) { newest.append($0) }
      return (
        isMoved: try !repository.isAncestor(known.id, of: head.id), commits: newest.reversed()
      )
    }
    if let history {
      (isMoved, commits) = (history.isMoved, Array(history.commits))
    } else {
      (isMoved, isCutOff) = (true, true)
    }
    try repository.removalWords(in: known.tree, &words)
    try repository.removalWords(in: head.tree, &words)
    for line in pending where line.file.kind == .accepted || line.file.kind == .erased {
      words.read(line.bytes)
    }
    let origins = try Origins(repository, since: known.id, commits)
    var lost = try closeLook(commits.filter { !origins.fetched.contains($0.id) })
    var seen = Set(lost.map(\.line.key))
    // Where one commit follows, its own difference was the whole.
    if commits.count != 1 || isMoved || commits[0].parents != [known.id]
      || origins.fetched.contains(commits[0].id)
    {
      var rest = try repository.losses(from: known.tree, to: head.tree)
        .filter { seen.insert($0.key).inserted }
      for commit in commits where !rest.isEmpty {
        let gone = Set(try repository.losses(by: commit).map(\.key))
        for line in rest where gone.contains(line.key) { lost.append((line, commit)) }
        rest.removeAll { gone.contains($0.key) }
      }
      try lost += moved(rest, isOurs)
    }
    try sort(lost, origins)
  }

  /// What each of these commits took out of what its parents had, and nothing later brought back.
  private func closeLook(_ commits: [Commit]) throws -> [(line: LostLine, by: Commit?)] {
    guard commits.count <= Self.closeLook else { return [] }
    var lost: [MergeKey: (LostLine, Commit)] = [:]
    for commit in commits {
      for line in try repository.losses(by: commit) {
        // What damaged a line counts, and not what then took the damaged one out.
        if line.isTaken || line.isBetter(than: lost[line.key]?.0) {
          lost[line.key] = (line, commit)
        }
      }
    }
    guard !lost.isEmpty else { return [] }
    for line in try repository.standing(lost.values.map(\.0), in: head.tree).found {
      lost[line.key] = nil
    }
    let wanted = Set(lost.keys)
    for root in Layout.lineRoots where !lost.isEmpty {
      try repository.changes(from: known.tree, to: head.tree, under: root) { change in
        guard let new = change.new, new.mode.isRegular, Readership(change.path) != .nothing else {
          return
        }
        var there = ReadKeys()
        there.add(try repository.blob(new.id), at: change.path, among: wanted)
        lost = lost.filter { !there.hold($0.value.0) }
      }
    }
    return lost.values.sorted { $0.0.key < $1.0.key }
  }

  /// After an amend, a reset or a rebase no commit says that it removed anything: what counts is what our writer wrote
  /// and no branch or remote holds any longer.
  private mutating func moved(_ rest: [LostLine], _ isOurs: (String) -> Bool) throws -> [(
    line: LostLine, by: Commit?
  )] {
    guard isMoved else { return rest.map { ($0, nil) } }
    leftBehind = rest.count
    var own = rest.filter { line in
      let name = line.path.split(separator: "/").last ?? ""
      guard let file = FileName(name) else { return true }
      return isOurs(file.replica) || file.replica.hasPrefix("import-")
    }
    for pattern in ["refs/heads/*", "refs/remotes/*"] {
      for reference in try repository.references(pattern) where !own.isEmpty {
        guard reference.id != head.id,
          let commit = try repository.commitIfThere(reference.id)
        else { continue }
        own = try repository.standing(own, in: commit.tree).rest
      }
    }
    return own.map { ($0, nil) }
  }

  private mutating func sort(_ lost: [(line: LostLine, by: Commit?)], _ origins: Origins) throws {
    var reverts: [ObjectID: Set<MergeKey>] = [:]
    for (line, commit) in lost {
      let culprit =
        commit.map { Culprit(commit: $0.id, author: $0.author.name) }
        ?? Culprit(commit: head.id, author: head.author.name, isMove: isMoved)
      if line.key.isPermanent {
        if !words.cover(line) { unsaid.add(line, by: culprit) }
        continue
      }
      if let commit, reverts[commit.id] == nil {
        reverts[commit.id] = try repository.broughtBack(by: commit.message)
      }
      if words.cover(line) || commit.flatMap({ reverts[$0.id] })?.contains(line.key) == true {
        said.add(line, by: culprit)
      } else if let commit, origins.fetched.contains(commit.id) {
        believed.add(line, by: culprit)
      } else {
        unsaid.add(line, by: culprit)
      }
    }
    let hadConfiguration = try repository.treeEntry(in: known.tree, Layout.configuration) != nil
    let hasConfiguration = try repository.treeEntry(in: head.tree, Layout.configuration) != nil
    if hadConfiguration, !hasConfiguration { unsaid.lacksConfiguration = true }
  }
}
