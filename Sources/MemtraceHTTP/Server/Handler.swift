// What stands behind the server: one method, and what it may answer.

/// Answers requests. `respond` runs on the server's only thread: it must return within microseconds and never wait.
public protocol Handler: Sendable {
  func respond(to request: Request, counters: Counters) -> Outcome

  /// What turns a request away before its body is read, from its head alone; nil where the body is wanted.
  func refusal(of head: Request) -> Response?
}

extension Handler {
  public func refusal(of head: Request) -> Response? { nil }
}

/// How a request is answered.
public enum Outcome: Sendable {
  case now(Response)
  /// Runs on the server's small pool, and what comes of it is the answer; 503 if too many wait for it already.
  case work(@Sendable (Interest) -> Outcome)
  /// Handed elsewhere: the closure runs at once, keeps the callback, and anyone calls it from any thread.
  /// Only the first call counts, and none after the time-out.
  case later(@Sendable (@escaping @Sendable (Response) -> Void) -> Void)
}

/// What a handler may know of the server: since the start, but for `open`.
public struct Counters: Hashable, Sendable {
  public var open = 0
  /// Connections turned away for want of descriptors.
  public var refused = 0
  /// Requests that the decoder refused.
  public var rejected = 0
}

/// One answered request, for a log: nothing of its content.
public struct Exchange: Sendable {
  /// Empty where the request line was no good.
  public let method: String
  /// As it was sent, without the query.
  public let path: String
  /// The pattern of the route, as the response names it.
  public let route: String
  /// Who asked, as the response names it; empty where nobody is known.
  public let caller: String
  public let status: Int
  /// Of the body sent.
  public let bytes: Int
  /// From the last byte of the request to its answer, in microseconds.
  public let microseconds: Int
}
