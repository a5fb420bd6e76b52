// What files say now takes the place of what is held of them.

internal import Synchronization

extension Catalog {
  /// Reads these files, and all that the sessions and agents in them have elsewhere, into the overlay. Records that are
  /// added meanwhile are kept.
  /// - Parameter subjects: taken out of the segments too.
  /// - Returns: whether everything was read anew, with all that is acknowledged by now.
  @discardableResult
  func absorb(_ paths: Set<String>, _ subjects: Set<Subject> = []) throws -> Bool {
    let (isStrange, meanwhile) = try replacing.withLock { _ in
      guard try absorbAlone(paths, subjects) else { return (false, [PendingLine]()) }
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
    let waiting = try waiting().without(erasures)
    var paths = paths
    while true {
      do {
        let found = try Gathered(self, paths, subjects)
        return look { held in
          let isStrange = found.apply(to: &held)
          for line in waiting + (held.addedMeanwhile ?? []) where found.concerns(line) {
            held.insert(line)
          }
          return isStrange
        }
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
        if FileName.isRecordFile(path), look({ $0.known(path) }) == .absent { paths.insert(path) }
      })
    if !paths.isEmpty { try absorb(paths) }
    return !paths.isEmpty
  }

  /// Adds what was just written, or waits in the journal. What is there already is left as it is.
  func add(_ lines: [PendingLine]) throws {
    let lines = lines.without(erasures)
    guard !lines.isEmpty else { return }
    var wanted = Set(lines.compactMap(\.subject))
    wanted.remove(.outside)
    while true {
      let missing = look { held in
        let missing = wanted.filter { held.isInSegment($0) }
        if missing.isEmpty {
          for line in lines { held.insert(line) }
          held.addedMeanwhile? += lines
        }
        return missing
      }
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
      held.generation += 1
      return true
    }
    guard isNew else { return }
    // Segments have words of their own.
    search.withLock { $0 = SearchState() }
    files?.clear()
    let meanwhile = try replacing.withLock { _ in try noting { try readAnew() } }
    try add(try waiting())
    try add(meanwhile)
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
          guard FileName.isRecordFile(path) else { return }
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

extension FileName {
  /// Whether readers read the file at this path.
  static func isRecordFile(_ path: String) -> Bool {
    path.split(separator: "/").last.flatMap { FileName($0) } != nil
  }
}

// MARK: - Gathering

/// What some files, sessions and agents hold now.
private struct Gathered {
  private var stamps: [String: FileStamp] = [:]
  private var outside: [String: OutsideRecords] = [:]
  private var contested: Set<RecordID> = []
  private var subjects: [Subject: Whole] = [:]

  private struct Whole {
    var files: Set<String> = []
    var events: [Event] = []
    var memories: [Memory] = []
    var reviews: [Review] = []
  }

  init(_ catalog: Catalog, _ wantedPaths: Set<String>, _ wanted: Set<Subject>) throws {
    let erasures = catalog.erasures
    var lines: [Subject: Gathering] = [:]
    var paths = wantedPaths
    var affected = wanted
    catalog.look { held in
      for path in paths { held.collectSubjects(of: path, into: &affected) }
    }
    var unread = Array(paths)
    var listed: Set<Subject> = []
    while true {
      while let path = unread.popLast() {
        guard let (bytes, stamp) = try catalog.tree.readStamped(path) else {
          stamps[path] = .absent
          continue
        }
        stamps[path] = stamp
        var outsideLines = Gathering()
        for (subject, bytes) in Self.split(erasures.filtered(bytes)) {
          if subject == .outside {
            outsideLines.add(bytes)
          } else {
            lines[subject, default: Gathering()].add(bytes)
            subjects[subject, default: Whole()].files.insert(path)
            affected.insert(subject)
          }
        }
        outside[path] = OutsideRecords(
          memories: outsideLines.memories(), reviews: outsideLines.reviews())
        contested.formUnion(outsideLines.contested())
      }
      // A session's folder may have files by now of which nobody knows yet.
      for subject in affected where listed.insert(subject).inserted {
        guard case .session(let id) = subject else { continue }
        try catalog.tree.walk(
          Layout.folder(of: id),
          stamps: { path, _ in
            guard FileName.isRecordFile(path), catalog.look({ $0.known(path) }) == .absent,
              paths.insert(path).inserted
            else { return }
            unread.append(path)
          })
      }
      if unread.isEmpty { break }
    }
    for subject in affected {
      try catalog.readRest(of: subject, without: paths) { path, bytes in
        lines[subject, default: Gathering()].add(erasures.filtered(bytes))
        // Lines that wait come from the journal.
        if path != Segment.waitingPath { subjects[subject, default: Whole()].files.insert(path) }
      }
      let gathering = lines[subject] ?? Gathering()
      var whole = subjects[subject] ?? Whole()
      whole.events = gathering.events()
      whole.memories = gathering.memories()
      whole.reviews = gathering.reviews()
      contested.formUnion(gathering.contested())
      subjects[subject] = whole
    }
  }

  /// The lines of a file by what they belong to; those that are no records of these kinds are left out.
  private static func split(_ bytes: [UInt8]) -> [Subject: [UInt8]] {
    var lines: [Subject: [UInt8]] = [:]
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let subject = line.record().subject else { return }
        lines[subject, default: []] += line.bytes
        lines[subject]?.append(UInt8(ascii: "\n"))
      }
    }
    return lines
  }

  func concerns(_ line: PendingLine) -> Bool {
    guard let subject = line.subject else { return false }
    return subject == .outside ? outside[line.path] != nil : subjects[subject] != nil
  }

  /// - Returns: whether one id stands in two places that do not go together: then everything has to be judged at once.
  func apply(to held: inout Catalog.Held) -> Bool {
    for (path, stamp) in stamps {
      held.absorbed[path] = stamp
      held.grown[path] = nil
      for place in held.views.indices {
        if let file = held.views[place].segment.file(path) { held.views[place].retire(file: file) }
      }
    }
    note(arrivalsIn: &held)
    for (subject, whole) in subjects {
      held.link(subject, only: whole.files)
      switch subject {
      case .session(let id):
        for place in held.views.indices {
          if let session = held.views[place].segment.session(id) {
            held.views[place].retire(session: session)
          }
        }
        held.overlay.replace(
          session: id, events: whole.events, memories: whole.memories, reviews: whole.reviews)
      case .agent(let id):
        for place in held.views.indices {
          if let agent = held.views[place].segment.agent(id) {
            held.views[place].retire(agent: agent)
          }
        }
        held.overlay.replace(eventsOf: id, with: whole.events)
      case .outside: break
      }
    }
    for path in stamps.keys {
      let (old, new) = (held.outsideIn[path] ?? OutsideRecords(), outside[path] ?? OutsideRecords())
      held.overlay.remove(outside: old, besides: new)
      held.outsideIn[path] = new.isEmpty ? nil : new
    }
    // What moved from one file to another is taken out before it is put in.
    for new in outside.values { held.overlay.insert(outside: new) }
    let memories = subjects.values.flatMap(\.memories) + outside.values.flatMap(\.memories)
    held.overlay.note(contested: contested, among: memories)
    let isStrange =
      held.views.contains(where: \.isScattered)
      || memories.contains { memory in
        held.overlay.all.find(memory.id) != memory
          || held.views.contains { $0.record(memory.id) != nil }
      }
    held.generation += 1
    return isStrange
  }
}

extension Gathered {
  /// What was not held before, or otherwise, as far as that is known without reading. A review that is older than what its session had is taken for known.
  private func note(arrivalsIn held: inout Catalog.Held) {
    guard held.arrivals.isOn else { return }
    let memories = (subjects.values.flatMap(\.memories) + outside.values.flatMap(\.memories))
      .filter { memory in
        if let known = held.overlay.all.find(memory.id) { return known != memory }
        return !held.views.contains { $0.segment.record(memory.id) != nil }
      }
    for memory in memories.sorted(by: { $0.id < $1.id }) { held.arrivals.add(.memory(memory)) }
    for (subject, whole) in subjects {
      guard case .session(let id) = subject else { continue }
      let newest = held.views.compactMap { view in
        view.segment.session(id).map { view.segment.sessionNewest[$0] }
      }.max()
      for review in whole.reviews
      where held.overlay.reviews[review.record]?.contains(where: { $0.id == review.id }) != true
        && newest.map({ review.id.ulid > $0 }) ?? true
      {
        held.arrivals.add(.review(review))
      }
    }
  }
}

extension Catalog.Held {
  fileprivate func collectSubjects(of path: String, into subjects: inout Set<Subject>) {
    for view in views {
      guard let file = view.segment.file(path) else { continue }
      for number in view.segment.subjects(ofFile: file) {
        if number & Segment.agentMark != 0 {
          let agent = Int(number & ~Segment.agentMark)
          if !view.deadAgents.contains(agent) {
            subjects.insert(.agent(view.segment.agentID(agent)))
          }
        } else if view.isThere(Int(number)) {
          subjects.insert(.session(view.segment.sessionID(Int(number))))
        }
      }
    }
    subjects.formUnion(subjectsIn[path] ?? [])
  }
}

extension Catalog {
  /// Calls with the lines that a session or agent has in files other than these.
  fileprivate func readRest(
    of subject: Subject, without paths: Set<String>, _ body: (String, [UInt8]) throws -> Void
  ) throws {
    let (files, place) = look { held -> (Set<String>?, (Segment, [LinePlace])?) in
      switch subject {
      case .session(let id):
        if held.overlay.session(id) != nil { return (held.filesOf[subject] ?? [], nil) }
        for view in held.views.reversed() {
          guard let session = view.lines(of: id) else { continue }
          let rows = view.segment.records(ofSession: session)
          return (
            nil,
            (
              view.segment,
              rows.map { view.segment.recordLine[Int($0)] }
                + Array(view.segment.lines(ofSession: session))
            )
          )
        }
      case .agent(let id):
        if held.overlay.agents[id]?.isOwned == true { return (held.filesOf[subject] ?? [], nil) }
        for view in held.views.reversed() {
          guard let agent = view.owned(id) else { continue }
          return (nil, (view.segment, Array(view.segment.events(ofAgent: agent))))
        }
      case .outside: break
      }
      return (held.filesOf[subject], nil)
    }
    for path in (files ?? []).subtracting(paths) {
      guard let (bytes, stamp) = try tree.readStamped(path) else { continue }
      if look({ $0.known(path) }) != stamp { throw Stale(path: path) }
      let lines = Self.lines(of: subject, in: bytes)
      if !lines.isEmpty { try body(path, lines) }
    }
    guard let (segment, lines) = place else { return }
    for (file, lines) in Dictionary(grouping: lines, by: \.file) {
      let path = segment.path(Int(file))
      if paths.contains(path) { continue }
      let pieces = try self.pieces(lines.map(\.range), ofFile: Int(file), segment)
      var bytes: [UInt8] = []
      for piece in pieces {
        bytes += piece
        bytes.append(UInt8(ascii: "\n"))
      }
      try body(path, bytes)
    }
  }

  private static func lines(of subject: Subject, in bytes: [UInt8]) -> [UInt8] {
    var lines: [UInt8] = []
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard line.record().subject == subject else { return }
        lines += line.bytes
        lines.append(UInt8(ascii: "\n"))
      }
    }
    return lines
  }
}
