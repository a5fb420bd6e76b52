// Which authorities TLS connections trust: read when the first connection is made, not whenever libgit2 starts.

internal import CGit2
internal import Glibc
internal import Synchronization

/// libgit2 parses the system's certificates when it starts, which took a quarter of the time of a short command that
/// connects to nothing. Where it is built with mbed TLS it does so by `mbedtls_x509_crt_parse_file`, which this module
/// defines too, and the linker prefers the program's own: during the start it only notes the file's name.
enum Certificates {
  private struct State {
    /// The file that libgit2 wanted to read when it started; nil where its TLS library reads its own.
    var system: String?
    /// What connections trust now, and how many are under way.
    var trusted: String?
    var connections = 0
  }

  private static let state = Mutex(State())
  private static let isStarting = Atomic(false)

  /// Runs the start of libgit2.
  static func puttingOff<R>(_ start: () throws(GitError) -> R) throws(GitError) -> R {
    isStarting.store(true, ordering: .relaxed)
    defer { isStarting.store(false, ordering: .relaxed) }
    return try start()
  }

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
      if let wanted = authorities ?? state.system, wanted != state.trusted {
        guard state.connections == 0 else { return false }
        guard cgit2_set_certificates(wanted) == 0 else {
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

  /// - Returns: mbed TLS's code: 0 for success.
  fileprivate static func parse(_ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?)
    -> Int32
  {
    if isStarting.load(ordering: .relaxed), let path {
      state.withLock { $0.system = String(cString: path) }
      return 0
    }
    // RTLD_NEXT, a cast that Swift does not import: the library's own function.
    let next = UnsafeMutableRawPointer(bitPattern: -1)
    guard let symbol = dlsym(next, "mbedtls_x509_crt_parse_file") else { return -1 }
    typealias Function = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32
    return unsafeBitCast(symbol, to: Function.self)(chain, path)
  }
}

extension Repository {
  /// Runs something that connects to `url`, within the time that there is for it and with the authorities that
  /// `http.sslCAInfo` names.
  /// - Parameter repository: whose settings count; nil for the user's and the system's.
  static func connecting<R>(
    to url: String?, settings repository: Repository?, _ patience: Patience, _ body: () throws -> R
  ) throws -> R {
    guard let url, !isPath(url), !url.hasPrefix("file://") else { return try body() }
    return try ConnectionWatch.run(patience) { try trusting(url, settings: repository, body) }
  }

  private static func trusting<R>(
    _ url: String, settings repository: Repository?, _ body: () throws -> R
  ) throws -> R {
    guard url.lowercased().hasPrefix("http") else { return try body() }
    let config = try Owned<ConfigObject>("git_config_open") {
      if let repository { return git_repository_config(&$0, repository.pointer) }
      return git_config_open_default(&$0)
    }
    var file = git_buf()
    defer { git_buf_dispose(&file) }
    let result = git_config_get_path(&file, config.pointer, "http.sslCAInfo")
    if result == GIT_ENOTFOUND.rawValue { return try Certificates.trusting(nil, body) }
    try check(result, "git_config_get_path")
    return try Certificates.trusting(String(cString: file.ptr), body)
  }
}

/// Stands in front of mbed TLS's function of this name. For libgit2 alone, and public only so that an optimised program
/// goes on showing it.
@_cdecl("mbedtls_x509_crt_parse_file")
public func parseCertificateFile(
  _ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?
) -> Int32 {
  Certificates.parse(chain, path)
}
