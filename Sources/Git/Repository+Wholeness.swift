// Whether what a power cut left behind can be read.

extension Repository {
  /// HEAD leads to a commit whose root folder can be read, or to a branch that has no commit yet.
  /// - Throws: where that cannot be told now.
  public var isHeadReadable: Bool {
    get throws {
      let head: Head
      do {
        head = try self.head()
      } catch let error as GitError where error.saysOfObject {
        return false
      }
      guard let id = head.commit else { return true }
      guard let commit = try commitIfThere(id) else { return false }
      return try ifThere(commit.tree, read: { try $0.entries(of: commit.tree) }) != nil
    }
  }

  /// A commit, its folders, and every file that it brought against its first parent can be read. Where the
  /// parent cannot, all files are read.
  /// - Throws: where that cannot be told now.
  public func isWhole(_ id: ObjectID) throws -> Bool {
    guard let commit = try commitIfThere(id) else { return false }
    let parent = try commit.parents.first.flatMap { try commitIfThere($0) }
    func isRead(from old: ObjectID?) throws -> Bool {
      try ifThere(commit.tree, read: { try $0.readAdditions(from: old, to: commit.tree) }) != nil
    }
    if try isRead(from: parent?.tree) { return true }
    return try parent != nil && isRead(from: nil)
  }

  private func readAdditions(from old: ObjectID?, to new: ObjectID) throws {
    try changes(from: old, to: new) { change in
      if let side = change.new, side.mode.isBlob { try withBlob(side.id) { _ in } }
    }
  }
}
