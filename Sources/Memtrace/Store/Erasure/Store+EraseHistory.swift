// erase --history: remotes first, each with a lease, and only then this clone.

internal import Git
internal import Glibc
internal import System

/// What an erasure of history came to.
struct HistoryReport: Sendable {
  let id: RecordID
  /// Erasures that had left history as it was, and that this one takes out of it too.
  var earlier: [RecordID] = []
  var commits = 0
  var removed = 0
  var references: [String] = []
  /// By remote: its branches and tags that were moved.
  var moved: [(remote: String, references: [String])] = []
  /// What is done later, or by somebody else.
  var left: [String] = []
}

extension Store {
  /// `.git/memtrace/erasing`: an erasure of history under way, as its line will be.
  private static let erasing = "erasing"

  /// `.git/memtrace/history-wanted`: erasures that are to reach into history, a line each, from before one is durable until
  /// that was tried.
  private static let wanted = "history-wanted"

  /// Whether one was cut off.
  func erasingIsUnderWay() throws -> Bool {
    guard let common = place.commonFolder else { return false }
    return [Self.erasing, Self.wanted].contains { access("\(common)/memtrace/\($0)", F_OK) == 0 }
  }

  /// Before the erasure is durable: whoever is killed then has said what was meant.
  func wantHistory(_ id: RecordID) throws {
    try changeWantedHistory { $0.append(id) }
  }

  /// It was tried, and whoever asked for it knows what came of it.
  func forgetWantedHistory(_ ids: [RecordID]) throws {
    try changeWantedHistory { wanted in wanted.removeAll(where: ids.contains) }
  }

  /// Work trees erase at the same time.
  private func changeWantedHistory(_ change: (inout [RecordID]) -> Void) throws {
    let folder = try commonState()
    try SharedState.changing(folder) {
      let states = try Folder(folder)
      let before = try wantedHistory()
      var wanted = before
      change(&wanted)
      if wanted == before { return }
      if wanted.isEmpty { return try states.remove(Self.wanted) }
      try states.replace(
        Self.wanted, with: wanted.map { "\($0)\n" }.joined().utf8, mode: 0o600, isSynced: true)
    }
  }

  private func wantedHistory() throws -> [RecordID] {
    String(decoding: try Folder(try commonState()).read(Self.wanted) ?? [], as: UTF8.self)
      .split(separator: "\n").compactMap { RecordID(String($0)) }
  }

  /// Erasures in force whose lines Git's history may hold still.
  func erasuresBesideHistory() throws -> [RecordID] {
    let all = try erasures()
    return all.beyond(all.ofHistory).ids
  }

  /// Does what an erasure was on its way to when it was killed between the files and the history.
  func completeWantedHistory(_ network: Network) throws {
    guard try erasingIsUnderWay() else { return }
    try syncing { try completeWantedHistory(network, $0) }
  }

  /// - Parameter transfer: the folder for notes, of whoever has the lock.
  func completeWantedHistory(_ network: Network, _ transfer: String) throws {
    guard try erasingIsUnderWay() else { return }
    for id in try wantedHistory() { try completeWantedHistory(id, network, transfer) }
  }

  private func completeWantedHistory(_ id: RecordID, _ network: Network, _ transfer: String) throws
  {
    guard let said = try erasures().lines[id], let json = try? JSON(parsing: said) else {
      return try forgetWantedHistory([id])
    }
    let again = "memtrace erase \(id) --history"
    do {
      let report = try translating {
        try eraseHistory(
          ErasureLine(Erasures(reading: said)), by: json["reviewer"]?.string ?? "unknown",
          reason: json["reason"]?.string, again: again, network: network, noting: transfer
        ) { _, _, _ in }
      }
      try forgetWantedHistory([id])
      tell(
        [
          "an erasure that was cut off has reached history: \(amount(report.commits, "commit")), "
            + "\(amount(report.removed, "object")) removed"
        ] + report.left)
    } catch let error as MemtraceError {
      // Only a remote that refuses is not asked again; what is away, or in the way, may be otherwise the next time.
      let isRefused = error.hint == RemoteMove.permission(then: again)
      if isRefused { try forgetWantedHistory([id]) }
      tell([
        "an erasure was cut off before it reached history: \(error.message); "
          + (isRefused ? again : "the next sync tries it again")
      ])
    }
  }

  /// A bridge passes it on too.
  private func tell(_ words: [String]) {
    notices += words
    removalNews += words
  }

  /// - Parameter again: the command that does it once more, for a hint.
  /// - Throws: `remote` where the first remote refuses: then nothing has moved here, and the erasure without history stands.
  func eraseHistory(
    _ line: ErasureLine, by reviewer: String, reason: String?, again: String, network: Network,
    progress: @escaping (String, Int, Int) -> Void
  ) throws -> HistoryReport {
    try translating {
      try syncing {
        try eraseHistory(
          line, by: reviewer, reason: reason, again: again, network: network, noting: $0,
          progress: progress)
      }
    }
  }

  private func eraseHistory(
    _ line: ErasureLine, by reviewer: String, reason: String?, again: String, network: Network,
    noting transfer: String, progress: @escaping (String, Int, Int) -> Void
  ) throws -> HistoryReport {
    try refuseIncomplete()
    try completeErasing()
    let repository = try repository()
    let note = try LockNote(
      transfer,
      locks: ["refs/remotes/", "refs/tags/", "refs/memtrace/tags/", "packed-refs.lock"].map {
        "\(repository.commonFolder)/\($0)"
      })
    defer { note.remove() }
    let time = world.now()
    let id = RecordID(.erasure, world.ulid(at: time.milliseconds))
    var line = line
    line.reachesHistory = true
    return try run(line, id, time, reviewer, reason, again, network, progress)
  }

  private func refuseIncomplete() throws {
    let repository = try repository()
    guard try repository.isShallow || repository.isPartial else { return }
    throw MemtraceError(
      .conflict, "this clone lacks part of the history, so it cannot rewrite it",
      hint: "git -C \(root) fetch --unshallow, or memtrace clone it whole")
  }

  private func run(
    _ line: ErasureLine, _ id: RecordID, _ time: Timestamp, _ reviewer: String, _ reason: String?,
    _ again: String, _ network: Network, _ progress: @escaping (String, Int, Int) -> Void
  ) throws -> HistoryReport {
    let repository = try repository()
    var report = HistoryReport(id: id)
    let head = try repository.head()
    guard let branch = head.branch, let tip = head.commit else {
      throw MemtraceError(.busy, "HEAD is detached", hint: "git -C \(root) switch BRANCH")
    }
    let tags = "refs/memtrace/tags/"
    var reachable: [String] = []
    for (remote, url) in try repository.remotes().map({ ($0.name, $0.url) }) {
      for url in Set([url, try repository.pushURL(remote) ?? url]).sorted() {
        report.left += LocalRemote.clearPassing(url)
      }
      do {
        try repository.fetchAll(
          remote: remote, tags: "\(tags)\(remote)/", by: try commandTransport(network))
        reachable.append(remote)
      } catch let error as GitError {
        report.left.append(
          "\(remote) cannot be reached (\(error.message)): memtrace sync \(remote) puts it right later"
        )
      }
    }
    let known = KnownErasures(of: repository.commonFolder)
    var line = line
    var erasures = try known.all().ofHistory
    erasures.read(line.bytes(id, at: time, by: reviewer, reason: reason))
    let earlier = try known.all().beyond(erasures)
    if !earlier.ids.isEmpty {
      report.earlier = earlier.ids
      line.add(earlier.line)
      erasures.read(line.bytes(id, at: time, by: reviewer, reason: reason))
    }
    let rewriter = HistoryRewriter(repository, erasures)
    var end: ObjectID?
    var said: [UInt8] = []
    let references = try repository.references("refs/*")
    try repository.withBulkWrites { bulk in
      rewriter.repository = bulk
      try rewriter.rewrite(
        from: HistoryRewriter.Roots(named: Set(references.map(\.id))), excluding: []
      ) {
        progress("rewriting", $0, $1)
      }
      for reference in references { _ = try rewriter.mapped(reference.id) }
      line.first = rewriter.first.map(\.description).sorted()
      said = line.bytes(id, at: time, by: reviewer, reason: reason)
      end = try commitLine(said, on: try rewriter.mapped(tip), in: bulk, time)
    }
    rewriter.repository = repository
    guard let end else { return report }
    let upstream = try repository.upstream(ofBranch: branch)
    let proposal = try Proposal.read(self)
    for (number, remote) in reachable.enumerated() {
      // Of a clone that proposes, its branch gets the erasure, and nothing that nobody has merged.
      let proposes = proposal?.remote == remote
      var main: String?
      var moves: [RemoteMove] = []
      for (name, old) in references where name.hasPrefix("refs/remotes/\(remote)/") {
        let short = name.dropFirst("refs/remotes/\(remote)/".count)
        if short == "HEAD" { continue }
        let reference = "refs/heads/\(short)"
        var new = try rewriter.mapped(old)
        let isMain =
          (upstream?.remote == remote ? upstream?.branch : nil) ?? branch == reference
        if isMain {
          // What this clone has not merged yet keeps its own tip, and says it too: others follow what they fetch.
          let isMerged = try repository.isAncestor(old, of: tip)
          if !isMerged || proposes {
            new = try commitLine(
              said, on: new, apartFrom: isMerged ? nil : end, in: repository, time)
          } else {
            new = end
          }
          main = reference
        }
        if new != old { moves.append(RemoteMove(reference: reference, old: old, new: new)) }
      }
      for (name, _) in references where name.hasPrefix("\(tags)\(remote)/") {
        guard let old = try rawTarget(name), try rewriter.mapped(old) != old else { continue }
        moves.append(
          RemoteMove(
            reference: "refs/tags/" + name.dropFirst("\(tags)\(remote)/".count), old: old,
            new: try rewriter.mapped(old)))
      }
      guard !moves.isEmpty else { continue }
      progress("sending to \(remote)", 0, moves.count)
      do {
        let sent = try moveRemote(remote, moves, network)
        if let (reference, reason) = sent.refused.filter({ !RemoteMove.isStale($0.value) })
          .min(by: { $0.key < $1.key })
        {
          let words = RemoteMove.refusal(
            remote, reference, reason, hint: "memtrace sync \(remote)")
          let isMain = main.map { sent.refused[$0] != nil } == true
          guard number > 0 || !(isMain || sent.accepted.isEmpty) else {
            throw MemtraceError(
              .remote,
              "\(words); nothing was moved here, and the erasure without history stands",
              hint: RemoteMove.permission(then: again))
          }
          report.left.append(words)
        }
        if sent.accepted.isEmpty, number == 0,
          sent.refused.values.contains(where: RemoteMove.isStale)
        {
          throw MemtraceError(
            .conflict, "\(remote) was changed meanwhile; nothing was moved here", hint: again)
        }
        report.moved.append((remote, sent.accepted.sorted()))
      } catch let error as MemtraceError where number > 0 {
        report.left.append("\(remote): \(error.message); memtrace sync \(remote)")
      }
    }
    for (name, _) in references where name.hasPrefix(tags) { try repository.deleteReference(name) }
    try Folder(try commonState()).replace(Self.erasing, with: said, mode: 0o600, isSynced: true)
    try known.add(Erasures(reading: said))
    let outcome = try followHistory(erasures, to: (branch, end)) { progress("cleaning", $0, $1) }
    try Folder(try commonState()).remove(Self.erasing)
    report.commits = rewriter.changed.count
    report.removed = outcome.removed
    report.references = outcome.references
    report.left += outcome.left
    return report
  }

  /// Before a write from the command line; while a sync runs it is that one's, and a failure is the next one's.
  func completeErasingAlone() {
    guard openCatalog == nil, (try? erasingIsUnderWay()) == true,
      (try? Folder(commonState()).read(Self.erasing)) != nil
    else { return }
    do {
      try syncingIfFree {
        try completeErasing()
        notices.append("an erasure of history that was cut off has been brought to its end")
      }
    } catch {
      notices.append("an erasure of history is not complete yet: \(error)")
    }
  }

  /// Does what a cut left undone, as far as this clone goes.
  func completeErasing() throws {
    guard try erasingIsUnderWay() else { return }
    let states = try Folder(try commonState())
    guard let bytes = try states.read(Self.erasing) else { return }
    let known = KnownErasures(of: place.commonFolder!)
    try known.add(Erasures(reading: bytes))
    _ = try followHistory(try known.all().ofHistory)
    try states.remove(Self.erasing)
  }

  /// The commit that says it, on the rewritten tip.
  /// - Parameter other: a commit that says it too, and will be merged: in a file that it does not have, for two of one name
  ///   would be a person's conflict.
  private func commitLine(
    _ line: [UInt8], on tip: ObjectID, apartFrom other: ObjectID? = nil, in repository: Repository,
    _ time: Timestamp
  ) throws -> ObjectID {
    let commit = try repository.commit(tip)
    let otherTree = try other.map { try repository.commit($0).tree }
    let replica = try loadLedger().newest?.id ?? "erase"
    var file = FileName(.erased, replica: replica)
    func text(in tree: ObjectID?) throws -> [UInt8]? {
      try tree.flatMap { try repository.treeEntry(in: $0, "\(Layout.own)/\(file)") }
        .map { try repository.blob($0.id) }
    }
    var bytes = try text(in: commit.tree)
    while file != file.next,
      try (bytes?.count ?? 0) >= Limits.fileBytes || text(in: otherTree) != nil
    {
      file = file.next
      bytes = try text(in: commit.tree)
    }
    let blob = try repository.writeBlob(PlannedFile.joined(bytes ?? [], line))
    let tree = try repository.updateTree(
      base: commit.tree, [.upsert(path: "\(Layout.own)/\(file)", id: blob, mode: .file)])
    let signature = try repository.committer(
      replica: replica, seconds: time.milliseconds / 1_000)
    return try repository.createCommit(
      tree: tree, parents: [tip], author: signature, committer: signature,
      message: "erase: 1 erasure · all of history\n")
  }

  private func rawTarget(_ name: String) throws -> ObjectID? {
    let printed = GitCommand.run(
      ["--git-dir=\(try repository().commonFolder)", "-c", "safe.directory=*", "rev-parse", name],
      environment: commandEnvironment)
    return printed.flatMap {
      ObjectID(hex: String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self))
    }
  }
}
