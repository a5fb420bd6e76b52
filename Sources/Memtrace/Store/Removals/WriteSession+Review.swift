// Before every commit of ours: what others did to our last tip, and what is put back.

internal import Git
internal import Glibc

extension WriteSession {
  /// Judges HEAD against the tip that we last knew of its branch, and puts back what went without a word, in a commit
  /// of its own. Costs one small file where HEAD is that tip.
  ///
  /// Never in the way of a write: a failure is a notice, the known tip stays, and the next write looks again.
  /// - Returns: HEAD as it is now.
  func review(_ head: Head) -> Head {
    reviewedTip = nil
    do {
      return try translating { try reviewed(head) }
    } catch {
      store.notices.append("what others committed could not be looked at: \(error)")
      return (try? repository.head()) ?? head
    }
  }

  /// Whether what stands at HEAD was looked at and nothing waits to be put back; a HEAD that cannot be read is not
  /// written on either.
  var isReviewed: Bool {
    guard let commit = (try? repository.head())?.commit else { return true }
    return reviewedTip == commit
  }

  /// Our commit follows one that was reviewed: it is the known tip from here on.
  func know(_ commit: ObjectID, on branch: String, after parent: ObjectID?) {
    guard parent == nil || parent == reviewedTip else { return }
    do {
      try KnownTips(repository).set(branch, to: commit, state: state)
      reviewedTip = commit
    } catch {
      // The older one stands: more is looked at next time.
      reviewedTip = nil
    }
  }

  /// Whether nobody committed since. Asked once files and index are written: a `git commit -a` that took the work tree
  /// as it was before has ended by then, for it held the index's lock; its commit is reviewed with the next write.
  func isStill(at tip: ObjectID) throws -> Bool {
    try repository.head().commit == tip
  }

  private func reviewed(_ start: Head) throws -> Head {
    var head = start
    for attempt in 1... {
      guard let branch = head.branch, let commit = head.commit else { return head }
      do {
        let tips = KnownTips(try repository)
        if try repository.reference(KnownTips.name(branch)) == commit {
          reviewedTip = commit
          return head
        }
        let tip = try repository.commit(commit)
        guard let known = try tips.tip(of: branch) ?? beginning(of: branch, at: tip) else {
          know(commit, on: branch, after: nil)
          return head
        }
        let new = try known.id == commit ? commit : settled(known, tip, branch)
        reviewedTip = new
        know(new, on: branch, after: new)
        return .branch(name: branch, new)
      } catch let error as GitError where error.code == .modified && attempt < 20 {
        // Somebody committed meanwhile.
        head = try repository.head()
      } catch let error as GitError where error.code == .locked && attempt < 80 {
        usleep(25_000)
      }
    }
    return head
  }

  /// - Returns: the tip then. Where objects of the known one are gone for good nothing can be told of what it had, now or
  ///   ever: judged is from this tip on.
  private func settled(_ known: Commit, _ tip: Commit, _ branch: String) throws -> ObjectID {
    do {
      return try settle(known, tip, branch)
    } catch let error as GitError where error.saysOfObject {
      guard try areLinesThere(tip.tree), try !areLinesThere(known.tree) else { throw error }
      say(
        "objects of \(known.id.description.prefix(10)), the tip that was last known of this branch, are gone: "
          + "what it had and HEAD has not cannot be told")
      return tip.id
    }
  }

  /// - Throws: where that cannot be told now.
  private func areLinesThere(_ tree: ObjectID) throws -> Bool {
    let found: Bool? = try repository.ifThere(tree) { repository in
      for root in Layout.lineRoots {
        try repository.walk(tree, under: root) { _, entry in
          if entry.mode.isBlob { try repository.withBlob(entry.id) { _ in } }
        }
      }
      return true
    }
    return found == true
  }

  /// - Returns: the tip then.
  private func settle(_ known: Commit, _ tip: Commit, _ branch: String) throws -> ObjectID {
    let ours = Set(ledger.entries.map(\.id))
    let judgement = try Judgement(
      repository, known: known, head: tip, pending: pending, isOurs: ours.contains)
    if judgement.isCutOff {
      say(
        "the commits between \(known.id.description.prefix(10)) and HEAD are not in this clone: "
          + (judgement.leftBehind > 0
            ? "what HEAD lacks of other clones' records is taken for removed by them"
            : "HEAD lacks no record"))
    }
    if judgement.isMoved, judgement.leftBehind > 0 { try rescue(known.id) }
    try tell(judgement.believed, before: known)
    if !judgement.said.isEmpty { say("\(judgement.said.summary), as was said") }
    guard !judgement.unsaid.isEmpty else { return tip.id }
    return try putBack(judgement.unsaid, known: known, on: tip, branch)
  }

  /// Counts what was removed elsewhere, once.
  private func tell(_ believed: Removals, before: Commit) throws {
    guard !believed.isEmpty else { return }
    var removals = try RemovalLedger(repository)
    let news = removals.news(believed)
    guard !news.isEmpty else { return }
    removals.add(believed, isConfirmed: false)
    try removals.save()
    say(news.summary)
    if try isWide(removals, before) {
      say(
        "\(removals.summary): too many to go on unseen; nothing is sent until `memtrace sync "
          + "--accept-removals`, or `git revert` of what was not meant")
    }
  }

  func say(_ words: String) {
    store.notices.append(words)
    store.removalNews.append(words)
  }

  func isWide(_ removals: RemovalLedger, _ before: Commit) throws -> Bool {
    let count = removals.unconfirmed
    return try Removals.isWide(
      count, of: { try repository.recordCount(in: before.tree, upTo: count * 100 + 1) })
  }

  /// Where a branch began that we have never written to: where it was cloned or branched off, else what it follows.
  private func beginning(of branch: String, at tip: Commit) throws -> Commit? {
    if let noted = ledger.entries.first(where: { $0.branch == branch && $0.tip != nil })?.tip,
      let commit = try noted.resolve(in: repository)
    {
      return commit
    }
    if let first = try repository.recentLog(branch).first,
      let commit = try repository.commitIfThere(first.new),
      try KnownCommit(commit.id).leads(to: tip.id, in: repository)
    {
      return commit
    }
    guard let upstream = try repository.upstream(ofBranch: branch),
      let tracking = try repository.trackingReference(for: upstream),
      let remote = try repository.reference(tracking),
      let base = try repository.ifThere(
        remote, tip.id, read: { try $0.mergeBases(remote, tip.id).sorted().first }) ?? nil
    else { return nil }
    return try repository.commitIfThere(base)
  }

  /// Gives a tip that its branch left a name that no later command takes away.
  private func rescue(_ tip: ObjectID) throws {
    let known = try repository.references("refs/memtrace/rescue/*")
    guard !known.contains(where: { $0.id == tip }) else { return }
    let name = "refs/memtrace/rescue/\(store.world.now().milliseconds)"
    try repository.setReference(
      name, to: tip, expecting: nil, message: "memtrace: branch moved back")
    say("the branch was moved; its old tip is kept as \(name)")
  }
}
