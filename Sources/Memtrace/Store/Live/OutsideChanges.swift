// What others do to a repository that stays open: other processes, people, syncs, checkouts.

internal import Git
internal import Glibc
internal import Synchronization
internal import System

/// Notices a moved HEAD by its commit and reads what the two trees differ in; notices edited files by their stamps.
/// Both within a second, the second only where a look at all files takes less than a twentieth of one. What another process
/// has acknowledged is noticed by the next one who reads: it moved HEAD or is in the journal.
final class OutsideChanges: Sendable {
  private struct State {
    /// The commit that the catalog is up to.
    var head: KnownCommit?
    /// HEAD's branch then: what waits for its commit belongs to it.
    var branch: String?
    /// Files to look at once more: Git moves HEAD before or after the files, as it likes.
    var unsettled: Set<String> = []
    /// Our writer has the lock of all processes: what the journal holds is in the catalog.
    var isWriting = false
    var isStopped = false
    /// HEAD has moved since the writer last asked.
    var hasMoved = false
    /// Of the files that say what is erased.
    var erasureMarks: [Int] = []
    /// What every acknowledged write changes, as it was before the catalog took in what it tells of.
    var marks: [FileStamp?] = []
    /// The catalog has all that was there when our writer got the lock, and what it wrote since.
    var isCaughtUp = false
    /// Since when somebody waits for a look, in milliseconds; nil where nobody does.
    var awaitedSince: Int64?
  }

  private let place: Place
  private let catalog: Catalog
  private let state = Mutex(State())
  /// Looks and our own commits take turns: half a commit looks like somebody else's.
  private let turn = Mutex(())

  /// Somebody waits for a look.
  private let awaited = Signal()

  /// Milliseconds between two looks that nobody waits for.
  private static let pause = 400
  /// Milliseconds that a reader waits for one at most: of a pull of a hundred thousand records nobody waits for the end.
  private static let patience: Int64 = 1_000

  init(_ place: Place, _ catalog: Catalog) {
    self.place = place
    self.catalog = catalog
  }

  /// Brings the catalog to HEAD for the first time.
  func begin(_ store: Store) throws {
    try learnErasures(store)
    try readAnew(store, at: try store.repository().head().commit.map(KnownCommit.init))
  }

  func stop() { state.withLock { $0.isStopped = true } }

  /// Runs a commit of ours of these lines, which is no change for anybody to notice. Where somebody else's commit lies
  /// between, the next look finds both.
  func ourOwn(
    _ lines: [PendingLine], _ commit: () throws -> (tip: ObjectID, parent: ObjectID?)?
  ) rethrows {
    try turn.withLock { _ in
      let before = catalog.current(among: Set(lines.map(\.path)))
      // What the catalog may lack of these is found by the next look, as somebody else's.
      guard let made = try commit(), state.withLock(\.isCaughtUp) else { return }
      catalog.grew(lines, before)
      state.withLock { state in
        if state.head?.id == made.parent { state.head = KnownCommit(made.tip) }
      }
    }
  }

  /// Runs under the lock, before anything is written: from here on nobody else writes. What cannot be looked at now is
  /// looked at in a moment, and keeps no write waiting.
  func catchUp(_ session: WriteSession) {
    var isCaughtUp = false
    do {
      try learnErasures(session.store, session.pending)
      try followHead(session.store, session.repository)
      try catalog.add(session.pending)
      isCaughtUp = true
    } catch {
      session.store.notices.append("what others changed could not be read: \(error)")
    }
    state.withLock { ($0.isWriting, $0.isCaughtUp) = (true, isCaughtUp) }
  }

  /// Takes in what our writer has made durable. Where a file that belongs to it cannot be read, that is done later, and keeps
  /// nothing else away.
  func take(_ lines: [PendingLine]) {
    do {
      try catalog.add(lines)
    } catch {
      for part in Dictionary(grouping: lines, by: \.subject).values { try? catalog.add(part) }
      state.withLock { $0.isCaughtUp = false }
    }
  }

  /// Whether somebody moved HEAD since this was last asked: what that took out is put back though nobody writes.
  func takeMoved() -> Bool {
    state.withLock { state in
      defer { state.hasMoved = false }
      return state.hasMoved
    }
  }

  /// Before the lock is given back, after `catchUp`.
  func othersMayWrite() {
    // What changed them since is our own.
    let marks = marks()
    state.withLock { state in
      if state.isCaughtUp { state.marks = marks }
      state.isWriting = false
    }
  }

  /// One look at HEAD and the journal.
  func look(_ store: Store) throws {
    let marks = marks()
    try learnErasures(store)
    try followHead(store, try store.repository())
    // Lines of other processes that are acknowledged and in no file yet.
    if !state.withLock(\.isWriting) { try catalog.add(try place.waiting()) }
    state.withLock { $0.marks = marks }
  }

  /// Whether another process may have acknowledged something that is not taken in. While our writer has the lock, none has.
  var isBehind: Bool {
    let known = state.withLock { $0.isWriting ? nil : $0.marks }
    return known.map { $0 != marks() } ?? false
  }

  /// Waits until what others have acknowledged by now is taken in; not for long.
  func settle() {
    guard isBehind else { return }
    let begin = Clock.milliseconds()
    repeat {
      let since = state.withLock { state in
        defer { state.awaitedSince = state.awaitedSince ?? begin }
        return state.awaitedSince
      }
      if since == nil { awaited.post() }
      // One that takes long keeps those who come later no longer than the first.
      guard Clock.milliseconds() < (since ?? begin) + Self.patience else { return }
      usleep(200)
    } while isBehind
  }

  private func marks() -> [FileStamp?] {
    place.writeMarks(on: state.withLock(\.branch))
  }

  /// Looks until `stop`.
  func watch(_ live: LiveStore) {
    let store = live.store()
    var handle = FreshHandle()
    var packs = PackWatch()
    var nextSweep = Clock.milliseconds()
    while !state.withLock({ $0.isStopped }) {
      awaited.wait(milliseconds: Self.pause)
      let awaitedSince = state.withLock(\.awaitedSince)
      // A folder that is gone for a moment has no records, and that is nothing to take in.
      guard place.isThere else { continue }
      if packs.hasLost(place) {
        live.packRemovals.withLock { $0 += 1 }
        live.backlog.wake()
      }
      handle.renew(store, live)
      do {
        try look(store)
        state.withLock { if $0.awaitedSince == awaitedSince { $0.awaitedSince = nil } }
      } catch {
        // Looked at again in a moment; nobody waits for what fails.
      }
      let begin = Clock.milliseconds()
      guard begin >= nextSweep else { continue }
      let head = state.withLock(\.head)
      // So is what these could not read.
      _ = try? turn.withLock { _ in try catalog.sweep() }
      try? catalog.settleOpen(at: head)
      let end = Clock.milliseconds()
      nextSweep = end + (end - begin) * 20
    }
  }

  private func followHead(_ store: Store, _ repository: Repository) throws {
    let branch = try place.branch()
    // What waits for another branch is not to be seen on this one.
    if state.withLock({ $0.branch != branch }) {
      return try readAnew(store, at: try repository.head().commit.map(KnownCommit.init))
    }
    let (head, known, unsettled) = try turn.withLock { _ in
      let head = try repository.head().commit.map(KnownCommit.init)
      return state.withLock { (head, $0.head, $0.unsettled) }
    }
    guard head != known || !unsettled.isEmpty else { return }
    var again: Set<String> = []
    if head != known {
      let old = try known?.resolve(in: repository)?.tree
      // Without the commit that was known, nothing tells what has changed.
      if known != nil, old == nil { return try readAnew(store, at: head) }
      let new = try head.map { try repository.commit($0.id).tree }
      for root in Layout.recordRoots {
        try repository.changes(from: old, to: new, under: root) { change in
          if FileName.isRead(change.path) { again.insert(change.path) }
        }
      }
    }
    try catalog.absorb(changedAmong: unsettled.union(again))
    state.withLock { state in
      if state.head != head { state.hasMoved = true }
      state.head = head
      state.unsettled = again
    }
  }

  private func readAnew(_ store: Store, at head: KnownCommit?) throws {
    let branch = try place.branch()
    try turn.withLock { _ in try catalog.reopen(store) }
    state.withLock { state in
      if state.head != nil, state.head != head { state.hasMoved = true }
      (state.head, state.branch, state.unsettled) = (head, branch, [])
    }
  }

  /// Forgets at once what somebody erased.
  /// - Parameter pending: lines of others that wait; nil while our own writer has the lock, which erases nothing.
  private func learnErasures(_ store: Store, _ pending: [PendingLine]? = nil) throws {
    let marks = try place.erasureMarks()
    let waiting = try pending ?? (state.withLock(\.isWriting) ? [] : place.waiting())
    let known = state.withLock { $0.erasureMarks }
    guard marks != known || waiting.contains(where: { $0.file.kind == .erased }) else { return }
    let (erasures, isKnown) = try store.readErasures(waiting: waiting)
    try catalog.know(erasures)
    // Git may bring a file before HEAD says so, and then it is not noted yet.
    if isKnown { state.withLock { $0.erasureMarks = marks } }
  }
}
