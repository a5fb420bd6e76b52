// The difference of two trees, by walking both at once and passing over what is equal.

extension Repository {
  /// Calls `body` with every file that differs, in the order of the paths; equal folders are not opened. Renames
  /// are not looked for. Nil stands for the empty tree; `prefix` limits the walk to one folder.
  public func changes(
    from old: ObjectID?, to new: ObjectID?, under prefix: String? = nil,
    _ body: (TreeChange) throws -> Void
  ) throws {
    let (from, to) = (try folder(old, prefix), try folder(new, prefix))
    guard from != to else { return }
    try changes(from, to, path: Repository.slashed(prefix), body)
  }

  private func changes(
    _ old: ObjectID?, _ new: ObjectID?, path: String, _ body: (TreeChange) throws -> Void
  ) throws {
    try withTree(old) { oldEntries in
      try withTree(new) { newEntries in
        var (left, right) = (oldEntries.next(), newEntries.next())
        while left != nil || right != nil {
          let order =
            if let left, let right {
              treeOrder(left.name, left.mode.isTree, right.name, right.mode.isTree)
            } else {
              left == nil ? 1 : -1
            }
          try report(
            order <= 0 ? left : nil, order >= 0 ? right : nil, path: path, body)
          if order <= 0 { left = oldEntries.next() }
          if order >= 0 { right = newEntries.next() }
        }
      }
    }
  }

  /// Reports one name; both sides are files or both are folders.
  private func report(
    _ old: RawTreeEntry?, _ new: RawTreeEntry?, path: String, _ body: (TreeChange) throws -> Void
  ) throws {
    if let old, let new, old.id == new.id, old.mode == new.mode { return }
    guard let any = old ?? new else { return }
    let name = TreeName.text(any.name)
    if any.mode.isTree {
      try changes(old?.id, new?.id, path: path + name + "/", body)
    } else {
      try body(TreeChange(path: path + name, old: old?.side, new: new?.side))
    }
  }
}
