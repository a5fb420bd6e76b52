// The handler in front of the verbs: who calls, which route, which repository, on which thread.

public import Memtrace

/// Serves one or more repositories by the contract's routes.
public final class Bridge: Handler {
  public struct Configuration: Sendable {
    /// Any key or none is accepted. For loopback addresses and one repository only.
    public var isOpen = false
    /// Names beside those of this machine that `Host` may say while the bridge is open.
    public var allowedHosts: [String] = []
    /// `/metrics` and `/openapi.json` need no key.
    public var hasPublicMetrics = false
    /// What `/health` says.
    public var version = ""

    public init() {}
  }

  let configuration: Configuration
  let repositories: [LiveStore]
  let metrics = Metrics()
  private let contexts = RecentAnswers<Response>()
  let started = Clock.monotonic()

  public init(_ repositories: [LiveStore], configuration: Configuration) {
    self.repositories = repositories
    self.configuration = configuration
  }

  public func respond(to request: Request, counters: Counters) -> Outcome {
    do {
      return try outcome(of: request, counters)
    } catch let refusal as Refusal {
      return .now(refusal.response)
    } catch {
      return .now(Response(error as? MemtraceError ?? MemtraceError(.internal, "internal error")))
    }
  }

  /// Of all that answers are made of, and a second at most: `since` counts from now. Each part only grows.
  public var version: Int {
    repositories.reduce(uptime) { sum, store in
      sum &+ store.version &+ (configuration.isOpen ? 0 : store.keys.version)
    }
  }

  private func outcome(of request: Request, _ counters: Counters) throws -> Outcome {
    try checkHost(of: request)
    let method = request.method == "HEAD" ? "GET" : request.method
    // A slash at the end is the same route.
    var path = request.path
    if path.count > 1, path.last == "" { path.removeLast() }
    if let page = page(method, path) { return try page(request, counters) }
    switch RouteTable.find(method, path) {
    case .route(let route, let path): return try perform(route, path, request)
    case .otherMethods(let methods): return .now(try refuse(request.method, allowed: methods))
    case .nothing:
      if request.method == "OPTIONS", request.path == ["*"] { return .now(Response(status: 204)) }
      throw Refusal(
        404, "there is no \(request.rawPath.prefix(128))",
        hint: "GET /openapi.json lists every route")
    }
  }

  /// Also the answer to OPTIONS; no header lets other origins in.
  func refuse(_ method: String, allowed: [String]) throws -> Response {
    let more = allowed.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]
    let allow = [(name: "Allow", value: (allowed + more).joined(separator: ", "))]
    guard method != "OPTIONS" else { return Response(status: 204, headers: allow) }
    return .error(405, "\(method) is not allowed here", headers: allow)
  }

  private func perform(
    _ route: Route, _ path: [JSON.Member], _ request: Request
  ) throws -> Outcome {
    do {
      let caller = try authorize(request, for: route.scope)
      let input = try caller.restrict(try request.given(for: route), path, for: route)
      let store = caller.store
      switch route.pace {
      case .quick:
        let version = caller.isLasting && request.body.isEmpty ? version : nil
        var response = Self.read(route, path, input, store)
        if response.status == 200 { response.version = version }
        return .now(response)
      case .long where route.verb == "context": return context(route, path, input, store)
      case .long: return .work { Self.read(route, path, input, store) }
      case .write:
        return .later { done in
          store.write(isAlone: route.isAlone) { call in
            try Self.perform(route, path, input, in: call)
          } done: { result in
            done(Response(result, for: route))
          }
        }
      }
    } catch {
      return .now(Response(.failure(error), for: route))
    }
  }

  private func context(
    _ route: Route, _ path: [JSON.Member], _ input: JSON, _ store: LiveStore
  ) -> Outcome {
    let question = RecentAnswers<Response>.Question(
      store, .object(path + [.init("", input)]))
    let version = store.version
    switch contexts.find(question, version: version) {
    case .found(let response): return .now(response)
    case .underWay(let wait):
      return .later { done in wait { done($0 ?? Response(MemtraceError(.busy, "busy"))) } }
    case .missing(let build):
      return .work { [contexts] in
        let response = Self.read(route, path, input, store)
        contexts.keep(response, isGood: response.status == 200, for: question, build)
        return response
      }
    }
  }

  private static func read(
    _ route: Route, _ path: [JSON.Member], _ input: JSON, _ store: LiveStore
  ) -> Response {
    let result = Result {
      let call = store.reading()
      defer { if route.verb == "sync" { store.lookOutside() } }
      return try perform(route, path, input, in: call)
    }
    return Response(result, for: route)
  }

  private static func perform(
    _ route: Route, _ path: [JSON.Member], _ input: JSON, in call: Call
  ) throws -> any Answer {
    try route.verb == "remember"
      ? VerbTable.remember(input, in: call)
      : VerbTable.perform(
        route.verb, input, fixed: path, hidden: route.operation.hidden,
        after: route.precondition, in: call)
  }

  /// To be called for each answered request (`ServerConfiguration.log`).
  public func observe(_ exchange: Exchange) {
    metrics.record(exchange)
  }
}
