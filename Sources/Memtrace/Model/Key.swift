// Who may do what through the HTTP bridge.

/// An API key as it is stored: its hash, never itself.
public struct Key: Hashable, Sendable {
  /// Each one allows what those before it do.
  public enum Scope: String, CaseIterable, Comparable, Sendable {
    case read, write, supervise, admin

    public static func < (a: Scope, b: Scope) -> Bool {
      allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
    }
  }

  /// Unlike any other's of the repository.
  public let name: String
  public let scope: Scope
  /// The id of the agent that it writes as; nil for any.
  public let agent: String?
  public let createdAt: Timestamp
  public let expiresAt: Timestamp?
  /// SHA-256 of the secret, in hexadecimal.
  let hash: String
}
