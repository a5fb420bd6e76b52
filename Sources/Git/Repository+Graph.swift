// The commit graph: ancestors, merge bases, history.

internal import CGit2

extension Repository {
  /// All best common ancestors, in no order that two clones would share: sort them. Empty for unrelated history.
  public func mergeBases(_ one: ObjectID, _ other: ObjectID) throws -> [ObjectID] {
    var (left, right) = (one.raw, other.raw)
    var bases = git_oidarray()
    let result = git_merge_bases(&bases, pointer, &left, &right)
    if result == GIT_ENOTFOUND.rawValue { return [] }
    try check(result, "git_merge_bases")
    defer { git_oidarray_dispose(&bases) }
    return (0..<bases.count).map { ObjectID(bases.ids[$0]) }
  }

  /// A commit counts as its own ancestor.
  public func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws -> Bool {
    if ancestor == commit { return true }
    var (old, new) = (ancestor.raw, commit.raw)
    return try check(
      git_graph_descendant_of(pointer, &new, &old), "git_graph_descendant_of") == 1
  }

  /// How many commits each side has that the other has not.
  public func aheadBehind(_ local: ObjectID, _ upstream: ObjectID) throws -> (
    ahead: Int, behind: Int
  ) {
    var (left, right) = (local.raw, upstream.raw)
    var (ahead, behind) = (0, 0)
    try check(
      git_graph_ahead_behind(&ahead, &behind, pointer, &left, &right), "git_graph_ahead_behind")
    return (ahead, behind)
  }

  /// In which order history is told; both newest first.
  public enum HistoryOrder: Sendable {
    /// By commit time, reading no further than is asked for. Clocks that ran backwards can put a parent before its child.
    case time
    /// Children before parents; among those, by time.
    case topological
  }

  /// Calls `body` with the commits reachable from `tips` and not from `excluding`.
  /// - Parameters:
  ///   - offset: how many of them to pass over first.
  ///   - limit: how many to report at most; nil for all.
  public func history(
    from tips: [ObjectID], excluding: [ObjectID] = [], limit: Int? = nil, offset: Int = 0,
    order: HistoryOrder = .topological, _ body: (Commit) throws -> Void
  ) throws {
    let walk = try Owned<RevwalkObject>("git_revwalk_new") { git_revwalk_new(&$0, pointer) }
    // Any order that libgit2 is told makes it read all of history first; the one that it has by itself is by time.
    let sorting =
      order == .time
      ? GIT_SORT_NONE.rawValue : GIT_SORT_TIME.rawValue | GIT_SORT_TOPOLOGICAL.rawValue
    try check(git_revwalk_sorting(walk.pointer, sorting), "git_revwalk_sorting")
    for tip in tips {
      var raw = tip.raw
      try check(git_revwalk_push(walk.pointer, &raw), "git_revwalk_push")
    }
    for hidden in excluding {
      var raw = hidden.raw
      try check(git_revwalk_hide(walk.pointer, &raw), "git_revwalk_hide")
    }
    var (seen, id) = (0, git_oid())
    while limit.map({ seen < offset + $0 }) ?? true {
      let result = git_revwalk_next(&id, walk.pointer)
      if result == GIT_ITEROVER.rawValue { return }
      try check(result, "git_revwalk_next")
      seen += 1
      if seen > offset { try body(try commit(ObjectID(id))) }
    }
  }

  public func history(
    from tip: ObjectID, excluding: [ObjectID] = [], limit: Int? = nil, offset: Int = 0,
    order: HistoryOrder = .topological, _ body: (Commit) throws -> Void
  ) throws {
    try history(
      from: [tip], excluding: excluding, limit: limit, offset: offset, order: order, body)
  }
}
