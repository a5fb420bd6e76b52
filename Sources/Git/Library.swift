// libgit2's process-wide state: started once, on first use, and never shut down.

internal import CGit2
internal import Glibc

enum Library {
  /// Starts libgit2. Objects, references and packs are synced before they count as written. Partial clones and
  /// per-worktree configuration, which libgit2 does not know by name, are no reason to refuse a repository.
  static let start: Result<Void, GitError> = Result { () throws(GitError) in
    try check(startWithoutCertificates(), "git_libgit2_init")
    try check(
      cgit2_set_option(Int32(GIT_OPT_ENABLE_FSYNC_GITDIR.rawValue), 1), "git_libgit2_opts")
    let names: [StaticString] = ["partialclone", "worktreeconfig"]
    var pointers: [UnsafePointer<CChar>?] = names.map {
      UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    try check(cgit2_set_extensions(&pointers, pointers.count), "git_libgit2_opts")
  }

  /// libgit2 reads the system's 140 certificates when it starts, a fifth of what a short command takes, and nothing tells it
  /// not to: for that moment no file can be opened, while this is the only thread. `Certificates` names them to it before
  /// the first connection.
  private static func startWithoutCertificates() -> Int32 {
    var limit = rlimit()
    var threads = stat()
    // The folder has two links, and one more for each thread.
    guard stat("/proc/self/task", &threads) == 0, threads.st_nlink == 3,
      getrlimit(__rlimit_resource_t(7), &limit) == 0
    else { return git_libgit2_init() }
    var none = limit
    none.rlim_cur = 0
    guard setrlimit(__rlimit_resource_t(7), &none) == 0 else { return git_libgit2_init() }
    defer { _ = setrlimit(__rlimit_resource_t(7), &limit) }
    return git_libgit2_init()
  }
}
