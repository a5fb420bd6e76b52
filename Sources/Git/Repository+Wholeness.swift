// Whether what a power cut left behind can be read.

extension Repository {
  /// HEAD leads to a commit whose root folder can be read, or to a branch that has no commit yet.
  public var isHeadReadable: Bool {
    guard let head = try? head() else { return false }
    guard let id = head.commit else { return true }
    guard let commit = try? commit(id) else { return false }
    return (try? entries(of: commit.tree)) != nil
  }

  /// A commit, its folders, and every file that it brought against its first parent can be read. Where the
  /// parent cannot, all files are read.
  public func isWhole(_ id: ObjectID) -> Bool {
    guard let commit = try? commit(id) else { return false }
    let parent = commit.parents.first.flatMap { try? self.commit($0).tree }
    return (try? readAdditions(from: parent, to: commit.tree)) != nil
      || (parent != nil && (try? readAdditions(from: nil, to: commit.tree)) != nil)
  }

  private func readAdditions(from old: ObjectID?, to new: ObjectID) throws {
    try changes(from: old, to: new) { change in
      if let side = change.new, side.mode.isBlob { try withBlob(side.id) { _ in } }
    }
  }
}
