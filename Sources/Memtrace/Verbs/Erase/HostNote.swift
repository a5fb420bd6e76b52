// What a host may keep after its branches were moved, and how it lets go of that: nobody can do it from a clone.

enum HostNote {
  static let others =
    "forks, backups, and clones that never sync: memtrace sync there, or delete them"

  static func text(_ remote: String, _ url: String) -> String {
    let host = url.lowercased()
    let how =
      if host.contains("github.") {
        "ask GitHub Support to remove cached views and pull requests' references and to run garbage collection"
      } else if host.contains("gitlab") {
        "Settings > General > Advanced > Prune unreachable objects; merge requests keep references of their own"
      } else if host.contains("bitbucket.") {
        "ask Bitbucket Support to run git gc"
      } else if host.contains("gitea") || host.contains("codeberg") || host.contains("forgejo") {
        "Site administration > Maintenance > garbage collect all repositories, or ask who runs it"
      } else if let path = LocalRemote.path(of: url) {
        "git -C \(path) reflog expire --expire=now --all && git -C \(path) gc --quiet --prune=now"
      } else {
        "on the server, in that repository: git reflog expire --expire=now --all && git gc --prune=now"
      }
    return "\(remote) may keep objects that no branch reaches: \(how)"
  }
}
