// HEAD, branches and other references, their logs and upstreams.

internal import CGit2

/// The remote branch that a local one follows.
public struct Upstream: Hashable, Sendable {
  /// The remote's name, `origin`.
  public let remote: String
  /// The branch's full name on the remote, `refs/heads/main`.
  public let branch: String

  public init(remote: String, branch: String) {
    self.remote = remote
    self.branch = branch
  }
}

extension Repository {
  /// - Throws: where HEAD cannot be read, for instance an emptied reference file.
  public func head() throws -> Head {
    let head = try Owned<ReferenceObject>("git_reference_lookup") {
      git_reference_lookup(&$0, pointer, "HEAD")
    }
    guard git_reference_type(head.pointer) == GIT_REFERENCE_SYMBOLIC else {
      return .detached(ObjectID(git_reference_target(head.pointer).pointee))
    }
    let name = String(cString: git_reference_symbolic_target(head.pointer))
    guard let id = try reference(name) else { return .unborn(name: name) }
    return .branch(name: name, id)
  }

  /// What a reference points to, through symbolic ones; nil where it does not exist.
  public func reference(_ name: String) throws -> ObjectID? {
    var id = git_oid()
    let result = git_reference_name_to_id(&id, pointer, name)
    if result == GIT_ENOTFOUND.rawValue { return nil }
    try check(result, "git_reference_name_to_id")
    return ObjectID(id)
  }

  /// Moves the branch that HEAD is on, as `setReference` does, while nobody can put HEAD elsewhere: a person's rebase
  /// may have begun since it was last looked at. Git waits a tenth of a second for that lock.
  /// - Throws: also `.modified` where HEAD is not on that branch, or a person has an operation under way.
  public func moveCheckedOut(
    branch: String, to id: ObjectID, expecting: ObjectID?, message: String
  ) throws {
    let lock = try LockFile(over: gitFolder + "/HEAD")
    let result = Result {
      guard try head().branch == branch, state() == .none else {
        throw GitError(
          code: .modified, call: "moveCheckedOut", message: "HEAD has left \(branch)",
          errorClass: 0)
      }
      try setReference(branch, to: id, expecting: expecting, message: message)
    }
    lock.release()
    try result.get()
  }

  /// Moves a reference, atomically, from `expecting` (nil: it must not exist) to `id`, and logs `message`. A
  /// symbolic one (`HEAD` on a branch) passes the change on to what it names.
  /// - Throws: `.modified` where it stands elsewhere, `.locked` where another process holds it.
  public func setReference(
    _ name: String, to id: ObjectID, expecting: ObjectID?, message: String
  ) throws {
    let name = try target(of: name)
    var made: OpaquePointer?
    defer { git_reference_free(made) }
    var raw = id.raw
    let result: Int32
    if let expecting {
      var old = expecting.raw
      result = git_reference_create_matching(&made, pointer, name, &raw, 1, &old, message)
    } else {
      result = git_reference_create(&made, pointer, name, &raw, 0, message)
    }
    let moved = expecting == nil ? GIT_EEXISTS.rawValue : GIT_ENOTFOUND.rawValue
    if result == moved, try reference(name) != expecting {
      throw GitError(
        code: .modified, call: "git_reference_create_matching",
        message: "\(name) is not what was expected", errorClass: 4)
    }
    try check(result, "git_reference_create_matching")
  }

  /// Removes a reference; one that is not there is no error.
  /// - Parameter expecting: removes it only where it still points there (`.modified` otherwise).
  public func deleteReference(_ name: String, expecting: ObjectID? = nil) throws {
    var found: OpaquePointer?
    let result = git_reference_lookup(&found, pointer, name)
    if result == GIT_ENOTFOUND.rawValue { return }
    try check(result, "git_reference_lookup")
    defer { git_reference_free(found) }
    if let expecting, git_reference_target(found).map({ ObjectID($0.pointee) }) != expecting {
      throw GitError(
        code: .modified, call: "git_reference_delete", message: "\(name) is not at \(expecting)")
    }
    try check(git_reference_delete(found), "git_reference_delete")
  }

  /// Whether a work tree of this repository, this one included, has a branch checked out.
  public func isCheckedOut(_ name: String) throws -> Bool {
    let branch = try Owned<ReferenceObject>("git_reference_lookup") {
      git_reference_lookup(&$0, pointer, name)
    }
    return try check(git_branch_is_checked_out(branch.pointer), "git_branch_is_checked_out") == 1
  }

  /// All references that match a shell pattern (`refs/remotes/origin/*`), by name, with the ids that they come
  /// to. Symbolic ones that lead nowhere are left out.
  public func references(_ pattern: String) throws -> [(name: String, id: ObjectID)] {
    let iterator = try Owned<ReferenceIteratorObject>("git_reference_iterator_glob_new") {
      git_reference_iterator_glob_new(&$0, pointer, pattern)
    }
    var names: [String] = []
    var name: UnsafePointer<CChar>?
    var result = git_reference_next_name(&name, iterator.pointer)
    while result == 0, let found = name {
      names.append(String(cString: found))
      result = git_reference_next_name(&name, iterator.pointer)
    }
    if result != GIT_ITEROVER.rawValue { try check(result, "git_reference_next_name") }
    return try names.sorted().compactMap { name in try reference(name).map { (name, $0) } }
  }

  /// The commits that a reference has pointed to, newest first; empty without a log.
  public func reflog(_ name: String) throws -> [ObjectID] {
    let log = try Owned<ReflogObject>("git_reflog_read") { git_reflog_read(&$0, pointer, name) }
    return (0..<git_reflog_entrycount(log.pointer)).compactMap { at in
      git_reflog_entry_byindex(log.pointer, at).map {
        ObjectID(git_reflog_entry_id_new($0).pointee)
      }
    }
  }

  /// What a symbolic reference names in the end; any other name as it is.
  private func target(of name: String) throws -> String {
    var name = name
    for _ in 0..<5 {
      var found: OpaquePointer?
      defer { git_reference_free(found) }
      guard git_reference_lookup(&found, pointer, name) == 0,
        let next = git_reference_symbolic_target(found)
      else { return name }
      name = String(cString: next)
    }
    return name
  }
}
