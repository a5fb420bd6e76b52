// The time between taking the lock and giving it back.

internal import Git
internal import System

/// Everything that one writer needs while it holds the lock.
final class WriteSession {
  let store: Store
  /// `.git/memtrace`
  let state: String
  let journal: Journal
  /// Acknowledged and in no commit.
  var pending: [PendingLine]
  /// How many of those an earlier command left.
  let waitedSinceEarlier: Int
  var ledger = Ledger(parsing: nil)
  private(set) var fingerprint = Ledger.Fingerprint.none
  /// Why it is not known which replica writes here: what is journalled meanwhile goes to the right one later.
  private(set) var ledgerFailure: (any Error)?
  /// The tip that was judged, and that our next commit may follow; nil where that failed.
  var reviewedTip: ObjectID?
  /// Whether no other session uses a file of the journal.
  private(set) var ownsJournal = true
  /// Whether a commit takes the Git index along; a bridge does that once after many.
  var followsIndex = true
  /// A replica was drawn that the disk does not know.
  private var hasDrawn = false
  /// What the last file of each kind in a folder holds, with all that waits for it.
  private var places: [String: LastFile] = [:]

  private struct LastFile {
    var file: FileName
    var lines = 0
    var bytes = 0
    /// Milliseconds of its newest id.
    var newest: Int64?
  }
  private var knownHead: Head?
  /// What the commit just made changed, for the Git index.
  var indexSteps: (base: ObjectID?, steps: [IndexFollower.Step])?

  private struct FilesAlike: Hashable {
    let folder: String
    let kind: FileKind
  }

  /// What no attribute has converted.
  private var unconverted: Set<FilesAlike> = []

  init(_ store: Store, _ state: String) throws {
    self.store = store
    self.state = state
    journal = try Journal(state + "/journal", seed: store.world.random())
    pending = try journal.load()
    waitedSinceEarlier = pending.count
    readLedger()
  }

  /// Commits what one file of the journal holds, while another session goes on writing under the same lock.
  init(_ store: Store, committing task: Committer.Task) throws {
    self.store = store
    state = try store.stateFolder()
    journal = Journal(of: task.file)
    pending = task.lines
    waitedSinceEarlier = 0
    ownsJournal = false
    readLedger()
  }

  var repository: Repository {
    get throws { try store.repository() }
  }

  /// Hands what waits over to be committed; what is journalled from here on waits anew.
  func turn() throws -> Committer.Task {
    let task = Committer.Task(file: try journal.turn(), lines: pending)
    pending = []
    return task
  }

  /// Hands over what an earlier writer had turned away from; nil where there is none.
  func takeOlder() -> Committer.Task? {
    guard let older = journal.older else { return nil }
    let lines = Array(pending.prefix(older.count))
    pending.removeFirst(older.count)
    return Committer.Task(file: older.file, lines: lines)
  }

  /// Whether another process waits for the lock. Where that cannot be told it is not.
  var isLockWanted: Bool {
    do {
      return try FileLock.attempt(state + "/waiting") == nil
    } catch {
      return false
    }
  }

  /// A transaction that sees the files and what waits in the journal.
  /// - Throws: `invalid` where the configuration has rules that this version does not know.
  func transaction() throws -> Transaction {
    try store.configuration.mayWrite()
    return Transaction(
      records: try store.records(), hidden: hiddenSession, configuration: store.configuration,
      world: store.world, replica: replicaToStage(), erasures: try store.erasures())
  }

  /// A session as HEAD has it, or the tip that we last knew, while the files do not: a commit took it out by accident a
  /// moment ago, or a checkout was cut off before it came to it. What is written to it is journalled like anything else,
  /// and the next commit brings the session back.
  func hiddenSession(_ id: SessionID) throws -> SessionRecords? {
    do {
      return try committedSession(id)
    } catch let error as GitError where error.saysOfObject {
      // What a HEAD that cannot be read goes back to may have it.
      forgetHead()
      try mendHead()
      return try committedSession(id)
    }
  }

  private func committedSession(_ id: SessionID) throws -> SessionRecords? {
    let repository = try repository
    let head = try repository.head()
    let known = try (head.branch ?? ledger.newest?.branch)
      .flatMap { try KnownTips(repository).tip(of: $0) }
    for commit in [try head.commit.map(repository.commit), known].compactMap(\.self) {
      let files = CommittedFiles(repository, tree: commit.tree)
      // What an archive in the work tree has, the records show.
      let archives = try repository.archives(of: id, in: commit.tree).map(\.path)
        .filter { try store.folder.status($0) == nil }
      let found = try Catalog.of(
        files, without: try store.erasures(), under: [Layout.folder(of: id)] + archives
      ).session(id)
      if let found { return found }
    }
    return nil
  }

  /// Makes lines survive a power cut: the moment from which they are acknowledged.
  /// - Returns: the lines with the files that take them.
  @discardableResult
  func journal(_ lines: [PendingLine]) throws -> [PendingLine] {
    guard !lines.isEmpty else { return [] }
    let branch = branch
    let numbered = try number(lines).map { $0.meant(for: branch) }
    do {
      try refuseConversions(of: numbered)
    } catch is GitError {
      // Whether one applies cannot be told now: the record is safe first, and the commit asks again.
    }
    try journal.append(numbered)
    pending += numbered
    return numbered
  }

  /// An attribute of a folder's file holds for all files of that kind in it.
  func refuseConversions(of lines: [PendingLine]) throws {
    for line in lines {
      let alike = FilesAlike(folder: line.folder, kind: line.file.kind)
      guard unconverted.insert(alike).inserted else { continue }
      do {
        try Conversion.refuse(CollectionOfOne(line.path), in: repository)
      } catch {
        unconverted.remove(alike)
        throw error
      }
    }
  }

  /// Where HEAD's file cannot be read, that of no branch: the lines then go to the next one that it can be read of.
  private var branch: String? {
    do { return try store.place.branch() } catch { return nil }
  }

  // MARK: HEAD

  /// HEAD, read once under the lock; whoever finds that it has moved says `forgetHead`.
  func head() throws -> Head {
    if let knownHead { return knownHead }
    let head = try repository.head()
    knownHead = head
    return head
  }

  func forgetHead() { knownHead = nil }

  /// Where our own commit has put it.
  func knowsHead(as head: Head) { knownHead = head }

  // MARK: Replicas

  /// As it is on the disk.
  func readLedger() {
    do {
      ledgerFailure = nil
      fingerprint = try Ledger.Fingerprint.of(store.place.gitFolder!, state)
      ledger = try store.loadLedger()
    } catch {
      ledgerFailure = error
    }
  }

  func saveLedger() throws {
    if let ledgerFailure { throw ledgerFailure }
    try store.stateFiles().replace(
      "replicas", with: ledger.text, mode: 0o600, by: state + "/replicas.new")
  }

  /// Keeps what was drawn: lines that wait would otherwise get another replica with each writer.
  func noteDrawn() -> Step {
    Step {
      if let ledgerFailure { throw ledgerFailure }
      guard hasDrawn else { return false }
      try saveLedger()
      hasDrawn = false
      return true
    }
  }

  /// The id under which lines are journalled. Where HEAD cannot be read now it is a guess: a commit moves the lines to
  /// the replica that may append then.
  func replicaToStage() -> String {
    do {
      return try replica(for: try head()).id
    } catch {
      return ledger.entries.first { $0.fingerprint == fingerprint }?.id
        ?? ledger.draw(store.world)
    }
  }

  /// The id whose files may be appended to on this HEAD: the newest one whose line of commits leads here, else a
  /// new one. While HEAD is on no branch, the newest one of this folder.
  func replica(for head: Head) throws -> Ledger.Entry {
    let ours = ledger.entries.filter { $0.fingerprint == fingerprint }
    if let branch = head.branch {
      let fitting = try ours.first { entry in
        guard let tip = entry.tip else {
          // Nothing was committed with it, or that commit is not noted yet: only where it was meant for.
          return entry.branch == branch || entry.branch == Self.noBranch
        }
        return try head.commit.map { try tip.leads(to: $0, in: repository) } == true
      }
      if let fitting { return fitting }
    } else if let entry = ours.first {
      return entry
    }
    let entry = Ledger.Entry(
      id: ledger.draw(store.world), branch: head.branch ?? Self.noBranch, tip: nil, indexedAt: nil,
      fingerprint: fingerprint)
    // Not on the disk yet: nothing is written before the journal.
    ledger.record(entry)
    hasDrawn = true
    return entry
  }

  /// Of an id that was drawn while HEAD was on no branch.
  private static let noBranch = "HEAD"

  // MARK: Files

  /// Gives each line the number of the file that has room for it. A file whose newest line is a month old is full, so that
  /// an archive may take it and nobody appends to it any more.
  func number(_ lines: [PendingLine]) throws -> [PendingLine] {
    let now = store.world.now().milliseconds
    return try lines.map { line in
      let key = line.path
      var place = try places[key] ?? lastFile(like: line)
      if place.lines >= Limits.fileLines
        || (place.lines > 0 && place.bytes + line.bytes.count > Limits.fileBytes)
        || place.newest.map({ $0 < now - Limits.fileAge }) == true
      {
        place = LastFile(file: place.file.next)
      }
      place.lines += 1
      place.bytes += line.bytes.count
      place.newest = [place.newest, line.id?.ulid.milliseconds].compactMap(\.self).max()
      places[key] = place
      return line.moved(to: place.file)
    }
  }

  /// The file that a replica begins in a folder where it has none of that kind. Where the month has an archive, that may
  /// have taken one with the first number: then the day of the line, for whoever archives apart removes a name that must
  /// not come back.
  private func firstFile(like line: PendingLine) throws -> FileName {
    guard line.folder.hasPrefix("sessions/"), let id = line.id,
      try store.folder.list(Layout.month(ofFolder: line.folder))
        .contains(where: { FileName.isArchive($0.name) })
    else { return line.file }
    let day = Int(id.ulid.milliseconds / 86_400_000)
    return FileName(line.file.kind, replica: line.file.replica, number: max(2, day))
  }

  /// The last file of a replica and kind in a folder, with what it holds and what waits for it.
  private func lastFile(like line: PendingLine) throws -> LastFile {
    func isAlike(_ file: FileName) -> Bool {
      file.kind == line.file.kind && file.replica == line.file.replica
    }
    let waiting = pending.filter { $0.folder == line.folder && isAlike($0.file) }
    let there = try store.folder.list(line.folder).compactMap { FileName($0.name) }.filter(isAlike)
    guard let last = (there + waiting.map(\.file)).max(by: { $0.number < $1.number }) else {
      return LastFile(file: try firstFile(like: line))
    }
    let bytes: [UInt8]
    do {
      bytes = try store.folder.read("\(line.folder)/\(last)") ?? []
    } catch let error as SystemError where error.isBlocked || error.isFolder {
      // A folder or a link stands in its place, to which nothing is appended.
      return LastFile(file: last.next)
    }
    let more = waiting.filter { $0.file == last }
    let ids = Self.ids(in: bytes).union(more.compactMap(\.id))
    return LastFile(
      file: last, lines: bytes.count { $0 == UInt8(ascii: "\n") } + more.count,
      bytes: bytes.count + more.reduce(0) { $0 + $1.bytes.count },
      newest: ids.map(\.ulid.milliseconds).max())
  }
}
