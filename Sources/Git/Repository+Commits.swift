// Writing commits.

internal import CGit2

extension Repository {
  /// Writes a commit. With `updating` ("HEAD" or a full name) the reference then moves to it, atomically, if it
  /// still stands at the first parent (or does not exist and there are no parents).
  /// - Throws: `.modified` where another commit came first: read again and redo; `.locked` where another process
  ///   holds the reference.
  @discardableResult
  public func createCommit(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String,
    updating reference: String? = nil
  ) throws -> ObjectID {
    var rawTree = tree.raw
    let rawParents = parents.map(\.raw)
    var made = git_oid()
    try author.withRaw { author in
      try committer.withRaw { committer in
        try rawParents.withUnsafeBufferPointer { parents in
          var pointers: [UnsafePointer<git_oid>?] = parents.indices.map {
            parents.baseAddress! + $0
          }
          _ = try check(
            git_commit_create_from_ids(
              &made, pointer, pending == nil ? reference : nil, author, committer, nil, message,
              &rawTree, parents.count,
              &pointers), "git_commit_create_from_ids")
        }
      }
    }
    let id = ObjectID(made)
    try wrote(id, message.utf8.count + 256)
    if pending != nil, let reference {
      try flush()
      let subject = message.prefix { !$0.isNewline }
      try setReference(reference, to: id, expecting: parents.first, message: "commit: \(subject)")
    }
    return id
  }
}
