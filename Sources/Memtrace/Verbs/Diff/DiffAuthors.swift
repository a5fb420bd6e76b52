// Who changed or removed a record between two commits.

internal import Git

extension Repository {
  /// The author of the newest commit that changed or removed the line, of each one that is not merely new. What a
  /// merge brings is in the commits that it merges.
  func authors(
    of diff: RecordDiff, from old: ObjectID?, to new: ObjectID
  ) throws -> [RecordID: String] {
    var waiting = Set(diff.edits.map(\.before.id))
    for change in diff.changes where change.kind != .added { waiting.insert(change.memory.id) }
    var authors: [RecordID: String] = [:]
    guard !waiting.isEmpty else { return [:] }
    struct Done: Error {}
    do {
      try history(from: new, excluding: old.map { [$0] } ?? []) { commit in
        guard !waiting.isEmpty else { throw Done() }
        guard commit.parents.count == 1 else { return }
        let before = try self.commit(commit.parents[0]).tree
        for root in Layout.recordRoots {
          try self.changes(from: before, to: commit.tree, under: root) { change in
            guard Readership(change.path) == .records, let known = change.old,
              known.mode.isRegular
            else { return }
            let after = try change.new.map { try lines(waiting, in: $0.id) } ?? [:]
            for (id, bytes) in try lines(waiting, in: known.id) where after[id] != bytes {
              waiting.remove(id)
              authors[id] = commit.author.name
            }
          }
        }
      }
    } catch is Done {}
    return authors
  }

  private func lines(_ wanted: Set<RecordID>, in id: ObjectID) throws -> [RecordID: [UInt8]] {
    var lines: [RecordID: [UInt8]] = [:]
    try withBlob(id) { buffer in
      scanLines(buffer) { line in
        if let id = line.id, wanted.contains(id) { lines[id] = Array(line.bytes) }
      }
    }
    return lines
  }
}
