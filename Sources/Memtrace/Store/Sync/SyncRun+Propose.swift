// A proposal's way: made as one commit on the remote's main branch, changed there by reviewers, merged in any of the
// ways that hosting sites have, or closed.

import Git

extension SyncRun {
  /// Brings in the main branch and what reviewers put on the proposal's, finds out what became of it, and makes the
  /// next commit of it where that is asked for. Nothing goes to the main branch.
  mutating func integrateProposing(_ session: WriteSession, _ theirs: ObjectID?) throws -> Step {
    guard let theirs else {
      throw MemtraceError(
        .conflict, "\(target.remote) has no branch \(target.upstreamName) to propose to",
        hint: "memtrace push \(target.remote) fills it")
    }
    var proposal = try lastProposal(session)
    let fate = try proposal.flatMap { try land(session, $0, theirs) }
    report.proposal = fate?.report
    if let head = try session.head().commit {
      _ = try join(session, head, theirs, as: .main, mayWait: false)
    }
    if var known = proposal {
      try joinBranch(session, known, isOpen: fate?.state == .open)
      try settle(&known, fate)
      proposal = known
      target.proposal = known
      // What is over takes nothing more: the next one is a branch of its own.
      if !known.isOpen {
        target.pushed = try freeBranch(session)
        remoteHas = nil
      }
    }
    guard let head = try session.head().commit else { return Step() }
    let next = try nextProposal(session, head, theirs, after: proposal)
    let news = next?.news ?? 0
    if report.proposal == nil, let last = proposal, request.isProposing || news > 0 {
      // It was over before.
      let here = try ids(of: session.repository.commit(head).tree, missingFrom: theirs)
      report.proposal = self.report(
        of: last.branch, last.state,
        waiting: here.intersection(last.isOpen ? last.records : last.held).count)
    }
    guard request.isProposing else {
      report.proposal?.unproposed = news
      return Step()
    }
    guard let next else { return Step() }
    try next.proposal.save(store)
    report.proposal = self.report(of: target.pushed, .open, waiting: next.proposal.records.count)
    return Step(toPush: next.proposal.tip.id, isMerge: true, isProposal: true)
  }

  /// The last one. What was refused waits again where the branch holds it again.
  private mutating func lastProposal(_ session: WriteSession) throws -> Proposal? {
    guard var proposal = try soundProposal(session) else { return nil }
    if proposal.isOpen, !proposal.held.isEmpty, let remoteHas,
      let tip = try proposal.tip.resolve(in: session.repository)
    {
      let tree = try session.repository.commit(remoteHas).tree
      let back = try proposal.held.intersection(ids(of: tree, missingFrom: tip.id))
      proposal.records.formUnion(back)
      proposal.held.subtract(back)
    }
    return proposal
  }

  /// Where the clone was cut off while it pushed, what is here tells whether the remote got it.
  private mutating func soundProposal(_ session: WriteSession) throws -> Proposal? {
    guard var proposal = target.proposal, proposal.isOpen, !proposal.isPushed else {
      return target.proposal
    }
    let repository = try session.repository
    let made = try proposal.tip.resolve(in: repository)
    let known = tracked[proposal.branch]
    if let made,
      try known == made.id || remoteHas.map({ try repository.isAncestor(made.id, of: $0) }) == true
    {
      // Perhaps it never came to be merged here, which edits of it are seen against.
      let received = report.received
      if let head = try session.head().commit {
        _ = try join(session, head, made.id, as: .rewritten, mayWait: false)
      }
      report.received = received
      proposal.isPushed = true
      return proposal
    }
    // A name may have been that of an older branch, which tells nothing of this one.
    let earlier = try known.flatMap { known in
      try KnownCommit(known).leads(to: proposal.tip.id, in: repository)
        && !KnownCommit(known).leads(to: proposal.base.id, in: repository) ? known : nil
    }
    guard let tip = earlier ?? remoteHas else {
      proposal.state = .unsent
      proposal.records = []
      return proposal
    }
    if let made { proposal.records.subtract(try ids(of: made.tree, missingFrom: tip)) }
    proposal.tip = KnownCommit(tip)
    proposal.isPushed = true
    return proposal
  }

  /// A name that the remote has no branch of.
  func freeBranch(_ session: WriteSession) throws -> String {
    let replica = try session.replica(for: session.head()).id
    return Proposal.name(replica: replica, now: store.world.now()) { remoteBranches[$0] != nil }
  }

  private func report(of branch: String, _ state: Proposal.Outcome, waiting: Int) -> ProposalReport
  {
    ProposalReport(
      branch: SyncTarget.short(branch), into: target.upstreamName, state: state.rawValue,
      waiting: waiting)
  }

  /// What became of a proposal since it was last looked at.
  private struct Fate {
    var report: ProposalReport
    var state: Proposal.Outcome
    /// Ids that neither arrived nor were taken out.
    var waiting: Set<String>
    /// Ids that the branch no longer holds, and of them those that stay here.
    var dropped: Set<String>
    var refused: Set<String>
  }

  /// Where records of the proposal arrived on the main branch by other commits than its own, as squashes, rebases and
  /// cherry-picks make them: that commit is joined as one that has the proposal behind it, so that what was edited or
  /// taken out on the way is believed.
  private mutating func land(_ session: WriteSession, _ proposal: Proposal, _ theirs: ObjectID)
    throws -> Fate?
  {
    guard proposal.isOpen, let tip = try proposal.tip.resolve(in: session.repository) else {
      return nil
    }
    let repository = try session.repository
    var state = Proposal.Outcome.open
    var dropped = try ids(of: tip.tree, missingFrom: remoteHas)
    var landed = (ids: Set<String>(), commits: 0, last: ObjectID?.none)
    if try repository.isAncestor(tip.id, of: theirs) {
      state = .merged
      landed.ids = proposal.records.subtracting(dropped)
    } else {
      var range: [Commit] = []
      let base = try proposal.base.resolve(in: repository)?.id
      try repository.history(from: theirs, excluding: base.map { [$0] } ?? []) { range.append($0) }
      for commit in range.reversed() where commit.parents.count < 2 {
        let before = try commit.parents.first.map { try repository.commit($0).tree }
        let brought = try repository.losses(from: commit.tree, to: before).map(\.key.text)
        let ids = proposal.records.intersection(brought)
        guard !ids.isEmpty else { continue }
        landed.ids.formUnion(ids)
        landed.commits += 1
        landed.last = commit.id
      }
    }
    dropped = proposal.records.intersection(dropped).subtracting(landed.ids)
    let waiting = proposal.records.subtracting(landed.ids).subtracting(dropped)
    if landed.commits > 0, waiting.isEmpty || remoteHas == nil {
      // A branch that was moved by force is merged without what it held before.
      let isMerged = try remoteHas.map { try repository.isAncestor($0, of: theirs) } == true
      state = isMerged ? .merged : landed.commits == 1 ? .squashed : .rebased
    } else if state == .open, remoteHas == nil {
      state = .closed
    }
    // One that only moved back, or to the main branch, says that it was refused, or that the remote lags: neither takes
    // anything out here.
    let older = [tip.id, try session.head().commit, state == .open ? theirs : nil].compactMap(
      \.self)
    let isBack =
      try remoteHas.map { new in
        try older.contains { try repository.isAncestor(new, of: $0) }
      } == true
    let refused = isBack ? dropped : []
    if let last = landed.last {
      let landing = try landing(
        repository.commit(last), tip, waiting: waiting.union(refused), repository)
      try session.noteFetched(landing, tracking: nil)
      if let head = try session.head().commit {
        _ = try join(session, head, landing, as: .landing, mayWait: false)
      }
    }
    var report = report(of: proposal.branch, state, waiting: waiting.count)
    report.arrived = landed.ids.count
    report.reverted = try landed.ids.intersection(ids(of: tip.tree, missingFrom: theirs)).count
    return Fate(report: report, state: state, waiting: waiting, dropped: dropped, refused: refused)
  }

  /// What reviewers did on the branch. One that they moved by force is joined as one that has behind it what it held
  /// before, so that what they left out or wrote anew is believed; where it is over, it says nothing any more.
  private mutating func joinBranch(_ session: WriteSession, _ proposal: Proposal, isOpen: Bool)
    throws
  {
    guard let remoteHas, let head = try session.head().commit else { return }
    let repository = try session.repository
    guard let tip = try proposal.tip.resolve(in: repository),
      try repository.isAncestor(tip.id, of: head),
      try !repository.isAncestor(tip.id, of: remoteHas)
    else {
      _ = try join(session, head, remoteHas, as: .proposal, mayWait: false)
      return
    }
    // What it was moved to is here already where it moved back, and where a person pulled it by hand.
    guard try isOpen && !repository.isAncestor(remoteHas, of: head) else { return }
    let branch = try repository.commit(remoteHas)
    let merge = MergeCommit(of: branch, and: tip)
    let replaced = try repository.createCommit(
      tree: branch.tree, parents: merge.parents, author: branch.author,
      committer: merge.signature, message: "sync: a proposal was written anew\n")
    try session.noteFetched(replaced, tracking: nil)
    _ = try join(session, head, replaced, as: .rewritten, mayWait: false)
  }

  /// None where there is no such commit.
  private func ids(of tree: ObjectID, missingFrom commit: ObjectID?) throws -> Set<String> {
    guard let commit else { return [] }
    let repository = try store.repository()
    return Set(
      try repository.losses(from: tree, to: repository.commit(commit).tree).map(\.key.text))
  }

  /// A commit that says that another one holds what arrived of the proposal. What did not arrive yet is carried along.
  private func landing(
    _ arrival: Commit, _ tip: Commit, waiting: Set<String>, _ repository: Repository
  ) throws -> ObjectID {
    var tree = arrival.tree
    if !waiting.isEmpty {
      let base = try repository.mergeBases(arrival.id, tip.id).sorted().first
        .map { try repository.commit($0).tree }
      var updates: [TreeUpdate] = []
      try repository.changes(from: arrival.tree, to: tip.tree) { change in
        if RecordPath.isRecordFile(change.path) {
          guard let there = change.new, there.mode.isRegular else { return }
          let bytes = try change.old.map { try repository.blob($0.id) } ?? []
          let lines = LineSet.lost(from: try repository.blob(there.id), to: bytes, at: change.path)
            .filter { waiting.contains($0.key.text) }
          guard !lines.isEmpty else { return }
          let id = try repository.writeBlob(LineSet.inserting(lines, into: bytes))
          updates.append(.upsert(path: change.path, id: id, mode: .file))
        } else if try base.flatMap({ try repository.treeEntry(in: $0, change.path)?.id })
          == change.old?.id
        {
          updates.append(TreeUpdate(path: change.path, change.new))
        }
      }
      tree = try repository.updateTree(base: tree, updates)
    }
    let merge = MergeCommit(of: arrival, and: tip)
    return try repository.createCommit(
      tree: tree, parents: merge.parents, author: merge.signature, committer: merge.signature,
      message: "sync: a proposal arrived\n")
  }

  /// Keeps what is known now.
  private func settle(_ proposal: inout Proposal, _ fate: Fate?) throws {
    if proposal.isOpen {
      if let remoteHas { proposal.tip = KnownCommit(remoteHas) }
      if let fate {
        proposal.state = fate.state
        proposal.records.subtract(fate.dropped)
        proposal.held.formUnion(proposal.isOpen ? fate.refused : fate.refused.union(fate.waiting))
      }
    }
    try proposal.save(store)
  }

  /// The commit that would hold all that the main branch and the proposal so far lack; nil where there is nothing.
  private func nextProposal(
    _ session: WriteSession, _ ours: ObjectID, _ theirs: ObjectID, after last: Proposal?
  ) throws -> (proposal: Proposal, news: Int)? {
    let repository = try session.repository
    let isOpen = last?.isOpen == true
    let parent = isOpen ? remoteHas ?? theirs : theirs
    let main = try repository.commit(theirs).tree
    let held = request.proposesAgain ? [] : last?.held ?? []
    let tree = try repository.leaving(
      held, outOf: repository.commit(ours).tree, comparedTo: main)
    // The main branch comes in by a merge of its own: sites that rebase leave merges out.
    let start =
      try repository.isAncestor(theirs, of: parent)
      ? parent : repository.mergeCommit(parent, theirs).commit ?? parent
    let before = try repository.commit(start).tree
    guard tree != before else { return nil }
    let lines = try repository.losses(from: tree, to: before)
    guard request.isProposing else { return (last ?? placeholder(theirs), lines.count) }
    let replica = try session.replica(for: session.head()).id
    let message = CommitMessage(
      lines: lines.compactMap { line in
        FileName(line.path.split(separator: "/").last ?? "").map {
          PendingLine(folder: String(line.folder), file: $0, bytes: line.bytes)
        }
      })
    let seconds = store.world.now().milliseconds / 1_000
    let commit = try repository.createCommit(
      tree: tree, parents: [start], author: message.author(replica: replica, seconds: seconds),
      committer: repository.committer(replica: replica, seconds: seconds),
      message: lines.isEmpty ? "propose: other changes\n" : message.text)
    var proposal = last ?? placeholder(theirs)
    proposal.branch = target.pushed
    proposal.tip = KnownCommit(commit)
    proposal.base = KnownCommit(theirs)
    proposal.records = Set(try repository.losses(from: tree, to: main).map(\.key.text))
    proposal.held = held
    proposal.state = .open
    proposal.isPushed = false
    return (proposal, lines.count)
  }

  private func placeholder(_ theirs: ObjectID) -> Proposal {
    Proposal(
      remote: target.remote, into: target.upstream, branch: target.pushed,
      tip: KnownCommit(theirs), base: KnownCommit(theirs))
  }
}

extension Repository {
  /// A tree without some records that another one lacks; what opened a session stays where anything else of it does.
  fileprivate func leaving(
    _ ids: Set<String>, outOf tree: ObjectID, comparedTo other: ObjectID
  ) throws -> ObjectID {
    guard !ids.isEmpty else { return tree }
    let lines = try losses(from: tree, to: other)
    let kept = Set(lines.filter { !ids.contains($0.key.text) }.map(\.folder))
    let left = Set(
      lines.filter { line in
        ids.contains(line.key.text) && !(line.key.prefix == "evt_" && kept.contains(line.folder))
      }.map(\.key))
    var updates: [TreeUpdate] = []
    for path in Set(lines.filter { left.contains($0.key) }.map(\.path)) {
      guard let entry = try treeEntry(in: tree, path) else { continue }
      var rest: [UInt8] = []
      try blob(entry.id).withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          if let key = MergeKey(line: line), left.contains(key) { return }
          rest += line.bytes
          rest.append(UInt8(ascii: "\n"))
        }
      }
      updates.append(
        rest.isEmpty
          ? .remove(path: path)
          : .upsert(path: path, id: try writeBlob(rest), mode: entry.mode))
    }
    return try updateTree(base: tree, updates)
  }
}
