// The remotes that a repository knows, and talking to them.

internal import CGit2
internal import Glibc

extension Repository {
  /// All remotes by name, with the URL that fetching uses.
  public func remotes() throws -> [(name: String, url: String)] {
    let (prefix, suffix) = ("remote.", ".url")
    let names = try configEntries(prefix: prefix).map(\.name).filter { $0.hasSuffix(suffix) }
      .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }
    return try Set(names).sorted().compactMap { name in try remoteURL(name).map { (name, $0) } }
  }

  /// Nil where there is no such remote. `insteadOf` settings are applied.
  public func remoteURL(_ name: String) throws -> String? {
    guard let plain = try configString("remote.\(name).url") else { return nil }
    return try rewritten(plain, by: ".insteadof") ?? plain
  }

  /// Where a push goes: the remote's own `pushurl`, else its URL with `pushInsteadOf` applied, else as fetching.
  public func pushURL(_ name: String) throws -> String? {
    guard let plain = try configString("remote.\(name).url") else { return nil }
    if let own = try configString("remote.\(name).pushurl") { return own }
    return try rewritten(plain, by: ".pushinsteadof") ?? remoteURL(name)
  }

  /// By the longest of the settings `url.BASE.insteadOf` that it begins with; nil where there is none.
  private func rewritten(_ url: String, by suffix: String) throws -> String? {
    let prefix = "url."
    let rules = try configEntries(prefix: prefix)
      .filter { $0.name.hasSuffix(suffix) && !$0.value.isEmpty && url.hasPrefix($0.value) }
    return rules.max { $0.value.utf8.count < $1.value.utf8.count }.map { rule in
      String(rule.name.dropFirst(prefix.count).dropLast(suffix.count))
        + String(url.dropFirst(rule.value.count))
    }
  }

  /// What a remote's branches are fetched to, as its configuration says: `+refs/heads/*:refs/remotes/origin/*`.
  func fetchRefspecs(_ name: String) throws -> [String] {
    let key = "remote.\(name).fetch"
    return try configEntries(prefix: key).filter { $0.name == key }.map(\.value)
  }

  /// - Throws: `.exists` where there is one of that name.
  public func addRemote(_ name: String, url: String) throws {
    _ = try ownConfig()
    _ = try Owned<RemoteObject>("git_remote_create") {
      git_remote_create(&$0, pointer, name, url)
    }
  }

  /// Takes its settings and its remote-tracking references away.
  public func removeRemote(_ name: String) throws {
    _ = try ownConfig()
    try check(git_remote_delete(pointer, name), "git_remote_delete")
  }

  public func setRemoteURL(_ name: String, _ url: String) throws {
    _ = try ownConfig()
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
    let refspecs = try refspecs.isEmpty ? fetchRefspecs(name) : refspecs
    try Repository.connecting(to: try remoteURL(name), settings: self, patience) {
      try Repository.withCallbacks(credentials, progress) { state in
        try withProxy(of: name) { proxy in
          try state.run("git_remote_fetch") { callbacks in
            Repository.withOptions(callbacks) { options in
              options.proxy_opts = proxy
              return withStrings(refspecs) { list in
                git_remote_fetch(remote.pointer, &list, &options, "fetch \(name)")
              }
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

  /// Where a remote's URL leads: a relative path counts from the work tree, as for the git command, and not from
  /// where the process stands, as for libgit2.
  public func resolved(_ url: String) -> String {
    Repository.isPath(url) && !url.hasPrefix("/") ? "\(workTree ?? gitFolder)/\(url)" : url
  }

  static func isPath(_ url: String) -> Bool {
    !url.contains("://") && !url.prefix { $0 != "/" }.contains(":")
  }

  /// A remote as the configuration has it.
  ///
  /// Put together here: looking one up, libgit2 1.5.1 compares each setting with an expression, and gives back nothing
  /// of what that takes, twenty kilobytes a setting (`git_regexp_match`, mended in later versions).
  func lookup(_ name: String) throws -> Owned<RemoteObject> {
    guard let url = try remoteURL(name) else {
      throw GitError(
        code: .notFound, call: "git_remote_lookup", message: "remote '\(name)' does not exist")
    }
    return try remote(at: resolved(url), fetching: try fetchRefspecs(name).first)
  }

  private func remote(at url: String, fetching refspec: String? = nil) throws
    -> Owned<RemoteObject>
  {
    var options = git_remote_create_options()
    try check(
      git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION)),
      "git_remote_create_options_init")
    options.repository = pointer
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue
    let copy = refspec.map { strdup($0) }
    defer { free(copy ?? nil) }
    options.fetchspec = copy.flatMap { $0 }.map { UnsafePointer($0) }
    return try Owned<RemoteObject>("git_remote_create_with_opts") {
      git_remote_create_with_opts(&$0, url, &options)
    }
  }

  /// With the proxy that a remote has for itself, else the one of `http.proxy` or the environment.
  func withProxy<R>(of name: String, _ body: (git_proxy_options) throws -> R) throws -> R {
    var options = git_proxy_options()
    try check(
      git_proxy_options_init(&options, UInt32(GIT_PROXY_OPTIONS_VERSION)), "git_proxy_options_init")
    options.type = GIT_PROXY_AUTO
    guard let own = try configString("remote.\(name).proxy") else { return try body(options) }
    options.type = own.isEmpty ? GIT_PROXY_NONE : GIT_PROXY_SPECIFIED
    return try own.withCString { url in
      options.url = url
      return try body(options)
    }
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
    return body(&options)
  }

  private static func heads(_ remote: OpaquePointer) throws -> [RemoteHead] {
    var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    try check(git_remote_ls(&list, &count, remote), "git_remote_ls")
    return (0..<count).compactMap { list?[$0]?.pointee }.map { head in
      RemoteHead(name: String(cString: head.name), id: ObjectID(head.oid))
    }
  }

  /// Nil where the remote does not say.
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
