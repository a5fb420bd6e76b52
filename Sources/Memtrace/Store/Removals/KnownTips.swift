// The tip that we last knew of each branch: what HEAD is judged against before every commit of ours.

internal import Git
internal import Glibc
internal import System

/// `refs/memtrace/known/<branch>`, in the folder that all worktrees share: it outlives a worktree, and keeps what a person
/// amended away from `git gc --prune=now`. Older than the truth is harmless: more is looked at.
struct KnownTips {
  private let repository: Repository

  init(_ repository: Repository) {
    self.repository = repository
  }

  /// Nil where none is known, or it is gone.
  func tip(of branch: String) throws -> Commit? {
    try repository.reference(Self.name(branch)).flatMap { try repository.commitIfThere($0) }
  }

  /// Written by rename, under our own lock and unsynced: after a power cut the older one stands.
  func set(_ branch: String, to tip: ObjectID, state: String) throws {
    let name = Self.name(branch)
    let path = "\(repository.commonFolder)/\(name)"
    let folder = String(path[..<path.lastIndex(of: "/")!])
    let temporary = state + "/known-tip"
    let file = try Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC)
    try file.append("\(tip)\n".utf8)
    if rename(temporary, path) == 0 { return }
    try Path.makeFolders(folder)
    try retrying("rename", path) { rename(temporary, path) }
  }

  /// One level, so that a branch `a` and a later one `a/b` do not stand in each other's way.
  static func name(_ branch: String) -> String {
    let short = branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch
    var name = ""
    for character in short.unicodeScalars {
      switch character {
      case "%": name += "%25"
      case "/": name += "%2F"
      default: name.unicodeScalars.append(character)
      }
    }
    if name.utf8.count > 200 || name.hasSuffix(".lock") { name = SHA256.hex(short.utf8) }
    return "refs/memtrace/known/\(name)"
  }
}
