// Which remote branch a local branch follows.

internal import CGit2

extension Repository {
  /// Nil where the branch (short or full name) follows none.
  public func upstream(ofBranch name: String) throws -> Upstream? {
    let branch = Repository.short(name)
    guard let remote = try configString("branch.\(branch).remote"),
      let merge = try configString("branch.\(branch).merge")
    else { return nil }
    return Upstream(remote: remote, branch: merge)
  }

  /// Makes a local branch follow a remote one, as `git branch --set-upstream-to` does.
  public func setUpstream(ofBranch name: String, to upstream: Upstream) throws {
    let branch = Repository.short(name)
    try setConfig("branch.\(branch).remote", upstream.remote)
    try setConfig("branch.\(branch).merge", upstream.branch)
  }

  /// Where fetching puts a remote's branch: `refs/remotes/origin/main`. Nil where no refspec covers it.
  public func trackingReference(for upstream: Upstream) throws -> String? {
    for text in try fetchRefspecs(upstream.remote) {
      let refspec = try Owned<RefspecObject>("git_refspec_parse") {
        git_refspec_parse(&$0, text, 1)
      }
      guard git_refspec_src_matches(refspec.pointer, upstream.branch) == 1 else { continue }
      return try withBuffer("git_refspec_transform") {
        git_refspec_transform(&$0, refspec.pointer, upstream.branch)
      }
    }
    return nil
  }

  static func short(_ branch: String) -> String {
    branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch
  }
}
