// Limits and time-outs of a server.

public struct ServerConfiguration: Sendable {
  public var limits = RequestLimits()
  public var timeouts = Timeouts()
  /// Threads for `Outcome.work`.
  public var workers = 2
  /// Jobs that may wait for a worker; more are answered with 503.
  public var waitingWork = 1_024
  /// Whether SIGTERM and SIGINT stop the server; a second one kills it.
  public var stopsOnSignals = false
  /// Called on the server's thread after each answer: it must not wait.
  public var log: (@Sendable (Exchange) -> Void)?

  public init() {}

  /// Seconds.
  public struct Timeouts: Hashable, Sendable {
    /// From the first byte of a request to the end of its headers; 408.
    public var header = 10.0
    /// Between two pieces of a body; 408.
    public var body = 30.0
    /// Without a request.
    public var idle = 75.0
    /// Without the client taking anything of an answer.
    public var write = 30.0
    /// From the first byte of a request to the last of its answer; 408 or 503.
    public var total = 120.0
    /// For an answer to a client that has sent its last byte: it may be gone.
    public var hangUp = 5.0
    /// After a refusal, for the client to read it while its input is dropped.
    public var linger = 2.0
    /// For requests under way once the server is asked to stop.
    public var stop = 5.0

    public init() {}

    /// How often connections are looked over: a time-out comes at most this late.
    var interval: Double { min(1, [header, body, idle, write, total, hangUp, stop].min()! / 4) }
  }
}
