// Configuration, all levels for reading and the repository's own for writing.

internal import CGit2

extension Repository {
  /// The value that counts; nil where none is set.
  public func configString(_ name: String) throws -> String? {
    let config = try config()
    var value = git_buf()
    defer { git_buf_dispose(&value) }
    let result = git_config_get_string_buf(&value, config.pointer, name)
    if result == GIT_ENOTFOUND.rawValue { return nil }
    try check(result, "git_config_get_string_buf")
    return value.ptr.map { String(cString: $0) } ?? ""
  }

  /// As Git reads truth values (`yes`, `on`, `1`); nil where none is set.
  public func configBool(_ name: String) throws -> Bool? {
    let config = try config()
    var value: Int32 = 0
    let result = git_config_get_bool(&value, config.pointer, name)
    if result == GIT_ENOTFOUND.rawValue { return nil }
    try check(result, "git_config_get_bool")
    return value != 0
  }

  /// Sets a value in the repository's own configuration; nil removes it.
  public func setConfig(_ name: String, _ value: String?) throws {
    let local = try ownConfig()
    if let value {
      try check(git_config_set_string(local.pointer, name, value), "git_config_set_string")
    } else {
      let result = git_config_delete_entry(local.pointer, name)
      if result != GIT_ENOTFOUND.rawValue { try check(result, "git_config_delete_entry") }
    }
  }

  /// All values whose names start with `prefix`, in the order in which Git reads them. Names are lower-case but
  /// for their middle part.
  public func configEntries(prefix: String) throws -> [(name: String, value: String)] {
    let config = try config()
    var iterator: OpaquePointer?
    try check(git_config_iterator_new(&iterator, config.pointer), "git_config_iterator_new")
    defer { git_config_iterator_free(iterator) }
    var all: [(name: String, value: String)] = []
    var entry: UnsafeMutablePointer<git_config_entry>?
    while git_config_next(&entry, iterator) == 0, let found = entry?.pointee {
      let name = String(cString: found.name)
      guard name.hasPrefix(prefix) else { continue }
      all.append((name, found.value.map { String(cString: $0) } ?? ""))
    }
    return all
  }

  /// `user.name` and `user.email`; nil unless both are set.
  public func defaultSignature() throws -> (name: String, email: String)? {
    guard let name = try configString("user.name"), let email = try configString("user.email"),
      !name.isEmpty, !email.isEmpty
    else { return nil }
    return (name, email)
  }

  /// Where libgit2 could not read the repository's own file, it would write into the person's instead.
  func ownConfig() throws -> Owned<ConfigObject> {
    let config = try config()
    return try Owned<ConfigObject>("git_config_open_level") {
      git_config_open_level(&$0, config.pointer, GIT_CONFIG_LEVEL_LOCAL)
    }
  }

  private func config() throws -> Owned<ConfigObject> {
    try Owned<ConfigObject>("git_repository_config") { git_repository_config(&$0, pointer) }
  }
}
