// Names of commits as people write them.

internal import CGit2

extension Repository {
  /// The commit that a name, an abbreviated id or an expression (`HEAD~2`, `main@{yesterday}`) stands for; nil where
  /// it is none.
  public func resolve(_ revision: String) throws -> ObjectID? {
    // libgit2 1.5 knows `@` alone and not what may follow it.
    let isHead = revision.hasPrefix("@") && !revision.hasPrefix("@{")
    let revision = isHead ? "HEAD" + revision.dropFirst() : revision
    var object: OpaquePointer?
    guard git_revparse_single(&object, pointer, revision) == 0 else { return nil }
    defer { git_object_free(object) }
    var commit: OpaquePointer?
    guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0 else { return nil }
    defer { git_object_free(commit) }
    return git_object_id(commit).map { ObjectID($0.pointee) }
  }
}
