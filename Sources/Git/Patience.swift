// How long a remote is waited for.

/// Time-outs of connections, in seconds; zero waits for ever. Paths of this machine need none.
public struct Patience: Hashable, Sendable {
  /// Until a server has taken the connection, for each of its addresses.
  public var connect: Int
  /// While it is waited for and sends nothing, and takes nothing of what is sent.
  public var silence: Int

  public init(connect: Int = 10, silence: Int = 30) {
    self.connect = connect
    self.silence = silence
  }
}
