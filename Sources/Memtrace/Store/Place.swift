// Where a memory repository lies: its root, and the git folder that belongs to it.

internal import Glibc
internal import System

/// The two folders of a clone, found without libgit2: a command that only reads does not start it.
struct Place: Sendable {
  /// Holds `.memtrace/config.json`.
  let root: String
  /// `.git`, or what a `.git` file names: a linked worktree's or a submodule's own folder. Nil where the root is
  /// no work tree's root: such a place is read, not written.
  let gitFolder: String?
  /// The git folder that all work trees of the repository share; for a linked worktree another than its own.
  let commonFolder: String?

  /// Ours, never committed. A linked worktree's lies in the common folder too: `git worktree remove` deletes its own one
  /// without asking, and with it whatever lies there.
  var stateFolder: String? {
    guard let gitFolder, let commonFolder else { return nil }
    return Self.state(of: gitFolder, commonFolder)
  }

  static func state(of gitFolder: String, _ commonFolder: String) -> String {
    gitFolder == commonFolder
      ? commonFolder + "/memtrace" : stateOfWorktrees(commonFolder) + "/" + lastName(gitFolder)
  }

  /// Where the state folders of linked worktrees lie, by the names that Git gave them.
  static func stateOfWorktrees(_ commonFolder: String) -> String {
    commonFolder + "/memtrace/worktrees"
  }

  /// The full name of the branch that HEAD is on, read without libgit2; nil on none, or where HEAD's file says nothing.
  func branch() throws -> String? {
    guard let gitFolder else { return nil }
    let text = try missingIsNil {
      String(
        decoding: try Descriptor(opening: gitFolder + "/HEAD", O_RDONLY).readAll(), as: UTF8.self)
    }
    guard let text, text.hasPrefix("ref: ") else { return nil }
    return String(text.dropFirst(5).prefix { $0 != "\n" && $0 != "\r\n" })
  }

  /// Whether it is there now: a disk may be gone, or somebody moved the folder.
  var isThere: Bool {
    access(Self.joined(gitFolder ?? root, gitFolder == nil ? "" : "HEAD"), F_OK) == 0
  }

  /// The nearest place from a folder upwards.
  /// - Throws: `notFound` where there is none.
  static func find(from folder: String) throws -> Place {
    guard let real = Path.real(folder) else {
      throw MemtraceError(
        .notFound, "\(folder): no such folder", hint: "memtrace init \(folder)")
    }
    var candidate = real
    while true {
      let configuration = joined(candidate, Layout.configuration)
      if access(configuration, F_OK) == 0 {
        let gitFolder = try gitFolder(of: candidate)
        if gitFolder == nil, UnfinishedClone.find(in: candidate) != nil {
          throw UnfinishedClone.error(candidate)
        }
        return Place(
          root: candidate, gitFolder: gitFolder,
          commonFolder: try gitFolder.map(commonFolder))
      }
      guard errno == ENOENT || errno == ENOTDIR else {
        throw SystemError.last("access", configuration)
      }
      guard candidate != "/", let slash = candidate.lastIndex(of: "/") else { break }
      candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
    }
    if UnfinishedClone.find(in: real) != nil { throw UnfinishedClone.error(folder) }
    throw MemtraceError(
      .notFound, "\(real) is not in a memory repository", hint: hint(real, folder))
  }

  /// A sparse checkout may have left our own folder out; a clone of a remote whose HEAD names another branch than the one
  /// that is there has nothing checked out.
  private static func hint(_ real: String, _ folder: String) -> String {
    var candidate = real
    while true {
      if let git = try? gitFolder(of: candidate) {
        if access(git + "/info/sparse-checkout", F_OK) == 0 {
          return "git -C \(candidate) sparse-checkout add .memtrace, where one was left out; "
            + "else memtrace init \(folder)"
        }
        return UnbornBranch.fetched(in: git).map { "git -C \(candidate) switch \($0)" }
          ?? "memtrace init \(folder)"
      }
      guard candidate != "/", let slash = candidate.lastIndex(of: "/") else {
        return "memtrace init \(folder)"
      }
      candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
    }
  }

  private static func gitFolder(of root: String) throws -> String? {
    let path = joined(root, ".git")
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError.last("stat", path)
    }
    if status.st_mode & S_IFMT == S_IFDIR { return path }
    let bytes = try Descriptor(opening: path, O_RDONLY).readAll()
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("gitdir: ") else { return nil }
    let named = String(
      text.dropFirst("gitdir: ".count).prefix { $0 != "\n" && $0 != "\r\n" && $0 != "\r" })
    return named.hasPrefix("/") ? named : joined(root, named)
  }

  private static func commonFolder(of gitFolder: String) throws -> String {
    let bytes = try missingIsNil {
      try Descriptor(opening: gitFolder + "/commondir", O_RDONLY).readAll()
    }
    guard let bytes else { return gitFolder }
    let named = String(decoding: bytes.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
    let path = named.hasPrefix("/") ? named : joined(gitFolder, named)
    return Path.real(path) ?? path
  }

  static func lastName(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}

extension Place {
  /// The commit that HEAD is at, in hexadecimal digits, read without libgit2; nil where its files do not say.
  func commit() -> String? {
    guard let gitFolder, let commonFolder, let head = Self.line(gitFolder + "/HEAD") else {
      return nil
    }
    guard head.hasPrefix("ref: ") else { return Self.isCommit(head) ? head : nil }
    let name = head.dropFirst(5)
    for folder in [gitFolder, commonFolder] {
      if let id = Self.line("\(folder)/\(name)"), Self.isCommit(id) { return id }
    }
    return nil
  }

  private static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40 && text.utf8.allSatisfy { $0.hexDigitValue != nil }
  }

  /// Nil too where it cannot be read: then libgit2 is asked, which says why.
  private static func line(_ path: String) -> String? {
    guard let file = try? Descriptor(opening: path, O_RDONLY), let bytes = try? file.readAll()
    else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}

extension UInt8 {
  fileprivate var hexDigitValue: UInt32? { JSONText.hexDigit(self) }
}
