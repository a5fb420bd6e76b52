// After a fetch, before anything is merged: old history is rewritten here, and put right on the remote.

import Git

extension SyncRun {
  /// Learns what the remote's side says is erased from history, brings this clone to it, and sends the remote's own
  /// branches back without it, each only where it stands as it was fetched.
  /// - Returns: false where somebody else was faster.
  mutating func cleanHistory(_ theirs: inout ObjectID?) throws -> Bool {
    let repository = try store.repository()
    let known = KnownErasures(of: repository.commonFolder)
    for tip in [theirs, remoteHas].compactMap(\.self) {
      try store.learn(try repository.erasures(in: try repository.commit(tip).tree))
    }
    let erasures = try known.all().ofHistory
    guard !erasures.isEmpty else { return true }
    let prefix = "refs/remotes/\(target.remote)/"
    let before = try repository.references(prefix + "*")
    let outcome = try store.followHistory(erasures) { [network] in try? network.progress($0, $1) }
    for line in outcome.left { store.notices.append(line) }
    if outcome.commits > 0 {
      store.notices.append(
        "history was rewritten as an erasure asks: \(amount(outcome.commits, "commit")), "
          + "\(amount(outcome.removed, "object")) removed")
    }
    func new(_ id: ObjectID?) -> ObjectID? { id.map { outcome.mapped[$0] ?? $0 } }
    tracked = tracked.mapValues { outcome.mapped[$0] ?? $0 }
    var moves: [RemoteMove] = []
    for (name, id) in before where outcome.mapped[id] != nil && !name.hasSuffix("/HEAD") {
      moves.append(
        RemoteMove(
          reference: "refs/heads/" + name.dropFirst(prefix.count), old: id,
          new: outcome.mapped[id]!))
    }
    guard !moves.isEmpty, request.direction == .both else {
      if moves.isEmpty { return true }
      (theirs, remoteHas) = (new(theirs), new(remoteHas))
      return true
    }
    let report = try store.moveRemote(target.remote, moves, network)
    // It moved since it was fetched, or a branch that we remember is gone there.
    let stale = report.refused.filter { RemoteMove.isStale($0.value) }
    if report.isBehind || stale[target.upstream] != nil { return false }
    for (reference, reason) in report.refused.sorted(by: { $0.key < $1.key })
    where stale[reference] == nil {
      store.notices.append(
        RemoteMove.refusal(target.remote, reference, reason, hint: "memtrace sync \(target.remote)")
      )
    }
    if report.refused[target.upstream] != nil {
      throw MemtraceError(
        .remote,
        RemoteMove.refusal(
          target.remote, target.upstream, report.refused[target.upstream]!, hint: "memtrace sync"),
        hint: RemoteMove.permission(then: "memtrace sync \(target.remote)"))
    }
    (theirs, remoteHas) = (new(theirs), new(remoteHas))
    return true
  }
}

/// A branch or tag of a remote that is put right: by force, and only from where it was seen.
struct RemoteMove: Hashable {
  let reference: String
  let old: ObjectID
  let new: ObjectID

  static func isStale(_ reason: String) -> Bool { reason.contains("stale info") }

  static func refusal(_ remote: String, _ reference: String, _ reason: String, hint: String)
    -> String
  {
    "\(remote) keeps the old history of \(SyncTarget.short(reference)): it refused to move it (\(reason)); "
      + "once it may be moved: \(hint)"
  }

  /// - Parameter command: what is to be run once it may.
  static func permission(then command: String) -> String {
    "let this branch be moved by force for a moment (GitHub: Settings > Rules; GitLab: Settings > Repository > "
      + "Protected branches; Gitea: Settings > Branches; your own server: git config receive.denyNonFastForwards false there), "
      + "then \(command)"
  }
}

extension Store {
  /// Moves references of a remote by the git command, which compares where each stands.
  /// - Throws: `remote` where it cannot be reached.
  func moveRemote(_ remote: String, _ moves: [RemoteMove], _ network: Network) throws -> PushReport
  {
    let repository = try repository()
    let url = try repository.pushURL(remote).map(repository.resolved) ?? ""
    return try RemoteFailure.translating(url, Credentials(network, repository)) {
      try repository.push(
        remote: remote, refspecs: moves.map { "\($0.new):\($0.reference)" },
        leases: Dictionary(moves.map { ($0.reference, $0.old) }) { first, _ in first },
        by: try commandTransport(network))
    }
  }

  /// The git command with what a person or `MEMTRACE_GIT_TOKEN` lets it log in with.
  func commandTransport(_ network: Network) throws -> CommandTransport {
    let repository = try repository()
    var environment = network.helperEnvironment ?? commandEnvironment
    if let token = network.token {
      // As libgit2 is told: the name that the URL has, else one that hosting sites take.
      let helper =
        "!f() { test \"$1\" = get || exit 0; u=x-access-token; while read -r l; do case \"$l\" in "
        + "username=*) u=\"${l#username=}\";; esac; done; echo \"username=$u\"; "
        + "echo \"password=$MEMTRACE_GIT_TOKEN\"; }; f"
      environment.removeAll {
        $0.hasPrefix("GIT_CONFIG_COUNT=") || $0.hasPrefix("MEMTRACE_GIT_TOKEN=")
      }
      environment += [
        "MEMTRACE_GIT_TOKEN=\(token)", "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=credential.helper",
        "GIT_CONFIG_VALUE_0=", "GIT_CONFIG_KEY_1=credential.helper", "GIT_CONFIG_VALUE_1=\(helper)",
      ]
    }
    var hasOwnCommand =
      try repository.configString("core.sshCommand") != nil
      || environment.contains { $0.hasPrefix("GIT_SSH_COMMAND=") || $0.hasPrefix("GIT_SSH=") }
    if !hasOwnCommand, let key = try repository.configString("memtrace.sshKey") {
      let path = key.hasPrefix("~/") ? (network.home ?? "") + key.dropFirst() : key
      environment.append("GIT_SSH_COMMAND=ssh -o BatchMode=yes -i '\(path)'")
      hasOwnCommand = true
    }
    return CommandTransport(
      environment: environment, patience: try network.patience(repository),
      hasOwnCommand: hasOwnCommand)
  }
}
