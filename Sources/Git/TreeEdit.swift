// Tree updates sorted and checked, so that each folder's share is one contiguous run.

/// One update with its path as bytes.
struct TreeEdit {
  let path: [UInt8]
  /// Its place among the updates: of two for one path the later counts.
  let order: Int
  /// Nil removes.
  let side: TreeChange.Side?

  /// The updates, folder by folder.
  /// - Throws: `.invalidName` for a path that Git cannot hold or that would reach into `.git`.
  static func sorted(_ updates: [TreeUpdate]) throws(GitError) -> [TreeEdit] {
    var edits: [TreeEdit] = []
    edits.reserveCapacity(updates.count)
    for (order, update) in updates.enumerated() {
      let side: TreeChange.Side? =
        switch update {
        case .upsert(_, let id, let mode): TreeChange.Side(id: id, mode: mode)
        case .remove: nil
        }
      let path = TreeName.bytes(update.path)
      guard TreePath.isPossible(path) else {
        throw GitError(
          code: .invalidName, call: "updateTree",
          message: "\"\(update.path)\" is no path that a tree can hold")
      }
      edits.append(TreeEdit(path: path, order: order, side: side))
    }
    edits.sort { $0.comesBefore($1) }
    return edits
  }

  /// The end of the path's part that starts at `offset`.
  func partEnd(from offset: Int) -> Int {
    path[offset...].firstIndex(of: TreePath.slash) ?? path.count
  }

  /// By parts: a path comes before all below it, and nothing stands between.
  private func comesBefore(_ other: TreeEdit) -> Bool {
    let common = min(path.count, other.path.count)
    for at in 0..<common where path[at] != other.path[at] {
      if path[at] == TreePath.slash { return true }
      if other.path[at] == TreePath.slash { return false }
      return path[at] < other.path[at]
    }
    return path.count != other.path.count ? path.count < other.path.count : order < other.order
  }
}
