// What files say now takes the place of what is held of them.

internal import Synchronization
internal import System

extension Catalog {
  /// Reads these files, and all that the sessions and agents in them have elsewhere, into the overlay. Records that are
  /// added meanwhile are kept.
  /// - Parameter subjects: taken out of the segments too.
  /// - Returns: whether everything was read anew, with all that is acknowledged by now.
  @discardableResult
  func absorb(_ paths: Set<String>, _ subjects: Set<Subject> = []) throws -> Bool {
    let (isStrange, meanwhile) = try replacing.withLock { _ in
      let isMuch = paths.count > limits.muchChanged
      guard try isMuch || absorbAlone(paths, subjects) else { return (false, [PendingLine]()) }
      // One id in places that do not go together: lines that wait are judged with the others, not after them.
      return (true, try noting { try readAnew(with: try waiting()) })
    }
    try add(meanwhile)
    return isStrange
  }

  /// - Returns: what was added by others while this ran.
  func noting(_ body: () throws -> Void) rethrows -> [PendingLine] {
    look { $0.addedMeanwhile = [] }
    defer { look { $0.addedMeanwhile = nil } }
    try body()
    return look { $0.addedMeanwhile ?? [] }
  }

  /// - Returns: whether everything has to be judged at once.
  private func absorbAlone(_ paths: Set<String>, _ subjects: Set<Subject>) throws -> Bool {
    look { $0.addedMeanwhile = [] }
    defer { look { $0.addedMeanwhile = nil } }
    // Before any file: a line that is committed meanwhile is then seen twice, and never not at all.
    let waiting = try waiting()
    var paths = paths
    while true {
      do {
        let found = try Gathered(self, paths, subjects)
        let waiting = waiting.without(erasures)
        let isStrange: Bool? = look { held in
          // Some of it was erased while it was read.
          guard held.erasureChanges == found.erasureChanges else { return nil }
          let isStrange = found.apply(to: &held)
          for line in waiting + (held.addedMeanwhile ?? []) where found.concerns(line) {
            held.insert(line)
          }
          return isStrange
        }
        if let isStrange { return isStrange }
      } catch let stale as Stale {
        paths.insert(stale.path)
      }
    }
  }

  /// Reads the files beneath a folder of which nothing is known: somebody wrote them a moment ago.
  /// - Returns: whether there were some.
  func discover(_ folder: String) throws -> Bool {
    var paths: Set<String> = []
    try tree.walk(
      folder,
      stamps: { path, _ in
        if FileName.isRead(path), look({ $0.known(path) }) == .absent { paths.insert(path) }
      })
    if !paths.isEmpty { try absorb(paths) }
    return !paths.isEmpty
  }

  /// Adds what was just written, or waits in the journal. What is there already is left as it is.
  func add(_ lines: [PendingLine]) throws {
    while true {
      let (erasures, changes) = look { ($0.erasures, $0.erasureChanges) }
      let lines = lines.without(erasures)
      guard !lines.isEmpty else { return }
      var wanted = Set(lines.compactMap(\.subject))
      wanted.remove(.outside)
      let missing: Set<Subject>? = look { held in
        guard held.erasureChanges == changes else { return nil }
        let missing = wanted.filter { held.isInSegment($0) }
        if missing.isEmpty {
          for line in lines { held.insert(line) }
          held.addedMeanwhile? += lines
        }
        return missing
      }
      guard let missing else { continue }
      if missing.isEmpty { return }
      if try absorb([], missing) { return }
    }
  }

  /// Lets go at once of what is erased; what is added from here on is looked at for it.
  func know(_ erasures: Erasures) throws {
    let isNew = look { held in
      guard held.erasures != erasures else { return false }
      held.erasures = erasures
      held.addedMeanwhile?.removeAll { !erasures.covered(in: $0.bytes).isEmpty }
      held.overlay.erase(erasures)
      return true
    }
    guard isNew else { return }
    // Segments have words of their own.
    search.withLock { $0 = SearchState() }
    if try forget() {
      // Until they are kept anew, those that are kept say what is erased.
      files?.clear()
    }
    try add(try waiting())
  }

  /// Compares all files with what is known of them, and reads those that differ.
  /// - Returns: how many there were.
  @discardableResult
  func sweep() throws -> Int {
    let held = look { $0 }
    var seen: Set<String> = []
    var changed: Set<String> = []
    for root in Layout.recordRoots {
      try tree.walk(
        root,
        stamps: { path, stamp in
          guard FileName.isRead(path) else { return }
          seen.insert(path)
          if stamp != held.known(path) { changed.insert(path) }
        })
    }
    for (path, stamp) in held.absorbed where stamp != .absent && !seen.contains(path) {
      changed.insert(path)
    }
    for view in held.views {
      for file in 0..<view.segment.fileCount {
        let path = view.segment.path(file)
        if !seen.contains(path), held.absorbed[path] == nil, held.views.stamp(of: path) != .absent {
          changed.insert(path)
        }
      }
    }
    if !changed.isEmpty { try absorb(changed) }
    return changed.count
  }
}

extension [SegmentView] {
  /// As the newest segment that has the file knows it.
  func stamp(of path: String) -> FileStamp {
    for view in reversed() {
      if let file = view.segment.file(path) { return view.segment.fileStamp[file] }
    }
    return .absent
  }
}

extension Catalog.Held {
  /// Whether a segment has it and the overlay does not.
  func isInSegment(_ subject: Subject) -> Bool {
    switch subject {
    case .session(let id):
      overlay.session(id) == nil && views.contains { $0.lines(of: id) != nil }
    case .agent(let id):
      overlay.agents[id]?.isOwned != true && views.contains { $0.owned(id) != nil }
    case .outside: false
    }
  }

  mutating func insert(_ line: PendingLine) {
    switch line.record {
    case .memory(let memory)?:
      if views.contains(where: { $0.record(memory.id) != nil }) { return }
      if overlay.all.find(memory.id) == nil { arrivals.add(.memory(memory)) }
      overlay.insert(memory)
      if memory.session == nil {
        outsideIn[line.path, default: OutsideRecords()].memories.append(memory)
      }
    case .event(let event)?: overlay.insert(event)
    case .review(let review)?:
      if overlay.reviews[review.record]?.contains(where: { $0.id == review.id }) != true {
        arrivals.add(.review(review))
      }
      overlay.insert(review)
      if review.session == nil {
        outsideIn[line.path, default: OutsideRecords()].reviews.append(review)
      }
    default: return
    }
    if let subject = line.subject, subject != .outside {
      link(subject, line.path)
    }
  }
}

extension PendingLine {
  /// What the line belongs to; nil where it is no record of memories or events.
  var subject: Subject? { record?.subject }
}

extension Record {
  var subject: Subject? {
    switch self {
    case .memory(let memory): memory.session.map { .session($0) } ?? .outside
    case .event(let event):
      switch event.subject {
      case .session(let id): .session(id)
      case .agent(let id): .agent(id)
      }
    case .review(let review): review.session.map { .session($0) } ?? .outside
    case .unknown, .invalid: nil
    }
  }
}
