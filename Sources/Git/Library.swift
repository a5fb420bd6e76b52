// libgit2's process-wide state: started once, on first use, and never shut down.

internal import CGit2

enum Library {
  /// Starts libgit2. Objects, references and packs are synced before they count as written. Partial clones and
  /// per-worktree configuration, which libgit2 does not know by name, are no reason to refuse a repository.
  static let start: Result<Void, GitError> = Result { () throws(GitError) in
    try check(git_libgit2_init(), "git_libgit2_init")
    try check(
      cgit2_set_option(Int32(GIT_OPT_ENABLE_FSYNC_GITDIR.rawValue), 1), "git_libgit2_opts")
    let names: [StaticString] = ["partialclone", "worktreeconfig"]
    var pointers: [UnsafePointer<CChar>?] = names.map {
      UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    try check(cgit2_set_extensions(&pointers, pointers.count), "git_libgit2_opts")
  }
}
