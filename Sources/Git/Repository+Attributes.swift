// What `.gitattributes` and its relatives make of a path.

internal import CGit2
internal import Glibc
internal import System

extension Repository {
  /// The attribute that has Git store other bytes than the file's, or write other ones out: a filter (Git LFS,
  /// git-crypt), `ident`, `working-tree-encoding`. We write blobs as they are. Read from the work tree's
  /// `.gitattributes` files, `info/attributes`, `core.attributesFile` and the system's.
  /// - Returns: as one writes it, `filter=lfs`; nil where none applies.
  public func conversion(of path: String) throws -> String? {
    // libgit2 reads the whole index for it, which takes a hundred times as long as a look into these few files.
    guard mayConvert(path) else { return nil }
    do {
      return try lookUpConversion(of: path)
    } catch let error as GitError where error.message.contains("extension") {
      // A split or sparse index.
      return conversionByCommand(of: path)
    }
  }

  private static let converting = ["filter", "ident", "working-tree-encoding"]

  private func lookUpConversion(of path: String) throws -> String? {
    var names: [UnsafePointer<CChar>?] = Self.converting.map { UnsafePointer(strdup($0)) }
    defer { for name in names { free(UnsafeMutablePointer(mutating: name)) } }
    var values = [UnsafePointer<CChar>?](repeating: nil, count: names.count)
    try check(
      git_attr_get_many(
        &values, pointer, UInt32(GIT_ATTR_CHECK_FILE_THEN_INDEX), path, names.count, &names),
      "git_attr_get_many")
    for (name, value) in zip(Self.converting, values) {
      switch git_attr_value(value) {
      case GIT_ATTR_VALUE_STRING: return "\(name)=\(String(cString: value!))"
      case GIT_ATTR_VALUE_TRUE where name == "ident": return name
      default: continue
      }
    }
    return nil
  }

  /// `PATH NUL NAME NUL VALUE NUL`, again and again.
  private func conversionByCommand(of path: String) -> String? {
    guard let workTree,
      let printed = GitCommand.run(
        ["-C", workTree, "-c", "safe.directory=*", "check-attr", "-z"] + Self.converting
          + ["--", path],
        environment: ["LC_ALL=C"])
    else { return nil }
    let parts = printed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    for at in stride(from: 0, to: parts.count - 2, by: 3) {
      switch parts[at + 2] {
      case "unspecified", "unset": continue
      case "set": if parts[at + 1] == "ident" { return "ident" }
      case let value: return "\(parts[at + 1])=\(value)"
      }
    }
    return nil
  }

  /// False where no file that counts for this path has a word that could convert anything.
  private func mayConvert(_ path: String) -> Bool {
    guard let workTree, Self.isThere(workTree + "/.gitattributes") else {
      // The index has it, if anybody.
      return true
    }
    var files = [workTree + "/.gitattributes", "\(commonFolder)/info/attributes"]
    var folder = workTree
    for name in path.split(separator: "/").dropLast() {
      folder += "/\(name)"
      files.append(folder + "/.gitattributes")
    }
    files += Self.folders(of: GIT_CONFIG_LEVEL_SYSTEM).map { $0 + "/gitattributes" }
    if let named = attributesFile() {
      files.append(named)
    } else {
      files += Self.folders(of: GIT_CONFIG_LEVEL_XDG).map { $0 + "/attributes" }
    }
    return files.contains(where: Self.couldConvert(file:))
  }

  private func attributesFile() -> String? {
    var config: OpaquePointer?
    guard git_repository_config(&config, pointer) == 0 else { return nil }
    defer { git_config_free(config) }
    var path = git_buf()
    defer { git_buf_dispose(&path) }
    guard git_config_get_path(&path, config, "core.attributesfile") == 0 else { return nil }
    return String(cString: path.ptr)
  }

  private static func folders(of level: git_config_level_t) -> [String] {
    var paths = git_buf()
    defer { git_buf_dispose(&paths) }
    guard cgit2_search_path(level.rawValue, &paths) == 0, let text = paths.ptr else { return [] }
    return String(cString: text).split(separator: ":").map(String.init)
  }

  /// A word that is not taken back on the spot, in a line that is no comment. A macro may hide one.
  private static func couldConvert(_ text: String) -> Bool {
    text.split(whereSeparator: \.isNewline).contains { line in
      !line.hasPrefix("#")
        && line.split(whereSeparator: \.isWhitespace).dropFirst().contains { word in
          converting.contains { word.hasPrefix($0) } || line.hasPrefix("[attr]")
        }
    }
  }

  private static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// What is not there could not; what cannot be read could.
  private static func couldConvert(file path: String) -> Bool {
    do {
      guard let file = try ofSystem({ try FileBytes(path) }) else { return false }
      return couldConvert(String(decoding: file.bytes, as: UTF8.self))
    } catch {
      return true
    }
  }
}
