// Two commits become one tree: our files by record, everything else as Git would.

import Git

/// What merging two commits comes to. Nothing but objects is written: no reference moves, no file changes.
enum TreeMerge: Hashable {
  /// - Parameter conflicts: lines that became records of their own.
  case merged(tree: ObjectID, conflicts: Int)
  /// Files that are not ours and that both sides changed in ways that do not go together.
  case stopped(paths: [String])
}

extension Repository {
  /// Merges two commits without regard to which comes first.
  /// - Parameters:
  ///   - bases: trees that both go back to, where their histories do not say.
  ///   - host: the side whose file stays where both have one that is not of records and that Git would not merge, for
  ///     two that have nothing in common.
  func mergeTrees(
    _ one: ObjectID, _ other: ObjectID, bases: [ObjectID]? = nil, host: ObjectID? = nil
  ) throws -> TreeMerge {
    let bases = try bases ?? mergeBases(one, other).sorted().map { try commit($0).tree }
    let order = [one, other].sorted()
    let sides = try order.map { try commit($0).tree }
    let isFirstHost = host.map { $0 == order[0] }
    let plan = try MergePlan(
      changes(from: bases.first, to: sides[0]), changes(from: bases.first, to: sides[1]),
      betweenBases: recordFiles(thatDifferIn: bases))
    // Each changed file costs a tree on every level: many of them go into one pack instead of many synced files.
    guard plan.taken.count + plan.contested.count > 12 else {
      return try withOneSync {
        try merge(plan, bases, sides, isFirstHost).without(erasedOf: sides, in: self)
      }
    }
    return try withBulkWrites {
      try $0.merge(plan, bases, sides, isFirstHost).without(erasedOf: sides, in: $0)
    }
  }

  private func merge(
    _ plan: MergePlan, _ bases: [ObjectID], _ sides: [ObjectID], _ isFirstHost: Bool?
  ) throws -> TreeMerge {
    var updates = plan.taken.map { TreeUpdate(path: $0.path, $0.new) }
    var (conflicts, unmerged) = (0, plan.blocked)
    for contest in plan.contested {
      if contest.isOurs {
        let merge = try mergeRecords(contest, bases: bases)
        conflicts += merge.conflicts
        updates.append(TreeUpdate(path: contest.path, merge.side))
      } else if let side = try mergeText(contest) {
        updates.append(TreeUpdate(path: contest.path, side))
      } else if let isFirstHost {
        updates.append(TreeUpdate(path: contest.path, try host(contest, isFirst: isFirstHost)))
      } else {
        unmerged.append(contest.path)
      }
    }
    guard unmerged.isEmpty else { return .stopped(paths: Set(unmerged).sorted()) }
    return .merged(tree: try updateTree(base: sides[0], updates), conflicts: conflicts)
  }

  /// Writes the merge commit of two parents, or finds that its tree cannot be made.
  func mergeCommit(_ one: ObjectID, _ other: ObjectID, host: ObjectID? = nil) throws -> (
    commit: ObjectID?, conflicts: Int, unmerged: [String]
  ) {
    switch try mergeTrees(one, other, host: host) {
    case .stopped(let paths):
      return (nil, 0, paths)
    case .merged(let tree, let conflicts):
      let merge = MergeCommit(of: try commit(one), and: try commit(other))
      let made = try createCommit(
        tree: tree, parents: merge.parents, author: merge.signature, committer: merge.signature,
        message: merge.message)
      return (made, conflicts, [])
    }
  }

  /// All changed files at once.
  func changes(from old: ObjectID?, to new: ObjectID?) throws -> [TreeChange] {
    var all: [TreeChange] = []
    try changes(from: old, to: new) { all.append($0) }
    return all
  }

  private func recordFiles(thatDifferIn bases: [ObjectID]) throws -> Set<String> {
    var paths = Set<String>()
    for base in bases.dropFirst() {
      try changes(from: bases[0], to: base) {
        if RecordPath.isRecordFile($0.path) { paths.insert($0.path) }
      }
    }
    return paths
  }

  private func mergeRecords(_ contest: MergePlan.Contested, bases: [ObjectID]) throws -> (
    side: TreeChange.Side?, conflicts: Int
  ) {
    let versions = try bases.compactMap { try treeEntry(in: $0, contest.path) }
    let merge = FileMerge(
      bases: try versions.filter(\.mode.isRegular).map { try blob($0.id) },
      one: try contest.one.map { try blob($0.id) }, other: try contest.other.map { try blob($0.id) }
    )
    let side = try merge.bytes.map {
      TreeChange.Side(id: try writeBlob($0), mode: contest.mode)
    }
    return (side, merge.conflicts)
  }

  /// The version of the side that is host; of Git's attributes, the lines of both.
  private func host(_ contest: MergePlan.Contested, isFirst: Bool) throws -> TreeChange.Side? {
    let (ours, theirs) = isFirst ? (contest.other, contest.one) : (contest.one, contest.other)
    guard contest.path == Layout.attributes, let ours, let theirs, ours.mode.isRegular,
      theirs.mode.isRegular
    else { return theirs }
    var text = try blob(theirs.id)
    let known = text.split(separator: UInt8(ascii: "\n"))
    if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    for line in try blob(ours.id).split(separator: UInt8(ascii: "\n")) where !known.contains(line) {
      text += line + [UInt8(ascii: "\n")]
    }
    return TreeChange.Side(id: try writeBlob(text), mode: theirs.mode)
  }

  /// Nil where a person must decide.
  private func mergeText(_ contest: MergePlan.Contested) throws -> TreeChange.Side? {
    guard let base = contest.base, let one = contest.one, let other = contest.other,
      base.mode.isRegular, one.mode.isRegular, other.mode.isRegular
    else { return nil }
    let id: ObjectID
    if one.id == other.id || other.id == base.id {
      id = one.id
    } else if one.id == base.id {
      id = other.id
    } else {
      let text = try Repository.mergeText(base: blob(base.id), blob(one.id), blob(other.id))
      guard let text else { return nil }
      id = try writeBlob(text)
    }
    return TreeChange.Side(id: id, mode: contest.mode)
  }
}

extension TreeMerge {
  /// Without what either side says is erased: what a clone that did not know it wrote meanwhile comes no further.
  fileprivate func without(erasedOf sides: [ObjectID], in repository: Repository) throws
    -> TreeMerge
  {
    guard case .merged(let tree, let conflicts) = self else { return self }
    var erasures = Erasures()
    for side in sides { erasures.formUnion(try repository.erasures(in: side)) }
    guard !erasures.isEmpty else { return self }
    var files: [String: ErasedFile] = [:]
    for side in sides {
      for file in try repository.erasedFiles(in: tree, since: side, erasures) {
        files[file.path] = file
      }
    }
    return .merged(
      tree: try repository.tree(tree, without: Array(files.values)), conflicts: conflicts)
  }
}

extension MergePlan.Contested {
  /// The mode that one side changed to; where there is no telling, the plain one.
  var mode: FileMode {
    guard let one = one?.mode, let other = other?.mode else {
      return one?.mode ?? other?.mode ?? .file
    }
    if one == base?.mode { return other }
    if other == base?.mode { return one }
    return FileMode(rawValue: min(one.rawValue, other.rawValue))
  }
}

extension TreeUpdate {
  /// Nil removes.
  init(path: String, _ side: TreeChange.Side?) {
    self =
      side.map { .upsert(path: path, id: $0.id, mode: $0.mode) } ?? .remove(path: path)
  }
}
