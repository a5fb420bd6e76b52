// What others do to a repository that is held in memory: other processes, people, syncs, checkouts.

internal import Git
internal import Glibc
internal import Synchronization

/// Notices a moved HEAD by its commit and reads what the two trees differ in; notices edited files by their size and
/// time. Both within a second, the second only where a look at all files takes less than a twentieth of one.
final class OutsideChanges: Sendable {
  private struct State {
    /// The commit that the records in memory are up to.
    var head: KnownCommit?
    /// HEAD's branch then: what waits for its commit belongs to it.
    var branch: String?
    /// Of each session's and agent's folder: what changes whenever one of its files does.
    var marks: [String: UInt64] = [:]
    /// Folders to read once more: Git moves HEAD before or after the files, as it likes.
    var unsettled: Set<String> = []
    /// Some session's lines lie in another one's folder: from now on everything is read.
    var isDisplaced = false
    /// Our writer has the lock of all processes: what the journal holds is in memory.
    var isWriting = false
    var isStopped = false
    /// HEAD has moved since the writer last asked.
    var hasMoved = false
    /// Of the files that say what is erased.
    var erasureMarks: [Int] = []
  }

  private let place: Place
  private let resident: Resident
  private let state = Mutex(State())
  /// One reader of files at a time.
  private let reading = Mutex(())
  /// Looks and our own commits take turns: half a commit looks like somebody else's.
  private let turn = Mutex(())

  /// Microseconds between two looks.
  private static let pause: UInt32 = 400_000
  /// More folders than that are not read one by one.
  private static let folderLimit = 2_000

  init(_ place: Place, _ resident: Resident) {
    self.place = place
    self.resident = resident
  }

  /// Reads everything for the first time.
  func begin(_ store: Store) throws {
    try learnErasures()
    try readAnew(store, at: try store.repository().head().commit.map(KnownCommit.init))
  }

  func stop() { state.withLock { $0.isStopped = true } }

  /// Runs a commit of ours that writes files of these folders, which is no change for anybody to notice. Where
  /// somebody else's commit lies between, the next look finds both.
  func ourOwn(
    _ folders: Set<String>, in tree: Folder,
    _ commit: () throws -> (tip: ObjectID, parent: ObjectID?)?
  ) rethrows {
    try turn.withLock { _ in
      // A mark that cannot be taken now is no known one: that folder is read once more.
      let before = folders.map { (folder: $0, mark: try? Marks.one($0, in: tree)) }
      let known = state.withLock { state in
        before.filter { state.marks[$0.folder] ?? 0 == $0.mark }.map(\.folder)
      }
      let made = try commit()
      let after = known.compactMap { folder in
        (try? Marks.one(folder, in: tree)).map { (folder, $0) }
      }
      state.withLock { state in
        if let made, state.head?.id == made.parent { state.head = KnownCommit(made.tip) }
        for (folder, mark) in after { state.marks[folder] = mark }
      }
    }
  }

  /// Runs under the lock, before anything is written: from here on nobody else writes. What cannot be looked at now is
  /// looked at in a moment, and keeps no write waiting.
  func catchUp(_ session: WriteSession) {
    do {
      try learnErasures()
      try followHead(session.store, session.repository)
    } catch {
      session.store.notices.append("what others changed could not be read: \(error)")
    }
    if !session.pending.isEmpty { resident.add(session.pending.compactMap(\.record)) }
    state.withLock { $0.isWriting = true }
  }

  /// Whether somebody moved HEAD since this was last asked: what that took out is put back though nobody writes.
  func takeMoved() -> Bool {
    state.withLock { state in
      defer { state.hasMoved = false }
      return state.hasMoved
    }
  }

  /// Before the lock is given back, after `catchUp`.
  func othersMayWrite() { state.withLock { $0.isWriting = false } }

  /// One look at HEAD and the journal.
  func look(_ store: Store) throws {
    try learnErasures()
    try followHead(store, try store.repository())
    try followJournal(store)
  }

  /// Looks until `stop`.
  func watch(_ live: LiveStore) {
    let store = live.store()
    var handle = FreshHandle()
    var nextSweep = Backlog.clock()
    while !state.withLock({ $0.isStopped }) {
      usleep(Self.pause)
      // A folder that is gone for a moment has no records, and that is nothing to take in.
      guard place.isThere else { continue }
      handle.renew(store, live)
      // What fails now is looked at again in a moment.
      try? look(store)
      let begin = Backlog.clock()
      guard begin >= nextSweep else { continue }
      try? sweep(store)
      let end = Backlog.clock()
      nextSweep = end + (end - begin) * 20
    }
  }

  private func followHead(_ store: Store, _ repository: Repository) throws {
    let branch = try place.branch()
    // What waits for another branch is not to be seen on this one.
    if state.withLock({ $0.head != nil && $0.branch != branch }) {
      return try readAnew(store, at: try repository.head().commit.map(KnownCommit.init))
    }
    let (head, known, unsettled) = try turn.withLock { _ in
      let head = try repository.head().commit.map(KnownCommit.init)
      return state.withLock { (head, $0.head, $0.unsettled) }
    }
    guard head != known || !unsettled.isEmpty else { return }
    var folders = unsettled
    var again: Set<String> = []
    if head != known {
      let old = try known?.resolve(in: repository)?.tree
      // Without the commit that was known, nothing tells what has changed.
      if known != nil, old == nil { return try readAnew(store, at: head) }
      let new = try head.map { try repository.commit($0.id).tree }
      for root in Layout.recordRoots {
        try repository.changes(from: old, to: new, under: root) { change in
          if let folder = Marks.group(of: change.path) { again.insert(folder) }
        }
      }
      folders.formUnion(again)
    }
    try read(folders, store)
    state.withLock { state in
      if state.head != head { state.hasMoved = true }
      state.head = head
      state.unsettled = again
    }
  }

  /// Everything once more, and the marks of all folders.
  private func readAnew(_ store: Store, at head: KnownCommit?) throws {
    let branch = try place.branch()
    let marks = try Marks.all(in: store.folder)
    try load(store)
    state.withLock { state in
      if state.head != nil, state.head != head { state.hasMoved = true }
      (state.head, state.branch, state.marks, state.unsettled) = (head, branch, marks, [])
    }
  }

  /// Lines of other processes that are acknowledged and in no file yet.
  private func followJournal(_ store: Store) throws {
    guard !state.withLock(\.isWriting) else { return }
    let pending = try place.waiting()
    if !pending.isEmpty { resident.add(pending.compactMap(\.record)) }
  }

  /// Forgets at once what somebody erased.
  private func learnErasures() throws {
    let marks = try place.erasureMarks()
    let waiting = try place.waiting()
    let known = state.withLock { $0.erasureMarks }
    guard marks != known || waiting.contains(where: { $0.file.kind == .erased }) else { return }
    resident.know(try place.erasures(waiting: waiting))
    state.withLock { $0.erasureMarks = marks }
  }

  /// Looks at every file's size and time.
  private func sweep(_ store: Store) throws {
    let changed = try turn.withLock { _ in
      try Marks.changed(from: state.withLock { $0.marks }, in: store.folder)
    }
    guard !changed.isEmpty else { return }
    try read(Set(changed.keys), store)
    state.withLock { state in
      for (folder, mark) in changed { state.marks[folder] = mark == 0 ? nil : mark }
    }
  }

  // MARK: Reading

  private func load(_ store: Store) throws {
    try reading.withLock { _ in
      try resident.load {
        let erasures = resident.erasures
        let tree = store.readable(erasures)
        let pending = try place.waiting().without(erasures)
        if let state = try FolderLoad.state(of: tree, pending) { return state }
        let everything = try WorkTree(tree, pending: pending).everything()
        var state = ResidentState()
        for event in everything.events { state.insert(event) }
        for memory in everything.memories { state.insert(memory) }
        state.lines = everything.lines
        for review in everything.reviews { state.insert(review) }
        return state
      }
    }
  }

  private func read(_ folders: Set<String>, _ store: Store) throws {
    guard !folders.isEmpty else { return }
    let isDisplaced = state.withLock { $0.isDisplaced }
    guard folders.count <= Self.folderLimit, !isDisplaced else { return try load(store) }
    var strange = false
    try reading.withLock { _ in
      try resident.replace(reading: {
        let erasures = resident.erasures
        let tree = store.readable(erasures)
        let pending = try place.waiting().without(erasures)
        return try folders.map { try FolderRecords($0, in: tree, pending) }
      }) { resident, found in
        for part in found where !part.replace(in: &resident) { strange = true }
      }
    }
    guard strange else { return }
    state.withLock { $0.isDisplaced = true }
    try load(store)
  }
}
