// An open repository: how it is opened or made, and where it lies.

internal import CGit2

/// One open repository. Not `Sendable`: one owner at a time, for libgit2 holds one thread at a time per object.
/// Errors of all methods are `GitError`, except those that a caller's closure throws.
public final class Repository {
  let pointer: OpaquePointer
  private var openStore: OpaquePointer?
  /// What was last read of the index and not written since.
  var lastIndex: ReadIndex?
  /// Set while this handle gathers bulk writes.
  var pending: PendingPack?
  /// What writes single objects.
  lazy var looseObjects = LooseObjects(commonFolder + "/objects")
  /// Set while they are to be brought to the disk together.
  var gathersSyncs = false

  init(owning pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit {
    if let openStore { git_odb_free(openStore) }
    git_repository_free(pointer)
  }

  /// Opens the repository at exactly this path: a work tree's root, a bare repository, or a git folder; parents
  /// are not searched.
  /// - Throws: `.notFound` where there is none, `.owner` where it belongs to another user, `.unsupported` for
  ///   SHA-256 and other formats that libgit2 cannot read.
  public static func open(path: String) throws -> Repository {
    try Library.start.get()
    var pointer: OpaquePointer?
    let result = git_repository_open_ext(
      &pointer, path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
    if result < 0, let message = git_error_last()?.pointee.message.map({ String(cString: $0) }) {
      // 1.5.1 says no more than that where the folder is another user's and nobody set anything.
      if message.contains("'safe.directory'") {
        throw GitError(code: .owner, call: "git_repository_open_ext", message: message)
      }
      if message.contains("unsupported extension") || message.contains("unsupported repository") {
        throw GitError(code: .unsupported, call: "git_repository_open_ext", message: message)
      }
    }
    try check(result, "git_repository_open_ext")
    return Repository(owning: pointer!)
  }

  /// Makes a repository, folders included, or opens the one that is there.
  /// - Parameter branch: HEAD's first branch without `refs/heads/`.
  public static func initialize(path: String, bare: Bool = false, branch: String = "main") throws
    -> Repository
  {
    try Library.start.get()
    var options = git_repository_init_options()
    try check(
      git_repository_init_options_init(
        &options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)), "git_repository_init_options_init")
    options.flags |= GIT_REPOSITORY_INIT_MKPATH.rawValue | GIT_REPOSITORY_INIT_MKDIR.rawValue
    if bare { options.flags |= GIT_REPOSITORY_INIT_BARE.rawValue }
    var pointer: OpaquePointer?
    try branch.withCString { name in
      options.initial_head = name
      _ = try check(git_repository_init_ext(&pointer, path, &options), "git_repository_init_ext")
    }
    return Repository(owning: pointer!)
  }

  /// The git folder, without a slash at its end; a linked worktree's own where this is one.
  public var gitFolder: String { Repository.folder(git_repository_path(pointer)) }

  /// The git folder that all worktrees share: objects, branches, configuration.
  public var commonFolder: String { Repository.folder(git_repository_commondir(pointer)) }

  /// The work tree's root without a slash at its end; nil for a bare repository.
  public var workTree: String? {
    git_repository_workdir(pointer).map { Repository.folder($0) }
  }

  /// For this handle alone: nothing is written.
  public func setWorkTree(_ path: String) throws {
    try check(git_repository_set_workdir(pointer, path, 0), "git_repository_set_workdir")
  }

  public var isBare: Bool { git_repository_is_bare(pointer) == 1 }

  /// History was cut off by `--depth`. Writing works, fetching does not deepen it, and merge bases may be missing.
  public var isShallow: Bool { git_repository_is_shallow(pointer) == 1 }

  /// Objects may be missing here and wait on a promisor remote, which libgit2 does not ask.
  public var isPartial: Bool {
    get throws {
      if try configString("extensions.partialclone") != nil { return true }
      return try configEntries(prefix: "remote.")
        .contains { $0.name.hasSuffix(".promisor") && $0.value != "false" }
    }
  }

  /// What a person has begun and not finished: a merge, a rebase.
  public func state() -> OperationState {
    OperationState(rawValue: git_repository_state(pointer))
  }

  /// The object store, opened on first use.
  func store() throws(GitError) -> OpaquePointer {
    if let openStore { return openStore }
    try check(git_repository_odb(&openStore, pointer), "git_repository_odb")
    return openStore!
  }

  private static func folder(_ path: UnsafePointer<CChar>?) -> String {
    guard let path else { return "" }
    var text = String(cString: path)
    if text.utf8.count > 1, text.utf8.last == UInt8(ascii: "/") { text.removeLast() }
    return text
  }
}
