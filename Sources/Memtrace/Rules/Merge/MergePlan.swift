// Which files of two trees need merging, and how, from nothing but the lists of what changed.

import Git

/// What a merge of two trees has to do, relative to the first of them.
struct MergePlan: Hashable {
  /// Changed on the other side only: taken as it is.
  private(set) var taken: [TreeChange] = []
  /// Changed on both sides, and not to the same.
  private(set) var contested: [Contested] = []
  /// A file on one side stands where the other side has a folder.
  private(set) var blocked: [String] = []

  struct Contested: Hashable {
    let path: String
    let base: TreeChange.Side?
    let one: TreeChange.Side?
    let other: TreeChange.Side?

    /// Merged by record; anything else merges as Git would.
    var isOurs: Bool {
      RecordPath.isRecordFile(path)
        && [base, one, other].allSatisfy { $0.map(\.mode.isRegular) ?? true }
    }
  }

  /// - Parameters:
  ///   - one: changes from the base to one side, in the order of their paths; likewise `other`.
  ///   - betweenBases: paths of ours that differ between several common ancestors. Each is looked at again, for
  ///     "unchanged" against one ancestor may be a change against another.
  init(_ one: [TreeChange], _ other: [TreeChange], betweenBases: Set<String> = []) {
    var (left, right) = (one[...], other[...])
    while let next = Self.earlier(left.first?.path, right.first?.path) {
      let mine = left.first?.path == next ? left.popFirst() : nil
      let theirs = right.first?.path == next ? right.popFirst() : nil
      let base = (mine ?? theirs)?.old
      let contest = Contested(
        path: next, base: base, one: mine.map(\.new) ?? base, other: theirs.map(\.new) ?? base)
      if contest.one == contest.other { continue }
      if let theirs, mine == nil, !betweenBases.contains(next) {
        taken.append(theirs)
      } else if theirs != nil || betweenBases.contains(next) {
        contested.append(contest)
      }
    }
    blocked = Self.blocked(one, other).union(Self.blocked(other, one)).sorted()
  }

  /// By bytes, as trees are ordered.
  private static func earlier(_ a: String?, _ b: String?) -> String? {
    guard let a, let b else { return a ?? b }
    return b.utf8.lexicographicallyPrecedes(a.utf8) ? b : a
  }

  /// Files that one side added where the other side changed something in a folder of that name.
  private static func blocked(_ one: [TreeChange], _ other: [TreeChange]) -> Set<String> {
    let added = Set(one.lazy.filter { $0.old == nil }.map(\.path))
    guard !added.isEmpty else { return [] }
    var (found, parent) = (Set<String>(), Substring())
    for change in other where change.new != nil {
      guard let slash = change.path.utf8.lastIndex(of: UInt8(ascii: "/")) else { continue }
      var folder = change.path[..<slash]
      if folder == parent { continue }
      parent = folder
      while true {
        if added.contains(String(folder)) { found.insert(String(folder)) }
        guard let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) else { break }
        folder = folder[..<slash]
      }
    }
    return found
  }
}

extension FileMode {
  /// A file, executable or not; no link, folder or submodule.
  var isRegular: Bool { rawValue & 0o170000 == 0o100000 }
}
