// What a sync needs from outside: secrets, a home folder, patience.

import Git

/// The library reads no environment: a front hands in what it found there.
public struct Network: Sendable {
  /// `MEMTRACE_GIT_TOKEN`: the password of an HTTP remote.
  public var token: String?
  /// Where `.ssh` lies.
  public var home: String?
  /// Whether an SSH agent can be asked (`SSH_AUTH_SOCK`).
  public var hasAgent: Bool
  /// The environment of credential helpers, `NAME=VALUE` each; nil runs none.
  public var helperEnvironment: [String]?
  /// Waits so many milliseconds.
  public var sleep: @Sendable (Int) -> Void
  /// Tells a person what a sync that goes on for ever is doing.
  public var say: @Sendable (String) -> Void
  /// Objects received or sent, and how many there will be. Throwing ends the transfer.
  public var progress: @Sendable (_ done: Int, _ total: Int) throws -> Void

  public init(
    token: String? = nil, home: String? = nil, hasAgent: Bool = false,
    helperEnvironment: [String]? = nil, sleep: @escaping @Sendable (Int) -> Void,
    say: @escaping @Sendable (String) -> Void = { _ in },
    progress: @escaping @Sendable (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) {
    self.token = token
    self.home = home
    self.hasAgent = hasAgent
    self.helperEnvironment = helperEnvironment
    self.sleep = sleep
    self.say = say
    self.progress = progress
  }

  /// How long a remote is waited for, as a clone's configuration says.
  func patience(_ repository: Repository) throws -> Patience {
    func seconds(_ name: String, _ usual: Int) throws -> Int {
      try repository.configString(name).flatMap { Int($0) }.map { max(0, min($0, 86_400)) } ?? usual
    }
    let usual = Patience()
    return Patience(
      connect: try seconds("memtrace.connectTimeout", usual.connect),
      silence: try seconds("memtrace.silenceTimeout", usual.silence))
  }

  func report(_ transfer: TransferProgress) throws {
    try progress(transfer.receivedObjects, transfer.totalObjects)
  }
}
