// How a remote comes to trust us, and we it: values and closures, no prompt and no file is read here.

internal import CGit2

/// One way to log in.
public enum Credential: Sendable {
  /// HTTP, or SSH with a password. Tokens go into the password.
  case userPassword(user: String, password: String)
  /// A key that the SSH agent holds.
  case sshAgent(user: String)
  /// A key in files. Without a public one it is derived from the private.
  case sshKey(user: String, privateKey: String, publicKey: String?, passphrase: String?)
  /// What the system logged in with (Negotiate).
  case `default`

  /// Nil for `default`.
  public var user: String? {
    switch self {
    case .userPassword(let user, _), .sshAgent(let user), .sshKey(let user, _, _, _): user
    case .default: nil
    }
  }

  /// libgit2's form, which libgit2 frees.
  func make(_ made: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>) -> Int32 {
    switch self {
    case .userPassword(let user, let password):
      git_credential_userpass_plaintext_new(made, user, password)
    case .sshAgent(let user): git_credential_ssh_key_from_agent(made, user)
    case .sshKey(let user, let privateKey, let publicKey, let passphrase):
      git_credential_ssh_key_new(made, user, publicKey, privateKey, passphrase)
    case .default: git_credential_default_new(made)
    }
  }
}

/// What a remote asks for.
public struct CredentialRequest: Hashable, Sendable {
  /// Which kinds of credentials the remote takes.
  public struct Kinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let userPassword = Kinds(rawValue: 1 << 0)
    /// A key from files or from the agent.
    public static let sshKey = Kinds(rawValue: 1 << 1)
    public static let `default` = Kinds(rawValue: 1 << 3)
    /// Only the user's name is asked yet; answer as if for a key.
    public static let username = Kinds(rawValue: 1 << 5)
  }

  public let url: String
  /// The user's name where the URL has one.
  public let user: String?
  public let kinds: Kinds
  /// 1 the first time, 2 where the first credential was refused. There is no third.
  public let attempt: Int
}

/// The key with which an SSH server proves who it is.
public struct HostKey: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case unknown
    case rsa = "ssh-rsa"
    case dss = "ssh-dss"
    case ecdsa256 = "ecdsa-sha2-nistp256"
    case ecdsa384 = "ecdsa-sha2-nistp384"
    case ecdsa521 = "ecdsa-sha2-nistp521"
    case ed25519 = "ssh-ed25519"
  }

  public let host: String
  public let kind: Kind
  /// The key as in the second field of a `known_hosts` line, decoded; empty where the library gave none.
  public let key: [UInt8]
  /// The SHA-256 of the key, 32 bytes; empty where the library gave none.
  public let sha256: [UInt8]
  /// libgit2 found the key in the user's `~/.ssh/known_hosts`.
  public let isKnown: Bool
}

/// Answers a remote's questions. Not asked where a remote asks nothing.
public struct CredentialsProvider {
  /// Nil: there is none (more), and the call ends with `.auth`.
  public var credential: (CredentialRequest) throws -> Credential?
  /// Whether a server with this key may be talked to. X.509 certificates are not asked about: only valid ones count.
  public var trusts: (HostKey) throws -> Bool

  public init(
    credential: @escaping (CredentialRequest) throws -> Credential?,
    trusts: @escaping (HostKey) throws -> Bool = { $0.isKnown }
  ) {
    self.credential = credential
    self.trusts = trusts
  }

  /// No credentials; known hosts only.
  public static var none: CredentialsProvider { CredentialsProvider(credential: { _ in nil }) }
}
