// This clone's own history follows the erasures that reach into it: references, logs, work trees, then objects.

internal import Git
internal import Glibc
internal import System

/// What became of this clone's history.
struct HistoryOutcome {
  /// Old ids and new ones, of commits and tags that references named.
  var mapped: [ObjectID: ObjectID] = [:]
  var commits = 0
  var references: [String] = []
  /// Objects that are gone from this clone.
  var removed = 0
  /// What could not be cleaned here, each with what to do.
  var left: [String] = []
}

extension Store {
  /// `.git/memtrace/history`: for which erasures history was rewritten, and tips that were found clean then.
  private struct CleanTips {
    var print: String
    var tips: [ObjectID]
    static let file = "history"

    init(_ print: String, _ tips: [ObjectID]) { (self.print, self.tips) = (print, tips) }

    init?(in folder: Folder) throws {
      let words = String(decoding: try folder.read(Self.file) ?? [], as: UTF8.self)
        .split(separator: "\n")
      guard let print = words.first else { return nil }
      self.init(String(print), words.dropFirst().compactMap { ObjectID(hex: $0) })
    }

    func write(to folder: Folder) throws {
      let text = ([print] + tips.map(\.description)).joined(separator: "\n")
      try folder.replace(Self.file, with: text.utf8, mode: 0o600, isSynced: true)
    }
  }

  /// Brings every reference, log and work tree of this clone to history without what is erased, and removes the objects
  /// that held it. Costs little where nothing came since it was last looked at. Each step can be repeated, and the next
  /// call does what a cut left undone.
  /// - Parameter branch: where HEAD's branch goes instead, a commit on what it would become.
  func followHistory(
    _ erasures: Erasures, to branch: (name: String, tip: ObjectID)? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> HistoryOutcome {
    var outcome = HistoryOutcome()
    if erasures.isEmpty { return outcome }
    let repository = try repository()
    let states = try Folder(try commonState())
    let clean = try CleanTips(in: states).flatMap { $0.print == erasures.print ? $0 : nil }
    let rewriter = HistoryRewriter(repository, erasures)
    try repository.withBulkWrites { bulk in
      rewriter.repository = bulk
      try rewriter.rewrite(
        from: try roots(repository), excluding: clean?.tips ?? [], progress: progress)
      for root in try roots(repository).all { _ = try rewriter.mapped(root) }
    }
    rewriter.repository = repository
    let isMoving = try branch.map { try repository.reference($0.name) != $0.tip } ?? false
    if !rewriter.hasChanged, clean != nil, !isMoving {
      try CleanTips(erasures.print, try cleanTips(rewriter)).write(to: states)
      return outcome
    }
    try refuseOperations(repository)
    try locked { session in
      // References, files and notes of all work trees change, so nobody writes in any of them meanwhile.
      let others = try lockOtherWorktrees(session)
      try withExtendedLifetime(others) {
        _ = session.flush()
        try move(rewriter, erasures, branch, clean?.tips ?? [], session, &outcome)
      }
    }
    outcome.commits = rewriter.changed.count
    try prune(rewriter, clean?.tips ?? [], &outcome)
    closeRepository()
    try CleanTips(erasures.print, try cleanTips(rewriter)).write(to: states)
    return outcome
  }

  /// Our folder that all work trees share.
  func commonState() throws -> String {
    _ = try stateFolder()
    return place.commonFolder! + "/memtrace"
  }

  /// What references name, and commits that logs and HEADs of all work trees do.
  private func roots(_ repository: Repository) throws -> HistoryRewriter.Roots {
    let named = try repository.references("refs/*").map(\.id)
    var ids: Set<ObjectID> = []
    for file in try idFiles(repository) {
      let bytes = try missingIsNil { try Descriptor(opening: file, O_RDONLY).readAll() } ?? []
      IDText.each(in: bytes) { ids.insert($0) }
    }
    let others = try ids.subtracting(named).filter { id in
      switch try repository.kind(of: id) {
      case .commit?, .tag?: true
      default: false
      }
    }
    return HistoryRewriter.Roots(named: Set(named), others: others)
  }

  private func cleanTips(_ rewriter: HistoryRewriter) throws -> [ObjectID] {
    try roots(repository()).all.filter { !rewriter.broken.contains($0) }
  }

  /// Files of Git and of ours that name commits.
  private func idFiles(_ repository: Repository) throws -> [String] {
    let common = repository.commonFolder
    var files: [String] = []
    func walk(_ path: String) throws {
      guard let folder = try missingIsNil({ try Folder(path) }) else { return }
      for (name, isFolder) in try folder.list() {
        if isFolder { try walk("\(path)/\(name)") } else { files.append("\(path)/\(name)") }
      }
    }
    try walk(common + "/logs")
    var folders = [common]
    if let worktrees = try missingIsNil({ try Folder(common + "/worktrees") }) {
      folders += try worktrees.list().filter(\.isFolder).map { "\(common)/worktrees/\($0.name)" }
    }
    for folder in folders {
      files += ["HEAD", "ORIG_HEAD"].map { "\(folder)/\($0)" }
      if folder != common { files.append("\(folder)/logs/HEAD") }
    }
    for state in try stateFolders(common) {
      for (name, isFolder) in try Folder(state).list() where !isFolder {
        let isText = !name.hasPrefix("journal") && name != CleanTips.file && name != "erasing"
        if isText { files.append("\(state)/\(name)") }
      }
    }
    return files.filter { access($0, F_OK) == 0 }
  }

  private func stateFolders(_ common: String) throws -> [String] {
    let top = common + "/memtrace"
    var folders = [top]
    if let below = try missingIsNil({ try Folder(Place.stateOfWorktrees(common)) }) {
      folders += try below.list().filter(\.isFolder).map {
        "\(Place.stateOfWorktrees(common))/\($0.name)"
      }
    }
    return folders
  }

  /// In the order of their names, and by the one that has the lock of syncs: nobody waits for two of them but it.
  private func lockOtherWorktrees(_ session: WriteSession) throws -> [FileLock] {
    try stateFolders(place.commonFolder!).sorted().filter { $0 != session.state }
      .map { try waitForLock($0) }
  }

  /// - Throws: `busy`: HEAD does not move under a person, in whatever work tree.
  private func refuseOperations(_ repository: Repository) throws {
    for worktree in try Worktree.all(of: repository) {
      let state = try Repository.open(path: worktree.path).state()
      guard state != .none else { continue }
      throw MemtraceError(
        .busy,
        "a \(state) is under way in \(worktree.path): history is rewritten once it has ended",
        hint: "end it (git -C \(worktree.path) status says how), then memtrace sync")
    }
  }

  /// Under the lock.
  private func move(
    _ rewriter: HistoryRewriter, _ erasures: Erasures, _ branch: (name: String, tip: ObjectID)?,
    _ clean: [ObjectID], _ session: WriteSession, _ outcome: inout HistoryOutcome
  ) throws {
    let repository = try repository()
    // What came in between.
    try rewriter.rewrite(from: try roots(repository), excluding: clean)
    var updates = ""
    var changed: Set<String> = []
    let head = try repository.head().branch
    let before = try repository.head().commit
    for (name, id) in try directReferences(repository) {
      var new = try rewriter.mapped(id)
      if let branch, branch.name == name { new = branch.tip }
      guard new != id else { continue }
      outcome.mapped[id] = try rewriter.mapped(id)
      outcome.references.append(name)
      updates += "update \(name) \(new) \(id)\n"
      try changed.formUnion(paths(id, new, repository))
    }
    if !updates.isEmpty {
      // Killed from here on, both of us: the next one who syncs takes Git's locks away.
      let locks = try LockNote(
        try transferFolder(), .history,
        locks: (outcome.references + ["packed-refs"]).map {
          "\(repository.commonFolder)/\($0).lock"
        }
          + ["\(repository.gitFolder)/HEAD.lock"])
      defer { locks.remove() }
      let done = GitCommand.outcome(
        [
          "--git-dir=\(repository.commonFolder)", "-c", "safe.directory=*", "update-ref",
          "--no-deref", "-m",
          "memtrace: erase", "--stdin",
        ],
        input: Array(updates.utf8), environment: commandEnvironment)
      guard case .done = done else {
        throw MemtraceError(
          .busy, "references could not be moved: somebody holds a lock on one, or moved it",
          hint: "memtrace sync")
      }
    }
    for file in try idFiles(repository) {
      let bytes = try Descriptor(opening: file, O_RDONLY).readAll()
      var new = IDText.mapped(bytes) { rewriter.changed[$0] }
      // Our own move is no step of anybody's; in the log of stashes it would be a stash.
      if file.contains("/logs/") { new = IDText.withoutLines(endingIn: "\tmemtrace: erase", new) }
      guard new != bytes else { continue }
      let slash = file.lastIndex(of: "/")!
      try Folder(String(file[..<slash])).replace(
        String(file[file.index(after: slash)...]), with: new, mode: 0o644)
    }
    try moveNotes(rewriter, repository, &outcome)
    session.readLedger()
    session.forgetHead()
    let temporary = try commonState() + "/work-tree-file"
    for worktree in try Worktree.all(of: repository) {
      try worktree.drop(erasures, alsoIn: changed, by: temporary)
    }
    if let before, let branch, branch.name == head {
      // The line that says it is the one thing that the new tip has more.
      try Checkout(session, from: rewriter.mapped(before), to: branch.tip).bringFiles(branch.name)
    }
    _ = session.flush()
    try cleanRest(repository, erasures)
  }

  private func paths(_ old: ObjectID, _ new: ObjectID, _ repository: Repository) throws -> Set<
    String
  > {
    guard try repository.kind(of: old) == .commit else { return [] }
    var paths: Set<String> = []
    try repository.changes(
      from: try repository.commit(old).tree, to: try repository.commit(new).tree
    ) { if $0.old != nil { paths.insert($0.path) } }
    return paths
  }

  /// Without symbolic ones, which follow what they name. Annotated tags by their own objects.
  private func directReferences(_ repository: Repository) throws -> [(name: String, id: ObjectID)] {
    let listed = GitCommand.run(
      [
        "--git-dir=\(repository.commonFolder)", "-c", "safe.directory=*", "for-each-ref",
        "--format=%(objectname) %(refname) %(symref)",
      ],
      environment: commandEnvironment)
    guard let listed else {
      throw MemtraceError(
        .internal, "history is rewritten with the git command, and there is none",
        hint: "install git, then run the same command again")
    }
    return String(decoding: listed, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[2].isEmpty, let id = ObjectID(hex: words[0]) else { return nil }
      return (String(words[1]), id)
    }
  }

  /// What a person noted about a commit goes along with it. Its text is free, so only they can tell whom it names.
  private func moveNotes(
    _ rewriter: HistoryRewriter, _ repository: Repository, _ outcome: inout HistoryOutcome
  ) throws {
    let names = try repository.references("refs/notes/*").map(\.name)
    func git(_ words: [String], _ input: String = "") -> String? {
      GitCommand.run(
        ["--git-dir=\(repository.commonFolder)", "-c", "safe.directory=*"] + words,
        input: Array(input.utf8),
        environment: commandEnvironment + [
          "GIT_AUTHOR_NAME=memtrace", "GIT_AUTHOR_EMAIL=erase@agents.invalid",
          "GIT_COMMITTER_NAME=memtrace", "GIT_COMMITTER_EMAIL=erase@agents.invalid",
        ]
      ).map { String(decoding: $0, as: UTF8.self) }
    }
    for name in names {
      let noted = (git(["notes", "--ref=\(name)", "list"]) ?? "").split(separator: "\n").compactMap
      {
        $0.split(separator: " ").last.flatMap { ObjectID(hex: $0) }
      }
      let moved = noted.compactMap { old in rewriter.changed[old].map { (old, $0) } }
      if !moved.isEmpty {
        _ = git(
          ["notes", "--ref=\(name)", "copy", "--force", "--stdin"],
          moved.map { "\($0) \($1)\n" }.joined())
        _ = git(
          ["notes", "--ref=\(name)", "remove", "--ignore-missing", "--stdin"],
          moved.map { "\($0.0)\n" }.joined())
      }
      if !noted.isEmpty {
        outcome.left.append(
          "\(amount(noted.count, "note")) in \(name): free text, which may name somebody: git log --notes=\(name)"
        )
      }
    }
  }

  var commandEnvironment: [String] {
    ["LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent"]
  }

  /// Leftovers of merges, fetches and hooks.
  private func cleanRest(_ repository: Repository, _ erasures: Erasures) throws {
    let common = repository.commonFolder
    unlink(common + "/FETCH_HEAD")
    guard let cache = try missingIsNil({ try Folder(common + "/rr-cache") }) else { return }
    for (name, isFolder) in try cache.list() where isFolder {
      for (file, _) in try cache.list(name) {
        let bytes = try cache.read("\(name)/\(file)") ?? []
        if erasures.filtered(bytes) != bytes { try cache.remove("\(name)/\(file)") }
      }
    }
  }

  /// Removes what nothing reaches and what holds erased lines, or leads to such.
  private func prune(
    _ rewriter: HistoryRewriter, _ clean: [ObjectID], _ outcome: inout HistoryOutcome
  ) throws {
    closeRepository()
    let repository = try repository()
    rewriter.repository = repository
    let reached = GitCommand.run(
      [
        "--git-dir=\(repository.commonFolder)", "-c", "safe.directory=*", "rev-list", "--objects",
        "--no-object-names", "--all", "--reflog", "--indexed-objects",
      ],
      environment: commandEnvironment)
    guard let reached else {
      throw MemtraceError(
        .corrupt, "what this clone's references reach cannot be listed, so nothing was removed",
        hint: "git fsck; then memtrace sync")
    }
    var keep: Set<ObjectID> = []
    IDText.each(in: reached) { keep.insert($0) }
    var gone: Set<ObjectID> = []
    let loose = try repository.ownObjects().subtracting(keep)
    var commits: [ObjectID] = []
    for id in loose {
      switch try repository.kind(of: id) {
      case .blob?: if try rewriter.blob(id, isOurs: true) != id { gone.insert(id) }
      case .tree?:
        let isDirty = try repository.ifThere(id) { _ in
          try rewriter.tree(id, isOurs: false, isRoot: true) != id
            || rewriter.tree(id, isOurs: true) != id
        }
        if isDirty == true { gone.insert(id) }
      case .commit?, .tag?: commits.append(id)
      case nil: break
      }
    }
    for id in commits {
      if rewriter.changed[id] != nil { gone.insert(id) }
    }
    let rest = commits.filter { rewriter.changed[$0] == nil && !rewriter.done.contains($0) }
    for id in rest {
      try rewriter.rewrite(from: HistoryRewriter.Roots(others: [id]), excluding: clean)
      // Of what is broken nothing can be said, and it leads nowhere.
      if try rewriter.broken.contains(id) || rewriter.mapped(id) != id { gone.insert(id) }
    }
    guard !gone.isEmpty else { return }
    for name in try repository.remove(objects: gone) {
      outcome.left.append("\(name).keep was removed: that pack held erased lines")
    }
    outcome.removed = gone.count
    for folder in try repository.borrowsFrom {
      outcome.left.append(
        "\(folder), whose objects this clone borrows, may hold the old history: clean it there, or git repack -a -d && rm .git/objects/info/alternates"
      )
    }
  }
}
