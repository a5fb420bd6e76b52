// Fetch, merge, push, and again where somebody else was faster.

import Git

extension Store {
  /// Brings this clone and a remote together. Network work is done without the lock; whoever writes meanwhile is
  /// merged in at the end.
  /// - Throws: `conflict` where a person must decide first, `remote` for trouble with the other side, `busy` while
  ///   a person is in the middle of something, `invalid` for a remote that this version must not read.
  public func sync(_ request: SyncRequest = SyncRequest(), network: Network) throws -> SyncReport {
    try translating {
      try syncing { transfer in
        if !request.isOfErasure { try completeWantedHistory(network, transfer) }
        try completeErasing()
        let target = try prepareSync(request)
        let note = try noteTransfer(transfer, target)
        defer { note.remove() }
        let before = try repository().head().commit
        var run = SyncRun(store: self, request: request, network: network, target: target)
        do {
          try run.run()
        } catch {
          // libgit2 leaves a lock behind where a call fails once it has one; what somebody holds is not ours, and what
          // could not be taken away now is found beside the note by the next sync.
          let isHeld =
            (error as? GitError)?.code == .locked || (error as? MemtraceError)?.kind == .busy
          if !isHeld { _ = try? LockNote.clear(transfer, within: 86_400) }
          try noteSync(target, failure: error)
          throw error
        }
        let after = try repository().head().commit
        let moved = before.flatMap { from in
          after.flatMap { $0 != from ? (from, $0) : nil }
        }
        try noteSync(target, failure: nil, moved: moved)
        return run.report
      }
    }
  }

  private func noteTransfer(_ folder: String, _ target: SyncTarget) throws -> LockNote {
    let repository = try repository()
    let tracking = try [target.upstream, target.pushed].compactMap {
      try repository.trackingReference(for: Upstream(remote: target.remote, branch: $0))
    }
    let names = Set(tracking + [SyncRun.outgoing, "packed-refs", "config"]).sorted()
    return try LockNote(
      folder,
      locks: names.map { "\(repository.commonFolder)/\($0).lock" }
        + ["refs/remotes/\(target.remote)/", "refs/tags/"].map {
          "\(repository.commonFolder)/\($0)"
        })
  }

  /// Commits what waits, and finds out where to sync with.
  private func prepareSync(_ request: SyncRequest) throws -> SyncTarget {
    let repository = try repository()
    if repository.isShallow {
      throw MemtraceError(
        .conflict, "this is a shallow clone: the history that a merge needs is missing",
        hint: "git -C \(root) fetch --unshallow")
    }
    if try repository.isPartial {
      throw MemtraceError(
        .conflict, "this is a partial clone: objects that a merge needs are missing",
        hint: "git clone without --filter")
    }
    return try locked { session in
      try session.settle()
      guard let branch = try repository.head().branch else {
        throw MemtraceError(.conflict, "HEAD is detached", hint: "git -C \(root) switch BRANCH")
      }
      var target = try SyncTarget(request, in: repository, branch: branch)
      try target.follow(Proposal.read(self), request)
      return target
    }
  }
}

/// One sync under way.
struct SyncRun {
  let store: Store
  let request: SyncRequest
  let network: Network
  var target: SyncTarget
  var report: SyncReport
  /// Where the branch that is pushed to stands on the remote, as far as is known.
  var remoteHas: ObjectID?
  /// All that the remote listed in the last fetch, by full name.
  var remoteBranches: [String: ObjectID] = [:]
  /// Where the remote-tracking references stood before the last fetch.
  var tracked: [String: ObjectID] = [:]

  /// After so many lost races a sync gives up.
  static let attempts = 5
  static let outgoing = "refs/memtrace/outgoing"

  init(store: Store, request: SyncRequest, network: Network, target: SyncTarget) {
    self.store = store
    self.request = request
    self.network = network
    self.target = target
    report = SyncReport(remote: target.remote, branch: target.upstreamName)
  }

  mutating func run() throws {
    for attempt in 1... {
      report.attempts = attempt
      // A merge that lost its race was thrown away, and is counted with the one that is made instead.
      (report.received, report.merged, report.conflicts) = (0, 0, 0)
      (report.removed, report.removals) = (0, "")
      let start = store.world.now().milliseconds
      if try round(isLast: attempt == Self.attempts) { return }
      let took = Int(store.world.now().milliseconds - start)
      network.sleep(Self.pause(attempt, took: took, random: store.world.random()))
    }
  }

  /// Fetch, merge and push, once.
  /// - Returns: false where somebody else was faster.
  private mutating func round(isLast: Bool) throws -> Bool {
    let turn = turn()
    defer { withExtendedLifetime(turn) {} }
    var theirs = request.direction == .push ? try seen() : try fetch()
    if request.direction != .push, try !cleanHistory(&theirs) { return false }
    let step = try store.locked { session in
      if request.direction != .push {
        for (branch, tip) in [(target.upstream, theirs), (target.pushed, remoteHas)] {
          if let tip { try session.noteFetched(tip, tracking: tracked[branch]) }
        }
      }
      let step = try integrate(session, theirs)
      if request.direction != .pull, let commit = step.toPush, commit != remoteHas {
        try session.mayPush(accepting: request.acceptsRemovals)
      }
      return step
    }
    guard request.direction != .pull, let commit = step.toPush, commit != remoteHas else {
      try finish(theirs)
      return true
    }
    let push: PushOutcome
    do {
      push = try self.push(commit)
    } catch {
      // What was fetched is merged here all the same.
      if step.isMerge, !step.isProposal { try store.locked { try settle($0, commit) } }
      throw error
    }
    report.messages = push.messages
    if push.isAccepted {
      report.isPushed = true
      report.sent += try store.repository().recordsAdded(from: remoteHas ?? theirs, to: commit)
      if step.isMerge { try store.locked { try settle($0, commit) } }
      if step.isProposal, var proposal = try Proposal.read(store) {
        proposal.isPushed = true
        try proposal.save(store)
      }
      try finish(target.hasOwnBranch ? theirs : commit)
      return true
    }
    let mayRetry = push.isBehind && request.direction == .both
    if mayRetry, !isLast { return false }
    if step.isMerge, !step.isProposal { try store.locked { try settle($0, commit) } }
    throw RemoteFailure.refused(push, target, attempts: report.attempts)
  }

  private mutating func fetch() throws -> ObjectID? {
    let (repository, network) = (try store.repository(), network)
    tracked = try tracking()
    if try !KnownErasures(of: repository.commonFolder).all().ofHistory.isEmpty {
      // libgit2 brings all that a local repository's references reach.
      store.notices += LocalRemote.clearPassing(target.url)
    }
    let fetched = try Transport(network, repository, url: target.url).run { login, patience in
      try despiteVanishing {
        try repository.fetch(
          remote: target.remote, credentials: login, patience: patience, progress: network.report)
      }
    } orCommand: {
      try repository.fetch(remote: target.remote, by: $0)
    }
    if fetched.id(of: target.upstream) == nil, !target.isConfigured,
      let main = fetched.defaultBranch,
      fetched.id(of: main) != nil
    {
      if target.pushed == target.upstream { target.pushed = main }
      target.upstream = main
      report = SyncReport(
        remote: target.remote, branch: target.upstreamName, attempts: report.attempts)
    }
    remoteBranches = Dictionary(
      fetched.heads.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    if target.proposes, target.proposal?.isOpen != true {
      target.pushed = try store.locked { try freeBranch($0) }
    }
    remoteHas = remoteBranches[target.pushed]
    return fetched.id(of: target.upstream)
  }

  /// Where the remote-tracking references stand.
  private func tracking() throws -> [String: ObjectID] {
    let repository = try store.repository()
    var known: [String: ObjectID] = [:]
    for branch in Set([target.upstream, target.pushed]) {
      known[branch] = try repository.trackingReference(
        for: Upstream(remote: target.remote, branch: branch)
      ).flatMap { try repository.reference($0) }
    }
    return known
  }

  /// What a push builds on without asking: where the remote was when it was last heard of.
  private mutating func seen() throws -> ObjectID? {
    let repository = try store.repository()
    let tracking = try repository.trackingReference(
      for: Upstream(remote: target.remote, branch: target.pushed))
    remoteHas = try tracking.flatMap { try repository.reference($0) }
    return remoteHas
  }

  /// Remembers what of the remote is here now, and lets the branch follow it where it followed none.
  private mutating func finish(_ theirs: ObjectID?) throws {
    let repository = try store.repository()
    // What came may have said that something is erased.
    try store.locked { session in
      for step in [session.dropErased(), session.scrubErased()] {
        if case .failed(let reason) = step { throw reason }
      }
    }
    report.commit = try repository.head().commit?.description
    guard let theirs, request.direction != .push else { return }
    var seen = try SeenTips(repository)
    let old = seen[target.seenName]?.id
    // A remote that lags has lost nothing: what was seen of it stands.
    let isBehind = try old.map { try KnownCommit(theirs).leads(to: $0, in: repository) } ?? false
    if old != theirs, !isBehind { try seen.set(target.seenName, to: theirs) }
    if !target.isConfigured {
      try repository.setUpstream(
        ofBranch: target.local, to: Upstream(remote: target.remote, branch: target.upstream))
    }
  }
}
