// The errors that an operation can answer with: each status once, among the document's components.

extension OpenAPI {
  private struct Refusal: Sendable {
    let status: Int
    let text: String
    let examples: [JSON.Member]
    /// A header that comes with it.
    var header: String?
    let isGiven: @Sendable (Operation) -> Bool
  }

  /// The statuses of an operation, as references.
  static func errors(of route: Operation) -> [JSON.Member] {
    refusals.filter { $0.isGiven(route) }.map { reference($0.status) }
  }

  /// Of a page, which only reads.
  static func errors(ofPageThatIsPublic isPublic: Bool) -> [JSON.Member] {
    refusals.filter { refusal in
      switch refusal.status {
      case 401, 500: !isPublic
      // A foreign host or page is refused where no key is asked for; any server can be busy.
      case 403, 503: true
      default: canCome.contains(refusal.status)
      }
    }.map { reference($0.status) }
  }

  static var errorResponses: JSON {
    .object(
      refusals.map { refusal in
        var members: [JSON.Member] = [
          .init("description", .string(refusal.text))
        ]
        if let header = refusal.header {
          members.append(.init("headers", .object([.init(header, ["schema": ["type": "string"]])])))
        }
        members.append(.init("content", media("application/json", "Error", refusal.examples)))
        return .init("Error\(refusal.status)", .object(members))
      })
  }

  private static func reference(_ status: Int) -> JSON.Member {
    .init("\(status)", ["$ref": .string("#/components/responses/Error\(status)")])
  }

  /// What the HTTP server itself answers, before it looks at the route.
  private static let canCome = [400, 408, 413, 414, 417, 431, 501, 505]

  private static func example(_ name: String, _ error: String, hint: String? = nil) -> JSON.Member {
    .init(
      name,
      .object(
        [.init("error", .string(error))] + (hint.map { [.init("hint", .string($0))] } ?? [])))
  }

  private static let refusals: [Refusal] = [
    Refusal(
      status: 400, text: "A value breaks a rule, each fault with its field; or no HTTP",
      examples: [
        .init(
          "fault",
          [
            "error": "limit: must be from 1 to 1000",
            "faults": [["field": "limit", "problem": "must be from 1 to 1000"]],
          ]), example("body", "invalid request body: not an object"),
      ]
    ) { _ in true },
    Refusal(
      status: 401, text: "No key, or none of ours",
      examples: [
        example("missing", "missing API key", hint: "send the header x-api-key: mtk_…"),
        example(
          "invalid", "invalid API key",
          hint: "it may be mistyped, revoked, expired or of another repository: memtrace key list"),
      ], header: "WWW-Authenticate"
    ) { _ in true },
    Refusal(
      status: 403, text: "The key's scope or agent forbids it; or a foreign host or page asks",
      examples: [
        example(
          "scope", "this key has the scope 'read', and 'write' is needed",
          hint: "memtrace key create --name NAME --scope write"),
        example("agent", "this key writes as agent 'billing-support' only"),
      ]
    ) { _ in true },
    Refusal(
      status: 404, text: "Not found",
      examples: [
        example("session", "session not found", hint: "memtrace session list"),
        example("memory", "memory not found"), example("agent", "agent not found"),
      ]
    ) { $0.canMiss },
    Refusal(
      status: 408, text: "The request did not arrive in time",
      examples: [example("late", "the request did not arrive in time")]
    ) { _ in true },
    Refusal(
      status: 409,
      text:
        "It is there already, or another word brings it back; or two sides changed the same thing, or no remote",
      examples: [
        .init(
          "memory", ["error": "duplicate memory", "id": "mem_01M6SE03XCQ5A1V7KJ4D8N2RXT"]),
        example("agent", "agent 'billing-support' already exists in this organization"),
      ]
    ) { ["remember", "agent register", "sync", "review add"].contains($0.verb) },
    Refusal(
      status: 413, text: "The body is too large",
      examples: [example("body", "request body larger than 4194304 bytes")]
    ) { _ in true },
    Refusal(
      status: 414, text: "The path and the query are too long",
      examples: [example("target", "request target too long")]
    ) { _ in true },
    Refusal(
      status: 415, text: "The body is not JSON",
      examples: [
        example("type", "the body must be JSON", hint: "Content-Type: application/json")
      ]
    ) { ["POST", "PUT"].contains($0.method) },
    Refusal(
      status: 417, text: "Expect is not 100-continue",
      examples: [example("expectation", "unknown expectation")]
    ) { _ in true },
    Refusal(
      status: 431, text: "The headers are too large",
      examples: [example("headers", "request headers too large")]
    ) { _ in true },
    Refusal(
      status: 500, text: "Damaged data, or a fault of ours",
      examples: [example("fault", "internal error")]
    ) { _ in true },
    Refusal(
      status: 501, text: "A transfer coding that is not chunked",
      examples: [example("coding", "unknown transfer coding")]
    ) { _ in true },
    Refusal(
      status: 502, text: "The remote cannot be reached or refuses",
      examples: [example("remote", "origin: could not resolve host example.org")]
    ) { $0.verb == "sync" },
    Refusal(
      status: 503, text: "Busy, too late, or not ready; try again",
      examples: [example("busy", "busy")], header: "Retry-After"
    ) { _ in true },
    Refusal(
      status: 505, text: "Not HTTP/1.1 or HTTP/1.0",
      examples: [example("version", "HTTP version not supported")]
    ) { _ in true },
    Refusal(
      status: 507, text: "The disk is full", examples: [example("full", "the disk is full")]
    ) { $0.isWrite || $0.verb == "sync" },
  ]
}
