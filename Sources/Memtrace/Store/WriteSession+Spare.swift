// What is committed while a `git gc` is at work is kept once more: it may take objects that were seen a moment before.

internal import Git
internal import Glibc
internal import System

extension WriteSession {
  /// In the form of the journal.
  private var spare: String { state + "/spare" }

  /// Before the journal lets go of lines whose commit was made while a collector was at work.
  func keepSpare(_ lines: [PendingLine]) throws {
    let file = try JournalFile(spare, seed: store.world.random())
    _ = try file.load()
    try file.append(lines)
  }

  /// Once the collector has ended, what it took is journalled again: lines that neither their branch nor HEAD has, and that
  /// no word took out.
  func bringBackSpare() -> Step {
    guard access(spare, F_OK) == 0 else { return .nothing }
    return Step {
      guard try !repository.isBeingCollected() else { return false }
      let gone: [PendingLine]
      do {
        gone = try lost(JournalFile.read(spare).lines)
      } catch let error as GitError where error.saysOfObject {
        // A branch that cannot be read now is put in order when somebody is on it.
        return false
      }
      if !gone.isEmpty {
        try journal.append(gone)
        pending += gone
        store.notices.append(
          "\(amount(gone.count, "record")) that a git gc had taken while it was committed: back from the journal"
        )
      }
      try retrying("unlink", spare) { unlink(spare) }
      return !gone.isEmpty
    }
  }

  private func lost(_ lines: [PendingLine]) throws -> [PendingLine] {
    let head = try head()
    let tips = Set(lines.map { $0.branch ?? head.branch ?? "HEAD" })
    var trees = try tips.compactMap { try repository.reference($0) }
      .map { try repository.commit($0).tree }
    if let commit = head.commit { trees.append(try repository.commit(commit).tree) }
    var words = RemovalWords()
    var rest = lines.compactMap { line in
      line.lost.map { (line: line, lost: $0) }
    }
    for tree in trees where !rest.isEmpty {
      try repository.removalWords(in: tree, &words)
      let left = Set(try repository.standing(rest.map(\.lost), in: tree).rest.map(\.key))
      rest.removeAll { !left.contains($0.lost.key) }
    }
    var known = Self.ids(in: pending.flatMap(\.bytes))
    return rest.filter { !words.cover($0.lost) }.map(\.line)
      .filter { line in line.id.map { known.insert($0).inserted } != false }
  }
}

extension PendingLine {
  /// As one that may be missing; nil for a line without an id.
  fileprivate var lost: LostLine? {
    bytes.withUnsafeBytes { buffer in
      var found: LostLine?
      scanLines(buffer) { line in
        found = MergeKey(line: line).map { LostLine(key: $0, path: path, bytes: bytes) }
      }
      return found
    }
  }
}
