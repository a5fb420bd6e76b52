// Which lines one tree has and another lacks, by id over all that readers read: a line that moved to another file of
// theirs is not gone, one that moved to where nobody reads is.

import Git

extension Repository {
  /// The lines of `old` that readers find nowhere in `new`. Costs what differs between the two.
  func losses(from old: ObjectID?, to new: ObjectID?) throws -> [LostLine] {
    guard old != new else { return [] }
    var lost: [LostLine] = []
    var arrivals: [(path: String, blob: ObjectID)] = []
    for root in Layout.lineRoots {
      try changes(from: old, to: new, under: root) { change in
        guard Readership(change.path) != .nothing else { return }
        let after = change.new.flatMap { $0.mode.isRegular ? $0.id : nil }
        if let after { arrivals.append((change.path, after)) }
        guard let before = change.old, before.mode.isRegular, before.id != after else { return }
        lost += LineSet.lost(
          from: try blob(before.id), to: try after.map(blob) ?? [], at: change.path)
      }
    }
    let rest = try missing(lost, in: new, arrivals)
    let whole = Set(rest.filter(\.isTaken).map(\.key))
    return rest.filter { $0.isTaken || !whole.contains($0.key) }
  }

  /// Leaves out what stands in one of these files, or beside where it stood.
  private func missing(
    _ lost: [LostLine], in tree: ObjectID?, _ arrivals: [(path: String, blob: ObjectID)]
  ) throws -> [LostLine] {
    let wanted = Set(lost.map(\.key))
    var rest = lost
    for (path, blob) in arrivals where !rest.isEmpty {
      var there = ReadKeys()
      there.add(try self.blob(blob), at: path, among: wanted)
      rest.removeAll(where: there.hold)
    }
    return try standing(rest, in: tree).rest
  }

  /// Tells apart the lines that readers find in a tree, looking where they stood, in the other files of that folder, and in
  /// the archives of its month.
  func standing(_ lines: [LostLine], in tree: ObjectID?) throws -> (
    found: [LostLine], rest: [LostLine]
  ) {
    guard let tree, !lines.isEmpty else { return ([], lines) }
    let wanted = Set(lines.map(\.key))
    var known: [Substring: ReadKeys] = [:]
    func keys(in folder: Substring) throws -> ReadKeys {
      if let keys = known[folder] { return keys }
      var keys = ReadKeys()
      if let entry = try treeEntry(in: tree, String(folder)), entry.isTree {
        for file in try entries(of: entry.id) where file.mode.isRegular {
          let path = "\(folder)/\(file.name)"
          guard Readership(path) != .nothing else { continue }
          keys.add(try blob(file.id), at: path, among: wanted)
        }
      }
      known[folder] = keys
      return keys
    }
    var (found, rest): ([LostLine], [LostLine]) = ([], [])
    for line in lines {
      let parts = line.path.split(separator: "/")
      var folders = [line.folder]
      if parts.count > 3, parts[0] == "sessions" {
        folders.append(line.path.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
      }
      let stands = try folders.contains { try keys(in: $0).hold(line) }
      if stands { found.append(line) } else { rest.append(line) }
    }
    return (found, rest)
  }

  /// The lines that a commit took out of what its parents had. A merge answers only for what it dropped itself: what
  /// one side's own history removed is that side's word.
  func losses(by commit: Commit) throws -> [LostLine] {
    let parents = try commit.parents.map { try self.commit($0) }
    if parents.count < 2 {
      return try parents.first.map { try losses(from: $0.tree, to: commit.tree) } ?? []
    }
    var lost: [MergeKey: LostLine] = [:]
    for parent in parents {
      var gone = try losses(from: parent.tree, to: commit.tree)
      for other in parents where other.id != parent.id && !gone.isEmpty {
        // Lines that the other side has too were dropped by the merge, and so was what was in no common ancestor.
        let absent = Set(try losses(from: parent.tree, to: other.tree).map(\.key))
        guard gone.contains(where: { absent.contains($0.key) }) else { continue }
        var isNew = absent
        for base in try mergeBases(parent.id, other.id) {
          let base = try self.commit(base).tree
          isNew.formIntersection(try losses(from: parent.tree, to: base).map(\.key))
        }
        gone.removeAll { absent.contains($0.key) && !isNew.contains($0.key) }
      }
      for line in gone where line.isBetter(than: lost[line.key]) { lost[line.key] = line }
    }
    return lost.values.sorted { $0.key < $1.key }
  }

  /// The ids that the commits named by a `git revert` had brought.
  func broughtBack(by message: String) throws -> Set<MergeKey> {
    var brought: Set<MergeKey> = []
    for (id, mainline) in RemovalWords.reverted(by: message) {
      guard let commit = try commitIfThere(id) else { continue }
      let kept = mainline ?? commit.parents.first
      let before = try kept.flatMap { try commitIfThere($0) }?.tree
      brought.formUnion(try losses(from: commit.tree, to: before).map(\.key))
    }
    return brought
  }

  /// Words that stand in a tree, and what this clone knows was erased.
  func removalWords(in tree: ObjectID?, _ words: inout RemovalWords) throws {
    words.add(try KnownErasures(of: commonFolder).all())
    guard let tree, let folder = try treeEntry(in: tree, Layout.own), folder.isTree else { return }
    for file in try entries(of: folder.id) where file.mode.isRegular {
      guard let kind = FileName(file.name)?.kind, kind == .accepted || kind == .erased else {
        continue
      }
      words.read(try blob(file.id))
    }
  }

  /// Counts the lines of records of a tree, up to a limit.
  func recordCount(in tree: ObjectID, upTo limit: Int) throws -> Int {
    var count = 0
    struct Enough: Error {}
    do {
      for root in Layout.recordRoots {
        try walk(tree, under: root) { path, entry in
          guard entry.mode.isRegular, RecordPath.isRecordFile(path) else { return }
          count += try withBlob(entry.id) { $0.count { $0 == UInt8(ascii: "\n") } }
          if count >= limit { throw Enough() }
        }
      }
    } catch is Enough {}
    return count
  }
}
