// Nothing is passed over: a name that no route or verb knows is refused, and the nearest one is said.

import Memtrace
import Testing

@testable import MemtraceHTTP

@Suite struct StrictnessTests {
  /// A name as somebody may misspell it.
  private static func misspellings(of name: String) -> [String] {
    let words = name.split(separator: "_")
    let camel =
      words[0] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return [
      String(name.dropLast()), camel == name ? name.uppercased() : String(camel), name + "[]",
    ]
    .filter { $0.utf8.count > 1 }
  }

  /// Fields that the route takes beside its path.
  private static func fields(of route: Route) -> [Field] {
    let operation = route.operation
    return operation.fields.filter { field in
      !operation.hidden.contains(field.name)
        && !operation.segments.contains(.field(field.name))
    }
  }

  private static func path(of route: Route) -> String {
    "/"
      + route.operation.segments.map { segment in
        if case .text(let text) = segment { text } else { "x1" }
      }.joined(separator: "/")
  }

  @Test(arguments: RouteTable.verbs.indices)
  func `an invented name is refused by every route, and the nearest one is said`(_ place: Int)
    throws
  {
    let bridge = try LiveBridge()
    let route = RouteTable.verbs[place]
    let path = Self.path(of: route)
    // What the routes with a path need to be there.
    #expect(
      try bridge.call(
        "POST", "/api/v1/memories", #"{"agent_id":"x1","content":"c","dedup_key":"x1"}"#
      )
      .status == 201)
    func ask(_ name: String) throws -> (status: Int, problem: String) {
      let answer =
        try route.operation.takesBody
        ? bridge.call(route.operation.method, path, #"{"\#(name)":"v"}"#)
        : bridge.call(
          route.operation.method, "\(path)?\(name.replacing("[", with: "%5B"))=v")
      let fault = answer.json["faults"]?.array?.first { $0["field"]?.string == name }
      return (answer.status, fault?["problem"]?.string ?? answer.json["error"]?.string ?? "")
    }
    let known = Self.fields(of: route).flatMap { [$0.name] + ($0.alias.map { [$0] } ?? []) }
    for name in known {
      for wrong in Self.misspellings(of: name) where !known.contains(wrong) {
        let answer = try ask(wrong)
        #expect(answer.status == 400, "\(route.operation.pattern) took \(wrong)")
        #expect(answer.problem.contains("'\(name)'"), "\(wrong): \(answer.problem)")
      }
    }
    let alien = try ask("zzzzzzzz")
    #expect(alien.status == 400)
    #expect(alien.problem.hasPrefix("is unknown here; "))
    // What the path says, nothing else says.
    for case .field(let name) in route.operation.segments { #expect(try ask(name).status == 400) }
    for name in route.operation.hidden { #expect(try ask(name).status == 400) }
    if route.operation.takesBody {
      #expect(try bridge.call(route.operation.method, path + "?agent_id=x1", "{}").status == 400)
    } else {
      #expect(try bridge.call(route.operation.method, path, #"{"agent_id":"x1"}"#).status == 400)
    }
  }

  @Test(arguments: VerbTable.descriptions.indices)
  func `an invented field is refused by every verb before it runs`(_ place: Int) throws {
    let verb = VerbTable.descriptions[place]
    let call = Call(
      world: World(now: { Timestamp(milliseconds: 1_700_000_000_000) }), directory: "/nowhere")
    for name in verb.fields.map(\.name) {
      for wrong in Self.misspellings(of: name)
      where !verb.fields.contains(where: { $0.isNamed(wrong) }) {
        let error = #expect(throws: MemtraceError.self) {
          _ = try VerbTable.perform(verb.name, .object([.init(wrong, "v")]), in: call)
        }
        #expect(error?.kind == .invalid)
        #expect(
          error?.message.contains("'\(name)'") == true, "\(verb.name): \(error?.message ?? "")")
      }
    }
    let error = #expect(throws: MemtraceError.self) {
      _ = try VerbTable.perform(verb.name, ["zzzzzzzz": "v"], in: call)
    }
    #expect(error?.message.contains("zzzzzzzz: is unknown here; ") == true)
  }

  @Test(arguments: [
    ("GET", "/health?x=1"), ("GET", "/ready?verbose"), ("GET", "/metrics?name=a"),
    ("GET", "/openapi.json?pretty=1"), ("GET", "/api/v1/sessions?customer_id=c1"),
    ("GET", "/api/v1/memories?tags[]=a"), ("GET", "/api/v1/memories?sessionId=s1"),
    ("GET", "/api/v1/memories?limit=1&limit=2"), ("GET", "/api/v1/memories?agent_id=a&agent_id=a"),
    ("GET", "/api/v1/sessions?where=c1"), ("GET", "/api/v1/sessions?where.=c1"),
    ("GET", "/api/v1/sessions?where.a=1&where.a=2"),
    ("GET", "/api/v1/sessions?where.a=1&metadata.b=2"), ("GET", "/api/v1/agents?where.a=1"),
    ("POST", "/api/v1/search?agent_id=a1"),
  ])
  func `what a query cannot say is 400`(method: String, path: String) throws {
    #expect(try LiveBridge().call(method, path).status == 400)
  }

  @Test func `a null in place of a batch is a batch left out`() throws {
    let body = #"{"memories":null,"agent_id":"a","content":"c","session_id":null}"#
    #expect(try LiveBridge().call("POST", "/api/v1/memories", body).status == 201)
  }

  @Test func `a correction of what is not here is kept, and its writer told`() throws {
    let answer = try LiveBridge().call(
      "POST", "/api/v1/memories",
      #"{"agent_id":"a","content":"c","event_type":"correction","parent_id":"mem_01M6SE03XCQ5A1V7KJ4D8N2RXT"}"#
    )
    #expect(answer.status == 201)
    #expect(answer.json["hint"]?.string?.contains("nothing is corrected until it comes") == true)
  }

  @Test(arguments: [
    ("/api/v1/search", #"{"q":"x"}"#, "'query'"),
    ("/api/v1/search", #"{"customer_id":"c1"}"#, "'where.customer_id'"),
    ("/api/v1/search", #"{"where":{"a":1},"metadata":{"a":1}}"#, "'where'"),
    ("/api/v1/sessions/search", #"{"customer_id":"c1"}"#, "'where.customer_id'"),
    ("/api/v1/sessions/search", #"{"metadata":{"a":1},"where":{"b":1}}"#, "'metadata'"),
    ("/api/v1/memories", #"{"memories":[{"agent_id":"a","content":"c","tag":"x"}]}"#, "'tags'"),
    (
      "/api/v1/memories", #"{"memories":[{"agent_id":"a","content":"c"}],"agent_id":"a"}"#,
      "known are memories"
    ),
    ("/api/v1/sessions/x/context", #"{"where":{"a":1}}"#, "unknown here"),
    ("/api/v1/search", #"{"customer_id":"c1"}"#, #"in a body {"where": {"customer_id": …}}"#),
    // What another verb takes is no key of metadata.
    ("/api/v1/sessions/search", #"{"query":"router"}"#, "'search' takes it"),
    ("/api/v1/sessions/search", #"{"content":"router"}"#, "'remember' takes it"),
    ("/api/v1/reviews", #"{"record_ids":[],"review":"approved"}"#, "is required"),
    ("/api/v1/memories", #"{"agent_id":"a","content":"c","dedup_key":"a\u0000b"}"#, "U+0000"),
    (
      "/api/v1/memories", #"{"agent_id":"a","content":"c","event_type":"correction"}"#,
      "is required: a correction says what it corrects"
    ),
  ])
  func `what a body cannot say is 400, with what was meant`(
    path: String, body: String, meant: String
  ) throws {
    let answer = try LiveBridge().call("POST", path, body)
    #expect(answer.status == 400)
    #expect(answer.json["error"]?.string?.contains(meant) == true, "\(answer.json)")
  }

  @Test func `where and metadata are the same word wherever either filters`() throws {
    let bridge = try LiveBridge()
    for customer in ["c1", "c2"] {
      let session = try bridge.call(
        "POST", "/api/v1/sessions",
        #"{"agent_id":"a1","metadata":{"customer_id":"\#(customer)","chat":77}}"#)
      let id = try #require(session.json["id"]?.string)
      for (tags, type) in [(#"["x"]"#, "call"), (#"["x","y"]"#, "mail"), (#"["y"]"#, "visit")] {
        let made = try bridge.call(
          "POST", "/api/v1/memories",
          #"{"agent_id":"a1","session_id":"\#(id)","content":"hello \#(customer)","#
            + #""tags":\#(tags),"event_type":"\#(type)"}"#)
        #expect(made.status == 201)
      }
    }
    for word in ["where", "metadata"] {
      for (path, list, query) in [
        ("sessions/search", "sessions", ""), ("search", "results", ""),
        ("search", "results", #","query":"hello""#),
      ] {
        let answer = try bridge.call(
          "POST", "/api/v1/\(path)", #"{"\#(word)":{"customer_id":"c1"}\#(query)}"#)
        #expect(answer.json["count"]?.integer == (list == "sessions" ? 1 : 3), "\(path) \(word)")
      }
      for (path, count) in [("sessions", 1), ("memories", 3)] {
        let one = try bridge.call("GET", "/api/v1/\(path)?\(word).customer_id=c1&\(word).chat=77")
        #expect(one.json["count"]?.integer == count)
        #expect(
          try bridge.call("GET", "/api/v1/\(path)/?\(word).customer_id=c3").json["count"] == 0)
      }
      let context = try bridge.call(
        "POST", "/api/v1/context", #"{"\#(word)":{"customer_id":"c1"}}"#)
      #expect(context.json["session_ids"]?.array?.count == 1)
    }
    // Tags must all be there; of other lists, any.
    let both = try bridge.call("GET", "/api/v1/memories?tags=x&tags=y&where.customer_id=c1")
    #expect(both.json["count"]?.integer == 1)
    let any = try bridge.call(
      "POST", "/api/v1/search", #"{"event_types":["call","visit"],"where":{"customer_id":"c1"}}"#)
    #expect(any.json["count"]?.integer == 2)
    // A list of no words would let everything through.
    for query in ["tags=", "tags=,", "memory_types=", "event_types=,,"] {
      #expect(try bridge.call("GET", "/api/v1/memories?\(query)").status == 400, "\(query)")
    }
    for body in [#"{"tags":""}"#, #"{"memory_types":","}"#] {
      #expect(try bridge.call("POST", "/api/v1/search", body).status == 400, "\(body)")
    }
    // A null is a field left out.
    let null = try bridge.call(
      "POST", "/api/v1/search", #"{"where":null,"agent_id":null,"limit":null}"#)
    #expect(null.json["count"]?.integer == 6)
  }

  @Test func `a body in another coding is 415, and lists have an end`() throws {
    let bridge = try LiveBridge()
    let body = #"{"agent_id":"a1","content":"c"}"#
    let zipped = try bridge.call(
      "POST", "/api/v1/memories", body, headers: ["Content-Encoding: gzip"])
    #expect(zipped.status == 415)
    let plain = try bridge.call(
      "POST", "/api/v1/memories", body, headers: ["Content-Encoding: identity"])
    #expect(plain.status == 201)
    let types = Array(repeating: #""t""#, count: 1_001).joined(separator: ",")
    #expect(
      try bridge.call("POST", "/api/v1/search", #"{"event_types":[\#(types)]}"#).status == 400)
    let deep =
      #"{"where":{"a":\#(String(repeating: "[", count: 9))\#(String(repeating: "]", count: 9))}}"#
    #expect(try bridge.call("POST", "/api/v1/sessions/search", deep).status == 400)
  }
}
