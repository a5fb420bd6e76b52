// How a sync talks to a remote: by libgit2, or by the git command where its SSH knows more.

import Git
import Glibc
internal import System

/// One conversation with a remote, with all that it may log in with.
struct Transport {
  private let network: Network
  private let repository: Repository
  private let url: String

  init(_ network: Network, _ repository: Repository, url: String) {
    self.network = network
    self.repository = repository
    self.url = url
  }

  /// - Parameter command: does the same by the git command: where a person configured SSH for this host, where libgit2
  ///   could not log in, and where it stumbles over a tag of a tree or a file.
  /// - Throws: `remote` errors that name the host and the next step.
  func run<Result>(
    _ body: (CredentialsProvider, Patience) throws -> Result,
    orCommand command: (CommandTransport) throws -> Result
  ) throws -> Result {
    let credentials = Credentials(network, repository)
    let patience = try network.patience(repository)
    let result = try RemoteFailure.translating(url, credentials) {
      let other = try commandTransport(patience)
      if let other, try isConfigured() { return try command(other) }
      do {
        return try body(credentials.provider, patience)
      } catch let error as GitError where error.isOfTagWithoutCommit {
        guard let environment = network.helperEnvironment else { throw error }
        return try command(
          other
            ?? CommandTransport(
              environment: environment, patience: patience, hasOwnCommand: try hasOwnCommand()))
      } catch let error as GitError where error.code == .auth || error.code == .certificate {
        // Where neither gets in, the first one's reason names the credentials.
        guard let other, let result = try? command(other) else { throw error }
        return result
      }
    }
    credentials.approve()
    return result
  }

  /// Nil for a URL that is none of SSH, and where no program may be started.
  private func commandTransport(_ patience: Patience) throws -> CommandTransport? {
    guard SSHConfiguration.host(of: url) != nil, let environment = network.helperEnvironment
    else { return nil }
    return CommandTransport(
      environment: environment, patience: patience, hasOwnCommand: try hasOwnCommand())
  }

  private func hasOwnCommand() throws -> Bool {
    try repository.configString("core.sshCommand") != nil
      || network.helperEnvironment?.contains {
        $0.hasPrefix("GIT_SSH_COMMAND=") || $0.hasPrefix("GIT_SSH=")
      } == true
  }

  /// A configuration that cannot be read is none, as for ssh itself.
  private func isConfigured() throws -> Bool {
    if try hasOwnCommand() { return true }
    guard let host = SSHConfiguration.host(of: url), let home = network.home,
      let bytes = try? Folder("\(home)/.ssh").read("config")
    else { return false }
    return SSHConfiguration(String(decoding: bytes, as: UTF8.self)).concerns(host)
  }
}
