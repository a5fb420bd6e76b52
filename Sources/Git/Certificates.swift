// Which authorities TLS connections trust.

internal import CGit2
internal import Glibc
internal import Synchronization

/// libgit2 trusts whatever file it was told of last.
enum Certificates {
  /// Where the system has those that it trusts.
  private static let system = "/etc/ssl/certs/ca-certificates.crt"

  private struct State {
    /// What connections trust now, and how many are under way.
    var trusted = ""
    var connections = 0
  }

  private static let state = Mutex(State())

  /// Runs something that connects to a server.
  ///
  /// libgit2 has one set of authorities for the whole process: whoever needs another one waits until no connection is
  /// under way.
  /// - Parameter authorities: a PEM file in place of the system's.
  /// - Throws: `.certificate` for a file that holds none; what `body` throws.
  static func trusting<R>(_ authorities: String?, _ body: () throws -> R) throws -> R {
    while try !enter(authorities) { usleep(10_000) }
    defer { state.withLock { $0.connections -= 1 } }
    return try body()
  }

  private static func enter(_ authorities: String?) throws -> Bool {
    try state.withLock { state in
      let wanted = authorities ?? system
      if wanted != state.trusted {
        guard state.connections == 0 else { return false }
        // A system without any trusts nobody, which the connection says.
        guard cgit2_set_certificates(wanted) == 0 || wanted == system else {
          throw GitError(
            code: .certificate, call: "git_libgit2_opts",
            message: "\(wanted) cannot be read as a file of certificates")
        }
        state.trusted = wanted
      }
      state.connections += 1
      return true
    }
  }
}

extension Repository {
  /// Runs something that connects to `url`, within the time that there is for it and with the authorities that
  /// `http.sslCAInfo` names.
  /// - Parameter repository: whose settings count.
  static func connecting<R>(
    to url: String?, settings repository: Repository, _ patience: Patience, _ body: () throws -> R
  ) throws -> R {
    guard let url, !isPath(url), !url.hasPrefix("file://") else { return try body() }
    return try ConnectionWatch.run(patience) { try trusting(url, settings: repository, body) }
  }

  private static func trusting<R>(
    _ url: String, settings repository: Repository, _ body: () throws -> R
  ) throws -> R {
    guard url.lowercased().hasPrefix("http") else { return try body() }
    let config = try Owned<ConfigObject>("git_config_open") {
      git_repository_config(&$0, repository.pointer)
    }
    var file = git_buf()
    defer { git_buf_dispose(&file) }
    let result = git_config_get_path(&file, config.pointer, "http.sslCAInfo")
    if result == GIT_ENOTFOUND.rawValue { return try Certificates.trusting(nil, body) }
    try check(result, "git_config_get_path")
    return try Certificates.trusting(String(cString: file.ptr), body)
  }
}
