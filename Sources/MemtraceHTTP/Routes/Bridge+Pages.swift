// The routes that are no verbs: health, readiness, metrics, the description of all routes.

import Memtrace
import System

extension Bridge {
  typealias Page = (Request, Counters) throws -> Outcome

  /// What answers a path that is no verb's; nil for any other.
  func page(_ method: String, _ path: [String]) -> Page? {
    if path == ["api", "v1", "events"], method == "GET" {
      return { [self] request, _ in try events(request) }
    }
    let answer: Page
    switch path {
    case []:
      answer = { [self] _, _ in .now(ReviewPage.response(isOpen: configuration.isOpen)) }
    case ["api", "v1", "events"]:
      answer = { [self] _, _ in .now(try refuse(method, allowed: ["GET"])) }
    case ["health"]: answer = { [self] _, _ in .now(health()) }
    case ["ready"]: answer = { [self] _, _ in ready() }
    case ["metrics"]:
      answer = publicPage("/metrics") { [self] in text(of: metrics.text(state($0, $1))) }
    case ["openapi.json"]:
      answer = publicPage("/openapi.json") { [self] _, _ in
        Response(status: 200, body: document)
      }
    case ["docs"]:
      answer = { [self] _, _ in
        let html = DocsPage.html(of: (try? JSON(parsing: document)) ?? .null)
        var response = Response(
          status: 200, contentType: "text/html; charset=utf-8", body: Array(html.utf8),
          headers: DocsPage.headers)
        response.route = "/docs"
        return .now(response)
      }
    default: return nil
    }
    if method == "GET" {
      return { request, counters in
        guard let item = request.query.first else { return try answer(request, counters) }
        throw MemtraceError.invalid([
          .init(String(item.name.prefix(128)), "is unknown here; nothing can be given")
        ])
      }
    }
    return { [self] request, _ in .now(try refuse(request.method, allowed: ["GET"])) }
  }

  private var document: [UInt8] {
    OpenAPI.document(
      of: RouteTable.verbs.map(\.operation), pages, version: configuration.version,
      isOpen: configuration.isOpen)
  }

  private var pages: [OpenAPI.Page] {
    let isPublic = configuration.hasPublicMetrics
    return [
      .init("/health", "health", "whether the process is up", schema: "Health", isPublic: true),
      .init("/ready", "ready", "whether it can serve", schema: "Ready", isPublic: true),
      .init("/metrics", "metrics", "counts for Prometheus", schema: nil, isPublic: isPublic),
      .init("/openapi.json", "openapi", "this document", schema: "Document", isPublic: isPublic),
      .init(
        "/docs", "docs", "this document as a page for people", schema: nil, isPublic: true,
        text: "text/html"),
      .init("/", "page", "the page for people", schema: nil, isPublic: true, text: "text/html"),
    ]
  }

  /// A page that a read key opens, for its own repository, or nobody needs one for.
  private func publicPage(
    _ route: String, _ answer: @escaping (Counters, [LiveStore]) throws -> Response
  ) -> Page {
    { [self] request, counters in
      let shown =
        try configuration.hasPublicMetrics
        ? repositories : [authorize(request, for: .read).store]
      var response = try answer(counters, shown)
      response.route = route
      return .now(response)
    }
  }

  private func health() -> Response {
    let body: JSON = [
      "status": "ok", "service": "memtrace", "uptime": .number("\(uptime)"),
      "version": .string(configuration.version),
    ]
    var response = Response(status: 200, body: body.bytes)
    response.route = "/health"
    return response
  }

  /// Looks at each repository, on a thread that does nothing else.
  private func ready() -> Outcome {
    .later { [self] done in
      let isTaken = lane(of: repositories[0]).readiness.submit { [repositories] in
        var response = Response(status: 200, body: Array(#"{"status":"ready"}"#.utf8))
        for store in repositories {
          guard let reason = store.trouble() else { continue }
          response = .error(
            503, "\(store.organisation): \(reason)", headers: [("Retry-After", "5")])
          break
        }
        response.route = "/ready"
        done(response)
      }
      if !isTaken { done(.error(503, "busy", headers: [("Retry-After", "1")])) }
    }
  }

  /// Whole seconds since the start.
  var uptime: Int { Int((Clock.monotonic() - started) / 1_000_000_000) }

  private func text(of lines: String) -> Response {
    Response(status: 200, contentType: "text/plain; version=0.0.4", body: Array(lines.utf8))
  }

  private func state(_ counters: Counters, _ shown: [LiveStore]) -> Metrics.State {
    Metrics.State(
      uptime: uptime, counters: counters,
      repositories: shown.map { ($0.organisation, $0.figures()) })
  }
}
