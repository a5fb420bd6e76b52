// The handler in front of the verbs: who calls, which route, which repository, on which thread.

public import Memtrace
import System

/// Serves one or more repositories by the contract's routes.
public final class Bridge: Handler {
  public struct Configuration: Sendable {
    /// Any key or none is accepted. For loopback addresses and one repository only.
    public var isOpen = false
    /// Names beside those of this machine that `Host` may say while the bridge is open.
    public var allowedHosts: [String] = []
    /// `/metrics` and `/openapi.json` need no key.
    public var hasPublicMetrics = false
    /// Another protocol at a path of its own.
    public var gateway: Gateway?
    /// What `/health` says.
    public var version = ""

    public init() {}
  }

  let configuration: Configuration
  let repositories: [LiveStore]
  let metrics = Metrics()
  let started = Clock.monotonic()
  let feeds: [ObjectIdentifier: Feed]
  /// For what waits for a network or a disk: one thread each, so that nobody else waits for it.
  private let lanes: [ObjectIdentifier: Lane]
  /// Bytes of a body up to which it is read on the server's thread.
  private static let shortBody = 4 * 1024

  struct Lane {
    /// One sync goes on, one waits.
    let network: WorkPool
    let readiness: WorkPool
    let gateway: WorkPool

    init() throws {
      network = try WorkPool(threads: 1, capacity: 1)
      readiness = try WorkPool(threads: 1, capacity: 64)
      gateway = try WorkPool(threads: 4, capacity: 1_024)
    }
  }

  /// - Throws: where the system has no thread left.
  public init(_ repositories: [LiveStore], configuration: Configuration) throws {
    self.repositories = repositories
    self.configuration = configuration
    feeds = Dictionary(
      uniqueKeysWithValues: repositories.map { (ObjectIdentifier($0), Feed($0)) })
    lanes = try Dictionary(
      uniqueKeysWithValues: repositories.map { (ObjectIdentifier($0), try Lane()) })
  }

  deinit {
    for lane in lanes.values {
      lane.network.close(threads: 1)
      lane.readiness.close(threads: 1)
      lane.gateway.close(threads: 4)
    }
  }

  func lane(of store: LiveStore) -> Lane { lanes[ObjectIdentifier(store)]! }

  public func respond(to request: Request, counters: Counters) -> Outcome {
    do {
      return try outcome(of: request, counters)
    } catch let refusal as Refusal {
      return .now(refusal.response)
    } catch {
      return .now(Response(error as? MemtraceError ?? MemtraceError(.internal, "internal error")))
    }
  }

  /// Who asks, and for what, before anything of a body is read.
  public func refusal(of head: Request) -> Response? {
    do {
      try checkHost(of: head)
      if case .route(let route, _) = RouteTable.find(head.method, Self.path(of: head)) {
        _ = try authorize(head, for: route.effect.scope)
        if route.operation.takesBody { try head.checkMediaType() }
      } else if gateway(Self.path(of: head)) != nil {
        _ = try authorize(head, for: .read)
      }
      return nil
    } catch let refusal as Refusal {
      return refusal.response
    } catch {
      return Response(error as? MemtraceError ?? MemtraceError(.internal, "internal error"))
    }
  }

  /// A slash at the end is the same route.
  private static func path(of request: Request) -> [String] {
    guard request.path.count > 1, request.path.last == "" else { return request.path }
    return request.path.dropLast()
  }

  private func outcome(of request: Request, _ counters: Counters) throws -> Outcome {
    try checkHost(of: request)
    let method = request.method == "HEAD" ? "GET" : request.method
    let path = Self.path(of: request)
    if let page = page(method, path) ?? gateway(path) { return try page(request, counters) }
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
    let call = RouteCall(route, path, try authorize(request, for: route.effect.scope))
    guard request.body.count > Self.shortBody else { return outcome(of: call, request) }
    return .work { [self] _ in outcome(of: call, request) }
  }

  private func outcome(of call: RouteCall, _ request: Request) -> Outcome {
    do {
      let input = try call.caller.restrict(
        try request.given(for: call.route), call.path, for: call.route)
      switch call.route.effect {
      // On the server's own thread: it takes microseconds.
      case .glances where !call.caller.store.isBehind:
        return .now(call.read(input, isSettled: true))
      case .glances, .reads: return .work { .now(call.read(input, $0)) }
      case .adds, .changes, .administers:
        return .later { done in
          call.caller.store.write(isAlone: call.route.description.isAlone) { surroundings in
            call.caller.sign(surroundings)
            return try call.perform(input, in: surroundings)
          } done: { result in
            done(call.response(result))
          }
        }
      case .exchanges:
        return .later { [self] done in
          let isTaken = lane(of: call.caller.store).network.submit { done(call.read(input)) }
          if !isTaken {
            done(
              call.response(.failure(MemtraceError(.busy, "a sync is under way, another waits"))))
          }
        }
      }
    } catch {
      return .now(call.response(.failure(error)))
    }
  }

  /// To be called for each answered request (`ServerConfiguration.log`).
  public func observe(_ exchange: Exchange) {
    metrics.record(exchange)
  }
}
