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
      let path = Array(update.path.utf8)
      guard isSafe(path) else {
        throw GitError(
          code: .invalidName, call: "updateTree",
          message: "\"\(update.path)\" is no path that a tree can hold")
      }
      edits.append(TreeEdit(path: path, order: order, side: side))
    }
    edits.sort { $0.comesBefore($1) }
    return edits
  }

  /// Relative, no empty, `.` or `..` part, and no part that a file system may take for `.git`.
  static func isSafe(_ path: [UInt8]) -> Bool {
    guard !path.isEmpty, !path.contains(0) else { return false }
    return path.split(separator: slash, omittingEmptySubsequences: false).allSatisfy { part in
      guard !part.isEmpty, !part.elementsEqual(".".utf8), !part.elementsEqual("..".utf8) else {
        return false
      }
      guard part.count == 4 || part.count == 5 else { return true }
      let lower = part.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
      return !lower.elementsEqual(".git".utf8) && !lower.elementsEqual("git~1".utf8)
    }
  }

  static let slash = UInt8(ascii: "/")

  /// The end of the path's part that starts at `offset`.
  func partEnd(from offset: Int) -> Int {
    path[offset...].firstIndex(of: TreeEdit.slash) ?? path.count
  }

  /// By parts: a path comes before all below it, and nothing stands between.
  private func comesBefore(_ other: TreeEdit) -> Bool {
    let common = min(path.count, other.path.count)
    for at in 0..<common where path[at] != other.path[at] {
      if path[at] == TreeEdit.slash { return true }
      if other.path[at] == TreeEdit.slash { return false }
      return path[at] < other.path[at]
    }
    return path.count != other.path.count ? path.count < other.path.count : order < other.order
  }
}
