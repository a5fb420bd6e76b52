// What goes wrong on the other side of the network, in words, and what to do about it.

import Git

enum RemoteFailure {
  /// Runs network work; its failures become `remote` errors that name the host and the next step.
  static func translating<Result>(
    _ url: String, _ credentials: Credentials, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as GitError {
      if error.code == .auth { credentials.reject() }
      throw self.error(error, url: url, hadCredentials: credentials.wereGiven)
    }
  }

  static func error(_ error: GitError, url: String, hadCredentials: Bool) -> MemtraceError {
    let host = self.host(of: url)
    let text = error.message
    func has(_ words: String...) -> Bool { words.contains { text.contains($0) } }
    func remote(_ message: String, _ hint: String) -> MemtraceError {
      MemtraceError(.remote, message, hint: hint)
    }
    if error.code == .certificate {
      return remote(
        "\(host) could not prove who it is: \(text)",
        url.contains("http")
          ? "check the certificate; git config http.sslCAInfo names your own authority"
          : "ssh-keyscan \(host) >> ~/.ssh/known_hosts, after checking the fingerprint")
    }
    if error.code == .timedOut {
      return remote(
        "\(host) \(text)",
        "memtrace sync tries again; git config memtrace.silenceTimeout 120 waits longer "
          + "(memtrace.connectTimeout for the connection), in seconds")
    }
    if error.code == .auth {
      return hadCredentials
        ? remote("wrong credentials for \(host)", loginHint(url))
        : remote("\(host) asks for credentials, and there are none (\(text))", loginHint(url))
    }
    if has("resolve address", "resolve host", "resolve hostname", "Name or service not known") {
      return remote("no such host: \(host)", "check the URL: memtrace remote list")
    }
    if has("Connection refused", "connection refused", "failed to connect") {
      return remote(
        "\(host) refused the connection", "check the URL and port: memtrace remote list")
    }
    if has("No space left") {
      return remote(
        "the disk is full, here or at \(host) (\(text))", "free some space, then memtrace sync")
    }
    if has("status code: 403") {
      return remote("\(host) does not permit this", "ask its owner for permission to write")
    }
    if error.code == .notFound
      || has(
        "status code: 404", "does not appear to be a git", "unsupported URL", "not found",
        "could not find repository")
    {
      // libgit2 says so of a path too, where nothing is.
      let why = url.contains("://") || !has("unsupported URL") ? " (\(text))" : ""
      return remote(
        "\(withoutSecret(url)) is not a repository that can be reached\(why)",
        "check the URL: memtrace remote list")
    }
    return remote(
      "\(host): \(text)",
      "memtrace sync tries again; what is written here is safe and goes with the next sync")
  }

  /// A push that the remote took note of and did not take.
  static func refused(_ push: PushOutcome, _ target: SyncTarget, attempts: Int) -> MemtraceError {
    if push.isBehind {
      return attempts == SyncRun.attempts
        ? MemtraceError(
          .remote, "\(target.remote) was changed by others during each of \(attempts) attempts",
          hint: "\(target.command) tries again")
        : MemtraceError(
          .remote, "\(target.remote) has commits that are not here", hint: target.command)
    }
    let reasons = push.reasons.joined(separator: "; ")
    let said = push.messages.split(whereSeparator: \.isNewline).joined(separator: "; ")
    let text = said.isEmpty ? reasons : "\(reasons): \(said)"
    return MemtraceError(
      .remote, "\(target.remote) refused \(SyncTarget.short(target.pushed)): \(text)",
      hint: "for a protected branch: memtrace sync --branch memtrace/NAME")
  }

  /// `github.com` of any form of URL; a path as it is.
  static func host(of url: String) -> String {
    if let scheme = url.range(of: "://") {
      if url.hasPrefix("file://") { return String(url[scheme.upperBound...]) }
      let authority = url[scheme.upperBound...].prefix { $0 != "/" }
      return String(authority.split(separator: "@").last ?? authority)
    }
    guard let colon = url.firstIndex(of: ":"), !url[..<colon].contains("/") else { return url }
    return String(url[..<colon].split(separator: "@").last ?? url[..<colon])
  }

  /// A URL that may be shown: without a password.
  static func withoutSecret(_ url: String) -> String {
    guard let scheme = url.range(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return url }
    let user = authority[..<at].prefix { $0 != ":" }
    return "\(url[..<scheme.upperBound])\(user)\(rest[at...])"
  }

  private static func loginHint(_ url: String) -> String {
    url.hasPrefix("http")
      ? "set MEMTRACE_GIT_TOKEN, or store the login with a Git credential helper"
      : "ssh-add your key, or name it: git config memtrace.sshKey ~/.ssh/KEY"
  }
}

extension String {
  /// The first place where `text` stands (no Foundation here).
  func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
