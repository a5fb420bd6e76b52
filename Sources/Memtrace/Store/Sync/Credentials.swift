// Logging in, without ever asking a person.

import Git
import Glibc

/// What one transfer may log in with, in order; at most two are tried.
final class Credentials {
  private let network: Network
  private let repository: Repository
  private let helper: CredentialHelper?
  private var given = 0
  /// What a helper told us, to be confirmed or taken back.
  private var told: (url: String, user: String, password: String)?

  init(_ network: Network, _ repository: Repository) {
    self.network = network
    self.repository = repository
    helper = network.helperEnvironment.map {
      CredentialHelper(environment: $0, folder: repository.gitFolder)
    }
  }

  var wereGiven: Bool { given > 0 }

  /// What libgit2 asks. A host key counts where `~/.ssh/known_hosts` has it.
  var provider: CredentialsProvider {
    CredentialsProvider(credential: { request in try self.credential(request) })
  }

  /// The login worked: a helper may keep it.
  func approve() {
    guard let told else { return }
    helper?.tell("approve", told.url, user: told.user, password: told.password)
    self.told = nil
  }

  /// The login failed: a helper should forget it.
  func reject() {
    guard let told else { return }
    helper?.tell("reject", told.url, user: told.user, password: told.password)
    self.told = nil
  }

  private func credential(_ request: CredentialRequest) throws -> Credential? {
    let user = request.user ?? "git"
    if request.kinds.contains(.sshKey) || request.kinds == .username {
      let keys = try sshKeys(user)
      let at = request.attempt - 1
      guard keys.indices.contains(at) else { return nil }
      if request.kinds != .username { given += 1 }
      return keys[at]
    }
    guard request.kinds.contains(.userPassword) else { return nil }
    if request.attempt > 1 { reject() }
    if let token = network.token, request.attempt == 1 {
      given += 1
      return .userPassword(user: request.user ?? "x-access-token", password: token)
    }
    // What a helper told first and was refused is not asked for again.
    guard request.attempt == 1 || network.token != nil,
      let found = helper?.fill(request.url, user: request.user)
    else { return nil }
    told = (request.url, found.user, found.password)
    given += 1
    return .userPassword(user: found.user, password: found.password)
  }

  /// The agent, then a key that the configuration names, then the first of the usual files.
  private func sshKeys(_ user: String) throws -> [Credential] {
    var keys: [Credential] = []
    if let named = try repository.configString("memtrace.sshKey") { keys.append(key(named, user)) }
    if network.hasAgent { keys.append(.sshAgent(user: user)) }
    let usual = ["id_ed25519", "id_ecdsa", "id_rsa"].compactMap { name in
      network.home.map { "\($0)/.ssh/\(name)" }
    }
    if let found = usual.first(where: { access($0, R_OK) == 0 }) { keys.append(key(found, user)) }
    return keys
  }

  private func key(_ path: String, _ user: String) -> Credential {
    let path = path.hasPrefix("~/") ? (network.home ?? "") + path.dropFirst() : path
    let isPublicThere = access(path + ".pub", R_OK) == 0
    return .sshKey(
      user: user, privateKey: path, publicKey: isPublicThere ? path + ".pub" : nil, passphrase: nil)
  }
}
