// Another protocol at a path of its own: it speaks by itself, and performs verbs as the one who asks.

public import Memtrace
import Synchronization
import System

/// A path whose POSTs are answered by somebody who knows nothing of HTTP.
public struct Gateway: Sendable {
  /// Performs a verb as this caller; errors are `MemtraceError`.
  public typealias Perform = @Sendable (String, JSON) throws -> any Answer
  /// - Parameters: the body; a header's values by its name in small letters; what the caller's key may do; the agent that
  ///   it is bound to.
  public typealias Answering =
    @Sendable (
      _ body: [UInt8], _ header: (String) -> [String], _ scope: Key.Scope, _ agent: String?,
      _ perform: @escaping Perform
    ) -> (status: Int, body: [UInt8])

  /// One segment: `mcp`.
  let name: String
  let answer: Answering

  public init(_ name: String, answer: @escaping Answering) {
    self.name = name
    self.answer = answer
  }
}

extension Bridge {
  /// What answers a gateway's path; nil for any other. A read key opens it, and each verb asks for its own scope.
  func gateway(_ path: [String]) -> Page? {
    guard let gateway = configuration.gateway, path == [gateway.name] else { return nil }
    return { [self] request, _ in
      guard request.method == "POST" else {
        return .now(try refuse(request.method, allowed: ["POST"]))
      }
      try request.checkMediaType()
      let caller = try authorize(request, for: .read)
      return .later { [self] done in
        let isTaken = lane(of: caller.store).gateway.submit { [self] in
          let (status, body) = gateway.answer(
            request.body, request.headers, caller.scope, caller.agent
          ) { [self] verb, input in try perform(verb, input, as: caller) }
          var response = Response(status: status, body: body)
          response.route = "/\(gateway.name)"
          response.caller = caller.name
          done(response)
        }
        if !isTaken { done(.error(503, "busy", headers: [("Retry-After", "1")])) }
      }
    }
  }

  /// As the route of that verb would: the same scope, the same signature, the same threads. Waits, on a thread that
  /// does nothing else.
  private func perform(_ verb: String, _ input: JSON, as caller: Caller) throws -> any Answer {
    // The one that names least in its path takes all of the verb's fields.
    let routes = (RouteTable.verbs + RouteTable.ofGateways).filter { $0.verb == verb }
    guard let route = routes.min(by: { $0.operation.fieldCount < $1.operation.fieldCount }) else {
      throw MemtraceError(.notFound, "'\(verb)' cannot be called here")
    }
    guard caller.scope >= route.effect.scope else {
      throw MemtraceError(
        .forbidden,
        "this key has the scope '\(caller.scope)', and '\(route.effect.scope)' is needed")
    }
    let call = RouteCall(route, [], caller)
    let reading = caller.store.reading()
    reading.isForModels = true
    let signed: JSON
    do {
      signed = try caller.restrict(input, [], for: route)
    } catch let refusal as Refusal {
      throw MemtraceError(.forbidden, refusal.message)
    }
    let result: Result<any Answer, any Error> =
      switch route.effect {
      case .adds, .changes, .administers:
        try waiting { done in
          caller.store.write(isAlone: route.description.isAlone) { surroundings in
            caller.sign(surroundings)
            return try call.perform(signed, in: surroundings)
          } done: {
            done($0)
          }
          return true
        }
      case .exchanges:
        try waiting { done in
          lane(of: caller.store).network.submit {
            defer { caller.store.lookOutside() }
            done(Result { try call.perform(signed, in: caller.store.reading()) })
          }
        }
      case .glances, .reads: Result { try call.perform(signed, in: reading) }
      }
    return try result.mapError { caller.store.outward($0) }.get()
  }

  private func waiting(
    _ start: (@escaping @Sendable (Result<any Answer, any Error>) -> Void) -> Bool
  ) throws -> Result<any Answer, any Error> {
    let outcome = Mutex<Result<any Answer, any Error>?>(nil)
    let signal = Signal()
    let isTaken = start { result in
      outcome.withLock { $0 = result }
      signal.post()
    }
    guard isTaken else { throw MemtraceError(.busy, "a sync is under way, another waits") }
    signal.wait()
    return outcome.withLock { $0! }
  }
}
