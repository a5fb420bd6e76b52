// What two trees differ in, record by record: added, changed by hand, removed, reviewed.

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

  /// In id order.
  private(set) var changes: [Change] = []
  /// New ones, in id order.
  private(set) var reviews: [Review] = []
  /// New ones, in id order.
  private(set) var events: [Event] = []

  /// A record that is gone from these files counts as removed, though it may stand in another one.
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
    let knownReviews = Set(old.reviews().map(\.id))
    reviews = new.reviews().filter { !knownReviews.contains($0.id) }
    let knownEvents = Set(old.events().map(\.id))
    events = new.events().filter { !knownEvents.contains($0.id) }
  }

  mutating func leaveOut(_ isMeant: (Change) -> Bool) { changes.removeAll(where: isMeant) }

  /// Only what is about these records.
  func filtered(_ isWanted: (Memory) -> Bool) -> RecordDiff {
    var diff = self
    diff.changes = changes.filter { isWanted($0.memory) }
    return diff
  }
}
