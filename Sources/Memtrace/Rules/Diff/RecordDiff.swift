// What two trees differ in, line by line: records added, changed by hand, removed; reviews given; what was done to lines.

/// One file that differs.
struct ChangedFile {
  let path: String
  let old: [UInt8]?
  let new: [UInt8]?
}

/// By ids over all files that differ: a line that moved to another one is no change.
struct RecordDiff {
  enum Kind: Equatable {
    case added
    /// Somebody has edited the line.
    case changed(from: Memory)
    case removed
  }

  struct Change {
    let memory: Memory
    let kind: Kind
  }

  /// A line of a review or an event that somebody edited or took out: no program does.
  struct Edit {
    enum Line: Equatable {
      case review(Review)
      case event(Event)
    }

    let before: Line
    /// Nil where it is gone.
    let after: Line?
  }

  /// In id order.
  private(set) var changes: [Change] = []
  /// New ones, in id order.
  private(set) var reviews: [Review] = []
  /// New ones, in id order.
  let events: [Event]
  /// In id order.
  private(set) var edits: [Edit] = []

  /// What is new in these files counts as added, what they lack as removed, though it may stand in another one.
  init(_ files: [ChangedFile]) {
    var (old, new) = (Gathering(), Gathering())
    for file in files {
      // What was only appended to says nothing of the lines before.
      if let before = file.old, let after = file.new, after.starts(with: before),
        before.last == UInt8(ascii: "\n")
      {
        new.add(Array(after[before.count...]))
        continue
      }
      if let before = file.old { old.add(before) }
      if let after = file.new { new.add(after) }
    }
    let before = Dictionary(old.memories().map { ($0.id, $0) }) { first, _ in first }
    let after = Dictionary(new.memories().map { ($0.id, $0) }) { first, _ in first }
    for (id, memory) in after {
      switch before[id] {
      case nil: changes.append(Change(memory: memory, kind: .added))
      case let known? where known != memory:
        changes.append(Change(memory: memory, kind: .changed(from: known)))
      default: break
      }
    }
    for (id, memory) in before where after[id] == nil {
      changes.append(Change(memory: memory, kind: .removed))
    }
    changes.sort { $0.memory.id < $1.memory.id }
    let (newReviews, oldReviews) = (new.reviews(), old.reviews())
    let knownReviews = Set(oldReviews.map(\.id))
    reviews = newReviews.filter { !knownReviews.contains($0.id) }
    let (newEvents, oldEvents) = (new.events(), old.events())
    let knownEvents = Set(oldEvents.map(\.id))
    events = newEvents.filter { !knownEvents.contains($0.id) }.sorted { $0.id < $1.id }
    edits =
      Self.edits(
        from: oldReviews.map(Edit.Line.review) + oldEvents.map(Edit.Line.event),
        to: newReviews.map(Edit.Line.review) + newEvents.map(Edit.Line.event))
  }

  private static func edits(from old: [Edit.Line], to new: [Edit.Line]) -> [Edit] {
    let after = Dictionary(new.map { ($0.id, $0) }) { first, _ in first }
    return old.filter { after[$0.id] != $0 }
      .map { Edit(before: $0, after: after[$0.id]) }
      .sorted { $0.before.id < $1.before.id }
  }

  /// Lines that these files lack.
  var hasRemovals: Bool {
    changes.contains { $0.kind == .removed } || edits.contains { $0.after == nil }
  }

  /// Leaves out what is gone from these files and not from the tree.
  /// - Parameter isGone: by the id of the line.
  mutating func keepRemovals(_ isGone: (RecordID) -> Bool) {
    changes.removeAll { $0.kind == .removed && !isGone($0.memory.id) }
    edits.removeAll { $0.after == nil && !isGone($0.before.id) }
  }

  /// Leaves out what stood elsewhere already, as it is.
  mutating func leaveOut(known: [RecordID: Memory]) {
    changes.removeAll { $0.kind == .added && known[$0.memory.id] == $0.memory }
  }

  /// Only what is about these.
  mutating func filter(
    changes isWanted: (Memory) throws -> Bool, reviews: (Review) throws -> Bool,
    edits: (Edit) throws -> Bool
  ) rethrows {
    changes = try changes.filter { try isWanted($0.memory) }
    self.reviews = try self.reviews.filter(reviews)
    self.edits = try self.edits.filter(edits)
  }
}

extension RecordDiff.Edit.Line {
  var id: RecordID {
    switch self {
    case .review(let review): review.id
    case .event(let event): event.id
    }
  }

  /// Nil for what is about no session.
  var session: SessionID? {
    switch self {
    case .review(let review): review.session
    case .event(let event): if case .session(let id) = event.subject { id } else { nil }
    }
  }

  var fields: [JSON.Member] {
    switch self {
    case .review(let review): return LineDifference.fields(review.line)
    case .event(let event):
      var line: [UInt8] = []
      event.appendLine(to: &line)
      return LineDifference.fields(line)
    }
  }
}
