// What a person has under way, so that HEAD must not move.

internal import Git
internal import Glibc

/// For what records wait, since when, and how it is brought to its end.
struct Obstacle {
  let what: String
  /// The command that ends it.
  let hint: String
  /// Milliseconds since 1970 at which it began, as far as files tell.
  var since: Int64?

  /// The one whose command is short enough to be said with every write.
  static let detached = (what: "HEAD is detached", hint: "git switch BRANCH")

  /// Nil where HEAD may move.
  init?(in repository: Repository, head: Head, _ state: String) throws {
    let operation = repository.state()
    if operation != .none {
      let mark = Self.marks.first { access("\(repository.gitFolder)/\($0)", F_OK) == 0 }
      what = "a \(operation) is under way"
      hint =
        "git status says how to go on or give up; where git knows of none: rm -r "
        + "\(repository.gitFolder)/\(mark ?? "rebase-merge")"
      since = mark.flatMap { Self.time(of: "\(repository.gitFolder)/\($0)") }
    } else if head.branch == nil {
      (what, hint) = Self.detached
      since = Self.time(of: repository.gitFolder + "/HEAD")
    } else if Hold.isActive(state) {
      what = "a git commit is under way"
      hint = "end the commit, or its editor"
      since = Self.time(of: state + "/hold")
    } else {
      return nil
    }
  }

  /// Files and folders in Git's own that say of an operation; a stub of one does too.
  private static let marks = [
    "rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG",
  ]

  private static func time(of path: String) -> Int64? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
  }
}
