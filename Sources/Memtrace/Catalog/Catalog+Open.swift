// How a catalog comes to be at what the work tree holds now.

internal import Git
internal import Synchronization
internal import System

/// When a catalog does what, in files where nothing else is said.
struct CatalogLimits: Sendable {
  /// So few are read whole, if they hold no more bytes than this: that is quicker than keeping anything.
  var few = 128
  var fewBytes = 512 << 10
  /// Of fewer, all are looked at for every command, so that no edit is missed.
  var small = 2_000
  /// So many in the overlay become a segment, and so many records, which every command would read again.
  var many = 64
  var manyRecords = 1_500
  /// So many segments are joined, the newest ones first.
  var segments = 8
  /// So many files that changed at once cost more, one by one, than everything anew.
  var muchChanged = 20_000
  /// So many sessions and files, where it stays open.
  var muchOpen = 2_000
}

extension Store {
  /// Makes the catalog while the files are at hand, so that who asks next does not wait; what fails now is made by them.
  func prepareReading() { _ = try? records() }
}

extension Catalog {
  /// The catalog of a work tree, as it is now.
  /// - Parameter isLasting: it outlives one verb.
  static func open(_ store: Store, isLasting: Bool = false) throws -> Catalog {
    let place = store.place
    let tree: any FileTree = isLasting ? store.folder : FilesReadOnce(store.folder)
    let catalog = Catalog(
      tree, files: CatalogFiles(place), identityKeys: store.configuration.identityKeys,
      waiting: { try place.waiting() })
    // Before the files are looked at: what comes between is then read twice, and never not at all.
    let waiting = try place.waiting()
    let erasures = try store.readErasures(waiting: waiting).all
    catalog.look { $0.erasures = erasures }
    let head = catalog.files == nil ? nil : try catalog.head(store)
    try catalog.open(
      at: head, waiting, checkedOut: { try CheckedOutFiles(store, at: head) },
      follow: { try catalog.follow(from: $0, to: head, store) })
    return catalog
  }

  /// - Parameters:
  ///   - checkedOut: what HEAD has, where that is quicker to be had than the files.
  ///   - follow: reads what has changed since a commit, in a repository that is not small.
  func open(
    at head: KnownCommit?, _ waiting: [PendingLine],
    checkedOut: () throws -> CheckedOutFiles? = { nil }, follow: (KnownCommit?) throws -> Void
  ) throws {
    var (isWorn, isSaid) = (false, false)
    if let (current, segments) = files?.load() {
      isSaid = current.commit == head && current.erasures == erasures.print
      install(segments, since: look(\.erasureChanges))
      if segments.reduce(0, { $0 + $1.fileCount }) < limits.small {
        try sweep()
      } else if current.commit != head {
        try follow(current.commit)
      }
      if current.erasures != erasures.print { isWorn = try forget() }
    } else {
      // What is there and cannot be used may hold what is erased by now.
      files?.clear()
      try begin(checkedOut: checkedOut)
    }
    try settle(at: head, isSaid: isSaid, isWorn: isWorn)
    try add(waiting)
  }

  /// What some files hold now, of which nothing waits.
  static func of(
    _ tree: any FileTree, without erasures: Erasures = Erasures(),
    under folders: [String] = Layout.recordRoots,
    identityKeys: [String] = Configuration.defaultIdentityKeys
  ) throws -> Catalog {
    let catalog = Catalog(tree, files: nil, identityKeys: identityKeys, waiting: { [] })
    catalog.look { $0.erasures = erasures }
    try catalog.begin(folders)
    return catalog
  }

  func head(_ store: Store) throws -> KnownCommit? {
    if let hex = store.place.commit() { return KnownCommit(hex: hex) }
    do {
      return try store.repository().head().commit.map(KnownCommit.init)
    } catch {
      return nil
    }
  }

  /// - Parameters:
  ///   - isAnew: whether it may hold what did not come one by one.
  ///   - changes: `erasureChanges` before the segments were read.
  /// - Returns: false where more was erased since: then nothing is installed.
  @discardableResult
  func install(_ segments: [Segment], isAnew: Bool = true, since changes: Int) -> Bool {
    var views = segments.map { SegmentView($0) }
    // The newest one says all that does not count any more of those under it.
    for mask in segments.last?.masks ?? [] {
      if let i = views.firstIndex(where: { $0.segment.name == mask.segment }) {
        views[i].retire(mask)
      }
    }
    var fresh = Held()
    fresh.views = views
    return put(fresh, isAnew: isAnew, since: changes)
  }

  /// Puts what was read beside in the place of all that is held, but for what was added meanwhile and is erased.
  func put(_ fresh: consuming Held, isAnew: Bool, since changes: Int) -> Bool {
    var fresh = fresh
    return look { held in
      guard held.erasureChanges == changes else { return false }
      fresh.takePlace(of: held)
      if isAnew { fresh.arrivals.skip() }
      held = fresh
      return true
    }
  }

  /// Nothing is kept: few files are read into the overlay, more become a segment.
  private func begin(
    _ folders: [String] = Layout.recordRoots,
    checkedOut: () throws -> CheckedOutFiles? = { nil }
  ) throws {
    struct TooMany: Error {}
    var paths: Set<String> = []
    var bytes = 0
    do {
      for root in folders {
        try tree.walk(
          root,
          stamps: { path, stamp in
            guard FileName.isRead(path) else { return }
            paths.insert(path)
            bytes += Int(stamp.size)
            if paths.count > limits.few || bytes > limits.fewBytes { throw TooMany() }
          })
      }
      try absorb(paths)
    } catch is TooMany {
      // What cannot be had of Git now is read from the files.
      try readAnew(folders, checkedOut: (try? checkedOut()) ?? nil)
    }
  }

  /// Everything once more, judged together.
  /// - Parameters:
  ///   - waiting: counts as lines of a file of their own. Such a segment is for this process alone.
  ///   - checkedOut: is read instead of the files.
  func readAnew(
    _ folders: [String] = Layout.recordRoots, with waiting: [PendingLine] = [],
    checkedOut: CheckedOutFiles? = nil
  ) throws {
    while true {
      let (erasures, changes) = look { ($0.erasures, $0.erasureChanges) }
      let segment = try read(folders, with: waiting, checkedOut: checkedOut, without: erasures)
      if install([segment], since: changes) { return }
    }
  }

  private func read(
    _ folders: [String], with waiting: [PendingLine], checkedOut: CheckedOutFiles?,
    without erasures: Erasures
  ) throws -> Segment {
    var builder = SegmentBuilder()
    func add(_ path: String, _ bytes: [UInt8], _ stamp: FileStamp) {
      builder.add(path, stamp, erasures.blanked(bytes))
    }
    if try checkedOut?.walk(folders, add) != true {
      builder = SegmentBuilder()
      for root in folders {
        try tree.walk(root) { path, bytes, stamp in
          if FileName.isRead(path) { add(path, bytes, stamp) }
        }
      }
    }
    let waiting = waiting.without(erasures)
    guard waiting.isEmpty else {
      let lines = waiting.flatMap(\.bytes)
      builder.add(Segment.waitingPath, .absent, lines)
      return Segment("", SegmentBytes(builder.build()), waiting: lines)
    }
    let bytes = builder.build()
    return files?.keep(bytes) ?? Segment("", SegmentBytes(bytes))
  }

  /// What two commits differ in is read from the files.
  func follow(from old: KnownCommit?, to new: KnownCommit?, _ store: Store) throws {
    var paths: Set<String> = []
    do {
      let repository = try store.repository()
      let before = try old?.resolve(in: repository)?.tree
      // Without the commit that was known, nothing tells what has changed.
      if old != nil, before == nil {
        try sweep()
        return
      }
      let after = try new?.resolve(in: repository)?.tree
      paths = try Self.changedFiles(before, after, repository) ?? []
    } catch is GitError {
      try sweep()
      return
    }
    try absorb(changedAmong: paths)
  }

  /// Reads those of these files that are not as they are known.
  func absorb(changedAmong paths: Set<String>) throws {
    let changed = try paths.filter { path in
      try tree.stamp(path) ?? .absent != look { $0.known(path) }
    }
    if !changed.isEmpty { try absorb(changed) }
  }

  /// Makes a segment of the overlay once there is much in it, and keeps what is known of the commit.
  /// - Parameters:
  ///   - isSaid: whether what was kept said so already.
  ///   - isWorn: whether segments were made without what is erased.
  private func settle(at head: KnownCommit?, isSaid: Bool, isWorn: Bool) throws {
    guard let files else { return }
    let (views, fresh, records) = look { ($0.views, $0.absorbed.count, $0.overlay.all.count) }
    if views.contains(where: { $0.segment.name.isEmpty }) {
      if isWorn { files.clear() }
      return
    }
    let isLittle =
      views.isEmpty
      ? fresh <= limits.few : fresh <= limits.many && records <= limits.manyRecords
    if isLittle, !isWorn {
      // Where nothing was absorbed, the segments are what this commit holds too.
      if fresh == 0, !views.isEmpty, !isSaid {
        files.save(head, views.map(\.segment), without: erasures)
      }
      return
    }
    if try !replaceOverlay(in: files, at: head, isAnew: true), isWorn { files.clear() }
  }

  /// Makes a segment of the overlay and keeps it.
  /// - Returns: false where something changed meanwhile or cannot be kept.
  @discardableResult
  func replaceOverlay(in files: CatalogFiles, at head: KnownCommit?, isAnew: Bool) throws -> Bool {
    let held = look { $0 }
    guard let segments = try fold(held, into: files),
      install(segments, isAnew: isAnew, since: held.erasureChanges)
    else { return false }
    files.save(head, segments, without: held.erasures)
    return true
  }

  /// A segment of what the overlay has, and where there are many, of those newest segments that are not much larger.
  /// - Returns: all segments that count then; nil where something changed meanwhile or cannot be kept.
  private func fold(_ held: Held, into files: CatalogFiles) throws -> [Segment]? {
    var views = held.views
    var subjects = Set(held.filesOf.keys)
    var owned = Set(held.absorbed.keys).union(held.outsideIn.keys)
    var paths = owned
    for files in held.filesOf.values { paths.formUnion(files) }
    let joins = views.count >= limits.segments
    var size = 0
    while joins, let last = views.last, size == 0 || last.segment.size <= 2 * size {
      let segment = last.segment
      size += segment.size
      for session in 0..<segment.sessionCount where !last.deadSessions.contains(session) {
        subjects.insert(.session(segment.sessionID(session)))
      }
      for agent in 0..<segment.agentCount
      where segment.agentIsOwned[agent] == 1 && !last.deadAgents.contains(agent) {
        subjects.insert(.agent(segment.agentID(agent)))
      }
      for file in 0..<segment.fileCount {
        paths.insert(segment.path(file))
        if segment.fileIsOwned[file] == 1, !last.deadFiles.contains(file) {
          owned.insert(segment.path(file))
        }
      }
      views.removeLast()
    }
    var builder = SegmentBuilder()
    builder.masks = views.map(\.mask)
    for subject in subjects { builder.own(subject) }
    for path in paths.sorted() {
      let isOwned = owned.contains(path)
      let wanted: SegmentBuilder.Wanted = { subject in
        subject == .outside ? isOwned : subjects.contains(subject)
      }
      let found = try tree.readStamped(path)
      guard found?.stamp ?? .absent == held.known(path) else { return nil }
      builder.add(
        path, found?.stamp ?? .absent, held.erasures.blanked(found?.bytes ?? []), isOwned: isOwned,
        wanted: wanted)
    }
    guard let segment = files.keep(builder.build()) else { return nil }
    return views.map(\.segment) + [segment]
  }
}
