// Sending commits to a remote.

internal import CGit2

extension Repository {
  /// Pushes `refspecs` (`refs/heads/main:refs/heads/main`; a `+` in front forces). What the server refuses is in the
  /// report, not an error; so is a branch that has commits which we do not build on.
  /// - Throws: `.auth`, `.certificate`, `.timedOut`, network failures, and what the closures throw.
  public func push(
    remote name: String, refspecs: [String], credentials: CredentialsProvider = .none,
    patience: Patience = Patience(), progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> PushReport {
    let remote = try lookup(name)
    let url = try pushURL(name).map(resolved)
    if let url {
      try check(
        git_remote_set_instance_pushurl(remote.pointer, url), "git_remote_set_instance_pushurl")
      // A push to a folder looks at the other URL alone.
      try check(git_remote_set_instance_url(remote.pointer, url), "git_remote_set_instance_url")
    }
    var options = git_push_options()
    try check(
      git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION)), "git_push_options_init")
    return try Repository.withCallbacks(credentials, progress) { state in
      var report = PushReport()
      do {
        try Repository.connecting(to: url, settings: self, patience) {
          try withProxy(of: name) { proxy in
            try state.run("git_remote_push") { callbacks in
              options.callbacks = callbacks
              options.proxy_opts = proxy
              return withStrings(refspecs) { list in
                git_remote_push(remote.pointer, &list, &options)
              }
            }
          }
        }
      } catch let error as GitError where error.code == .nonFastForward {
        report.isBehind = true
        for refspec in refspecs {
          report.refused[Repository.destination(refspec)] = error.message
        }
      }
      for (reference, refusal) in state.updates {
        if let refusal {
          report.refused[reference] = refusal
          if Repository.isLostRace(refusal, state.messages) { report.isBehind = true }
        } else {
          report.accepted.append(reference)
        }
      }
      report.messages = String(decoding: state.messages, as: UTF8.self)
      return report
    }
  }

  /// Whether the server's branch had moved, or was moving. Its words for that depend on how far the push had come: a
  /// server that compares only as it moves the branch says why in a line for people.
  static func isLostRace(_ refusal: String, _ messages: [UInt8]) -> Bool {
    if refusal.contains("non-fast-forward") || refusal.contains("fetch first") { return true }
    if refusal.contains("incorrect old value") { return true }
    let said = String(decoding: messages, as: UTF8.self)
    return refusal.contains("failed to update ref") && said.contains("cannot lock ref")
      && (said.contains("but expected") || said.contains("File exists"))
  }

  /// The right side of a refspec, or its only one.
  private static func destination(_ refspec: String) -> String {
    let plain = refspec.hasPrefix("+") ? refspec.dropFirst() : refspec[...]
    return String(plain.split(separator: ":").last ?? plain)
  }
}
