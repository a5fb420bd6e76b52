// The remotes that a repository knows, and talking to them.

internal import CGit2

extension Repository {
  /// All remotes by name, with the URL that fetching uses.
  public func remotes() throws -> [(name: String, url: String)] {
    var names = git_strarray()
    try check(git_remote_list(&names, pointer), "git_remote_list")
    defer { git_strarray_dispose(&names) }
    return try (0..<names.count).compactMap { names.strings[$0] }.compactMap {
      let name = String(cString: $0)
      return try remoteURL(name).map { (name, $0) }
    }
  }

  /// Nil where there is no such remote. `insteadOf` settings are applied.
  public func remoteURL(_ name: String) throws -> String? {
    var remote: OpaquePointer?
    let result = git_remote_lookup(&remote, pointer, name)
    if result == GIT_ENOTFOUND.rawValue || result == GIT_EINVALIDSPEC.rawValue { return nil }
    try check(result, "git_remote_lookup")
    defer { git_remote_free(remote) }
    return git_remote_url(remote).map { String(cString: $0) }
  }

  /// Where a push goes: the remote's own `pushurl`, else its URL with `pushInsteadOf` applied, else as fetching.
  /// libgit2 1.5.1 knows the first alone.
  public func pushURL(_ name: String) throws -> String? {
    guard let url = try remoteURL(name) else { return nil }
    if let own = try configString("remote.\(name).pushurl") { return own }
    guard let plain = try configString("remote.\(name).url") else { return url }
    let (prefix, suffix) = ("url.", ".pushinsteadof")
    let rules = try configEntries(prefix: prefix)
      .filter { $0.name.hasSuffix(suffix) && !$0.value.isEmpty && plain.hasPrefix($0.value) }
    guard let rule = rules.max(by: { $0.value.utf8.count < $1.value.utf8.count }) else {
      return url
    }
    return String(rule.name.dropFirst(prefix.count).dropLast(suffix.count))
      + String(plain.dropFirst(rule.value.count))
  }

  /// - Throws: `.exists` where there is one of that name.
  public func addRemote(_ name: String, url: String) throws {
    _ = try Owned<RemoteObject>("git_remote_create") {
      git_remote_create(&$0, pointer, name, url)
    }
  }

  /// Takes its settings and its remote-tracking references away.
  public func removeRemote(_ name: String) throws {
    try check(git_remote_delete(pointer, name), "git_remote_delete")
  }

  public func setRemoteURL(_ name: String, _ url: String) throws {
    try check(git_remote_set_url(pointer, name, url), "git_remote_set_url")
  }

  /// Fetches the remote's branches, or `refspecs` alone, and moves the remote-tracking references. Tags are left
  /// out, nothing is pruned, local branches stay. A shallow repository does not get deeper.
  /// - Throws: `.auth` after two refused credentials, `.certificate` for a server that cannot prove who it is,
  ///   `.timedOut` for one that was waited for in vain, and what the closures throw.
  @discardableResult
  public func fetch(
    remote name: String, refspecs: [String] = [], credentials: CredentialsProvider = .none,
    patience: Patience = Patience(), progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> FetchReport {
    let remote = try lookup(name)
    try Repository.connecting(to: try remoteURL(name), settings: self, patience) {
      try Repository.withCallbacks(credentials, progress) { state in
        try state.run("git_remote_fetch") { callbacks in
          Repository.withOptions(callbacks) { options in
            withStrings(refspecs) { list in
              git_remote_fetch(remote.pointer, &list, &options, "fetch \(name)")
            }
          }
        }
      }
    }
    return FetchReport(
      heads: try Repository.heads(remote.pointer),
      defaultBranch: Repository.defaultBranch(remote.pointer),
      progress: git_remote_stats(remote.pointer).map { TransferProgress($0.pointee) }
        ?? TransferProgress())
  }

  /// What a remote lists, without fetching anything. `name` may be a URL too.
  public func remoteHeads(_ name: String, credentials: CredentialsProvider = .none) throws
    -> [RemoteHead]
  {
    let url = try remoteURL(name)
    let remote =
      try url != nil
      ? lookup(name)
      : Owned<RemoteObject>("git_remote_create_anonymous") {
        git_remote_create_anonymous(&$0, pointer, name)
      }
    let state = RemoteCallbacks(credentials) { _ in }
    return try Repository.connecting(to: url ?? name, settings: self, Patience()) {
      try state.run("git_remote_connect") { callbacks in
        git_remote_connect(remote.pointer, GIT_DIRECTION_FETCH, &callbacks, nil, nil)
      }
      defer { git_remote_disconnect(remote.pointer) }
      return try Repository.heads(remote.pointer)
    }
  }

  /// Copies a remote repository into a new folder and checks out its default branch, unless `bare`.
  public static func clone(
    url: String, to path: String, bare: Bool = false, credentials: CredentialsProvider = .none,
    progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> Repository {
    try Library.start.get()
    var options = git_clone_options()
    try check(
      git_clone_options_init(&options, UInt32(GIT_CLONE_OPTIONS_VERSION)), "git_clone_options_init")
    options.bare = bare ? 1 : 0
    var made: OpaquePointer?
    try connecting(to: url, settings: nil, Patience()) {
      try withCallbacks(credentials, progress) { state in
        try state.run("git_clone") { callbacks in
          withOptions(callbacks) {
            options.fetch_opts = $0
            return git_clone(&made, url, path, &options)
          }
        }
      }
    }
    return Repository(owning: made!)
  }

  /// Where a remote's URL leads: a relative path counts from the work tree, as for the git command, and not from
  /// where the process stands, as for libgit2.
  public func resolved(_ url: String) -> String {
    Repository.isPath(url) && !url.hasPrefix("/") ? "\(workTree ?? gitFolder)/\(url)" : url
  }

  static func isPath(_ url: String) -> Bool {
    !url.contains("://") && !url.prefix { $0 != "/" }.contains(":")
  }

  func lookup(_ name: String) throws -> Owned<RemoteObject> {
    let remote = try Owned<RemoteObject>("git_remote_lookup") {
      git_remote_lookup(&$0, pointer, name)
    }
    if let url = git_remote_url(remote.pointer).map({ String(cString: $0) }), resolved(url) != url {
      try check(
        git_remote_set_instance_url(remote.pointer, resolved(url)), "git_remote_set_instance_url")
    }
    return remote
  }

  /// Runs `body` with callbacks whose closures end with it.
  @discardableResult
  static func withCallbacks<R>(
    _ credentials: CredentialsProvider, _ progress: (TransferProgress) throws -> Void,
    _ body: (RemoteCallbacks) throws -> R
  ) throws -> R {
    try withoutActuallyEscaping(progress) { try body(RemoteCallbacks(credentials, $0)) }
  }

  private static func withOptions(
    _ callbacks: git_remote_callbacks, _ body: (inout git_fetch_options) -> Int32
  ) -> Int32 {
    var options = git_fetch_options()
    let result = git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
    guard result == 0 else { return result }
    options.callbacks = callbacks
    options.prune = GIT_FETCH_NO_PRUNE
    options.update_fetchhead = 0
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    options.proxy_opts.type = GIT_PROXY_AUTO
    return body(&options)
  }

  private static func heads(_ remote: OpaquePointer) throws -> [RemoteHead] {
    var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    try check(git_remote_ls(&list, &count, remote), "git_remote_ls")
    return (0..<count).compactMap { list?[$0]?.pointee }.map { head in
      RemoteHead(
        name: String(cString: head.name), id: ObjectID(head.oid),
        symbolicTarget: head.symref_target.map { String(cString: $0) })
    }
  }

  private static func defaultBranch(_ remote: OpaquePointer) -> String? {
    try? withBuffer("git_remote_default_branch") { git_remote_default_branch(&$0, remote) }
  }
}

/// Lends texts as libgit2's list; an empty one stands for the remote's own refspecs.
func withStrings<R>(_ texts: [String], _ body: (inout git_strarray) throws -> R) rethrows -> R {
  let copies = texts.map { text in
    text.withCString { source in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
      copy.update(from: source, count: text.utf8.count + 1)
      return copy
    }
  }
  defer { for copy in copies { copy.deallocate() } }
  var pointers: [UnsafeMutablePointer<CChar>?] = copies
  return try pointers.withUnsafeMutableBufferPointer {
    var list = git_strarray(strings: $0.baseAddress, count: texts.count)
    return try body(&list)
  }
}
