// The remotes of a clone, and what a clone needs for people's own `git merge`.

import Git

extension Store {
  /// All remotes by name.
  public func remotes() throws -> [(name: String, url: String)] {
    try translating { try repository().remotes() }
  }

  /// - Throws: `conflict` where there is one of that name, `invalid` for a name that Git does not take.
  public func addRemote(_ name: String, url: String) throws {
    do {
      try repository().addRemote(name, url: url)
    } catch let error as GitError where error.code == .exists {
      throw MemtraceError(
        .conflict, "there is a remote '\(name)' already",
        hint: "memtrace remote set-url \(name) \(RemoteFailure.withoutSecret(url))")
    } catch let error as GitError where error.code == .invalidName {
      throw MemtraceError.invalid([.init("name", "'\(name)' is no name for a remote")])
    } catch let error as GitError {
      throw MemtraceError(error)
    }
  }

  /// - Throws: `notFound` where there is none of that name.
  public func setRemote(_ name: String, url: String) throws {
    try expectRemote(name)
    try translating { try repository().setRemoteURL(name, url) }
  }

  /// What was fetched from it and is merged stays.
  /// - Throws: `notFound` where there is none of that name.
  public func removeRemote(_ name: String) throws {
    try expectRemote(name)
    try translating { try repository().removeRemote(name) }
  }

  private func expectRemote(_ name: String) throws {
    let names = try remotes().map(\.name)
    guard !names.contains(where: name.isExactly) else { return }
    throw MemtraceError(
      .notFound, "there is no remote '\(name)'",
      hint: names.isEmpty ? "memtrace remote add \(name) URL" : "memtrace remote list")
  }
}

/// Settings of a clone by which plain Git merges and shows our files as we do.
enum Drivers {
  /// Each does what plain Git would do where `memtrace` is not on PATH.
  static let settings = [
    ("merge.memtrace.name", "memtrace: merge by record"),
    (
      "merge.memtrace.driver",
      "if command -v memtrace >/dev/null 2>&1; then memtrace merge-file %O %A %B; "
        + "else git merge-file %A %O %B; fi"
    ),
    (
      "diff.memtrace.textconv",
      "f() { if command -v memtrace >/dev/null 2>&1; then memtrace show-file \"$1\"; else cat \"$1\"; fi; }; f"
    ),
  ]

  /// Registers what a person has not set already.
  static func register(in repository: Repository) throws {
    for (name, value) in settings where try repository.configString(name) == nil {
      try repository.setConfig(name, value)
    }
  }
}
