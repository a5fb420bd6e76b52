// Making a tree out of another and a list of changes, folder by folder.

internal import CGit2

extension Repository {
  /// Writes the tree that `base` becomes (nil: the empty tree). Folders left empty vanish. Each changed folder is
  /// read and written once, however many updates it gets; unchanged ones are not opened.
  /// - Throws: `.notFound` for an object that is not in the store, `.invalidName` for an impossible path,
  ///   `.conflict` where a path is wanted both as a file and as a folder.
  public func updateTree(base: ObjectID?, _ updates: [TreeUpdate]) throws -> ObjectID {
    let edits = try TreeEdit.sorted(updates)
    for case .upsert(let path, let id, let mode) in updates where mode != .submodule {
      guard try objectExists(id) else {
        throw GitError(
          code: .notFound, call: "updateTree", message: "\(path): object \(id) is missing")
      }
    }
    if let base, edits.isEmpty { return base }
    let made = try makeTree(base: base, edits[...], offset: 0)
    return try made ?? write(UnsafeRawBufferPointer(start: nil, count: 0), GIT_OBJECT_TREE)
  }

  /// Nil for a tree without entries. The edits' paths are equal up to `offset`.
  private func makeTree(base: ObjectID?, _ edits: ArraySlice<TreeEdit>, offset: Int) throws
    -> ObjectID?
  {
    let runs = Repository.runs(edits, offset)
    return try withTree(base) { entries in
      var kept: [RawTreeEntry] = []
      var old = [RawTreeEntry?](repeating: nil, count: runs.count)
      while let entry = entries.next() {
        if let run = Repository.find(entry.name, runs, edits, offset) {
          old[run] = entry
        } else {
          kept.append(entry)
        }
      }
      var made: [TreeRecord] = []
      for (run, old) in zip(runs, old) {
        let edit = edits[run.lowerBound]
        let name = edit.path[offset..<edit.partEnd(from: offset)]
        if let side = try outcome(edits[run], old: old, offset: name.endIndex) {
          made.append(TreeRecord(name: name, side: side))
        }
      }
      made.sort { $0.comesBefore($1) }
      return try write(kept: kept, made: made)
    }
  }

  /// What stands at one name after its edits; the name ends at `offset`.
  private func outcome(_ edits: ArraySlice<TreeEdit>, old: RawTreeEntry?, offset: Int) throws
    -> TreeChange.Side?
  {
    let deepStart = edits.firstIndex { $0.path.count > offset } ?? edits.endIndex
    let (here, below) = (edits[..<deepStart], edits[deepStart...])
    if let side = here.last?.side {
      guard below.allSatisfy({ $0.side == nil }) else {
        throw GitError(
          code: .conflict, call: "updateTree",
          message: "\(String(decoding: here.last!.path, as: UTF8.self)) is both a file and a folder"
        )
      }
      return side
    }
    let old = here.isEmpty ? old : nil
    guard !below.isEmpty else { return nil }
    let folder = old.flatMap { $0.mode.isTree ? $0.id : nil }
    if let tree = try makeTree(base: folder, below, offset: offset + 1) {
      return TreeChange.Side(id: tree, mode: .tree)
    }
    return folder == nil ? old?.side : nil
  }

  /// The edits grouped by the part of the path that starts at `offset`.
  private static func runs(_ edits: ArraySlice<TreeEdit>, _ offset: Int) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = edits.startIndex
    while start < edits.endIndex {
      let name = edits[start].path[offset..<edits[start].partEnd(from: offset)]
      var end = start + 1
      while end < edits.endIndex,
        edits[end].path[offset..<edits[end].partEnd(from: offset)] == name
      {
        end += 1
      }
      runs.append(start..<end)
      start = end
    }
    return runs
  }

  /// The run that edits `name`, by binary search.
  private static func find(
    _ name: UnsafeRawBufferPointer, _ runs: [Range<Int>], _ edits: ArraySlice<TreeEdit>,
    _ offset: Int
  ) -> Int? {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      let edit = edits[runs[middle].lowerBound]
      let order = edit.path.withUnsafeBytes {
        let part = UnsafeRawBufferPointer(rebasing: $0[offset..<edit.partEnd(from: offset)])
        return treeOrder(part, false, name, false)
      }
      if order == 0 { return middle }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  private func write(kept: [RawTreeEntry], made: [TreeRecord]) throws -> ObjectID? {
    guard !kept.isEmpty || !made.isEmpty else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity((kept.count + made.count) * 48)
    var next = made.startIndex
    for entry in kept {
      while next < made.endIndex, made[next].comesBefore(entry) {
        made[next].append(to: &bytes)
        next += 1
      }
      TreeRecord.append(entry.name, entry.side, to: &bytes)
    }
    for record in made[next...] { record.append(to: &bytes) }
    return try bytes.withUnsafeBytes { try write($0, GIT_OBJECT_TREE) }
  }
}

/// One entry of a tree that is being made.
private struct TreeRecord {
  let name: ArraySlice<UInt8>
  let side: TreeChange.Side

  func comesBefore(_ other: TreeRecord) -> Bool {
    name.withUnsafeBytes { left in
      other.name.withUnsafeBytes {
        treeOrder(left, side.mode.isTree, $0, other.side.mode.isTree) < 0
      }
    }
  }

  func comesBefore(_ other: RawTreeEntry) -> Bool {
    name.withUnsafeBytes { treeOrder($0, side.mode.isTree, other.name, other.mode.isTree) < 0 }
  }

  func append(to bytes: inout [UInt8]) {
    name.withUnsafeBytes { TreeRecord.append($0, side, to: &bytes) }
  }

  static func append(
    _ name: UnsafeRawBufferPointer, _ side: TreeChange.Side, to bytes: inout [UInt8]
  ) {
    bytes.append(contentsOf: String(side.mode.rawValue, radix: 8).utf8)
    bytes.append(32)
    bytes.append(contentsOf: name)
    bytes.append(0)
    withUnsafeBytes(of: side.id.raw) { bytes.append(contentsOf: $0) }
  }
}
