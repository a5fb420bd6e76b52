// What some files, sessions and agents hold now, read in order to take the place of what is held of them.

internal import System

/// What some files, sessions and agents hold now.
struct Gathered {
  private var stamps: [String: FileStamp] = [:]
  private var outside: [String: OutsideRecords] = [:]
  private var contested: Set<RecordID> = []
  private var subjects: [Subject: Whole] = [:]
  /// How often what is erased had changed when this was read.
  let erasureChanges: Int
  /// Of the memories' lines, where somebody follows what comes.
  private var digests: [RecordID: UInt32] = [:]

  private struct Whole {
    var files: Set<String> = []
    var events: [Event] = []
    var memories: [Memory] = []
    var reviews: [Review] = []
  }

  init(_ catalog: Catalog, _ wantedPaths: Set<String>, _ wanted: Set<Subject>) throws {
    let (erasures, changes, isFollowed) = catalog.look {
      ($0.erasures, $0.erasureChanges, $0.arrivals.isOn)
    }
    erasureChanges = changes
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
        if isFollowed { digests.merge(outsideLines.digests()) { $1 } }
      }
      // A session's folder may have files by now of which nobody knows yet.
      for subject in affected where listed.insert(subject).inserted {
        guard case .session(let id) = subject else { continue }
        try catalog.tree.walk(
          Layout.folder(of: id),
          stamps: { path, _ in
            guard FileName.isRead(path), catalog.look({ $0.known(path) }) == .absent,
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
      if isFollowed { digests.merge(gathering.digests()) { $1 } }
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
        held.overlay.all.find(memory.id).map { $0 !== memory && $0 != memory } ?? true
          || held.views.contains { $0.record(memory.id) != nil }
      }
    return isStrange
  }
}

extension Gathered {
  /// What was not held before, or otherwise. A review that is older than what its session had, or its agent outside of
  /// sessions, is taken for known.
  private func note(arrivalsIn held: inout Catalog.Held) {
    guard held.arrivals.isOn else { return }
    let memories = (subjects.values.flatMap(\.memories) + outside.values.flatMap(\.memories))
      .filter { memory in
        if let known = held.overlay.all.find(memory.id) { return known != memory }
        for view in held.views.reversed() {
          guard let row = view.segment.record(memory.id) else { continue }
          return view.segment.recordDigest[row] != digests[memory.id]
        }
        return true
      }
    for memory in memories.sorted(by: { $0.id < $1.id }) { held.arrivals.add(.memory(memory)) }
    for (subject, whole) in subjects {
      guard case .session(let id) = subject else { continue }
      let newest = held.views.compactMap { view in
        view.segment.session(id).map { view.segment.sessionNewest[$0] }
      }.max()
      note(whole.reviews, &held) { _ in newest }
    }
    let views = held.views
    note(outside.values.flatMap(\.reviews), &held) { review in
      guard let id = review.agent else { return nil }
      return views.compactMap { view in
        view.segment.agent(id).map { view.segment.agentNewest[$0] }
      }.max()
    }
  }

  private func note(
    _ reviews: [Review], _ held: inout Catalog.Held, newest: (Review) -> ULID?
  ) {
    let news = reviews.filter { review in
      held.overlay.reviews[review.record]?.contains { $0.id == review.id } != true
        && newest(review).map { review.id.ulid > $0 } ?? true
    }
    for review in news.sorted(by: { $0.id < $1.id }) { held.arrivals.add(.review(review)) }
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
        } else if !view.deadSessions.contains(Int(number)) {
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
