// The routes over real sockets: what the contract says, key by key and status by status.

import Memtrace
import Testing

@testable import MemtraceHTTP

@Suite struct BridgeTests {
  @Test func `a memory is answered in full and found again`() throws {
    let bridge = try LiveBridge()
    let session = try bridge.call(
      "POST", "/api/v1/sessions", #"{"agent_id":"a1","metadata":{"chat":77}}"#)
    #expect(session.status == 201)
    let id = try #require(session.json["id"]?.string)
    let made = try bridge.call(
      "POST", "/api/v1/memories",
      #"{"agent_id":"a1","session_id":"\#(id)","content":"hello","tags":["x"],"dedup_key":"k"}"#)
    #expect(made.status == 201)
    #expect(made.json["org_id"]?.string == "acme")
    #expect(made.json["event_type"]?.string == "general")
    let memory = try #require(made.json["id"]?.string)
    #expect(try bridge.call("GET", "/api/v1/memories/\(memory)").json == made.json)
    #expect(try bridge.call("GET", "/api/v1/memories/k?agent_id=a1").json == made.json)
    let list = try bridge.call("GET", "/api/v1/sessions/\(id)/memories?tags=x&limit=1")
    #expect(list.json["memories"]?.array == [made.json])
    #expect(list.json["has_more"] == false)
    let found = try bridge.call(
      "POST", "/api/v1/sessions/search", #"{"metadata":{"chat":"77"}}"#)
    #expect(found.json["sessions"]?.array?.first?["id"]?.string == id)
    let filtered = try bridge.call("GET", "/api/v1/sessions?metadata.chat=78")
    #expect(filtered.json["count"]?.integer == 0)
  }

  @Test func `a duplicate is refused with the first one's id, within a batch with its place`()
    throws
  {
    let bridge = try LiveBridge()
    let body = #"{"agent_id":"a1","content":"c","dedup_key":"k"}"#
    let first = try bridge.call("POST", "/api/v1/memories", body)
    let second = try bridge.call("POST", "/api/v1/memories", body)
    #expect(second.status == 409)
    #expect(second.json["id"] == first.json["id"])
    let batch = try bridge.call(
      "POST", "/api/v1/memories",
      #"{"memories":[{"agent_id":"a1","content":"c","dedup_key":"n"},{"agent_id":"a1","content":"c","dedup_key":"n"}]}"#
    )
    #expect(batch.status == 409)
    // Nothing of it is stored, so there is no id to take for success.
    #expect(batch.json["id"] == nil)
    #expect(batch.json["faults"]?.array?.first?["field"] == "memories[1].dedup_key")
    #expect(try bridge.call("GET", "/api/v1/memories").json["count"]?.integer == 1)
  }

  @Test func `every fault of a call comes with its field`() throws {
    let bridge = try LiveBridge()
    let answer = try bridge.call(
      "POST", "/api/v1/memories", #"{"content":"","importance":2,"tags":["a b"]}"#)
    #expect(answer.status == 400)
    let fields = (answer.json["faults"]?.array ?? []).compactMap { $0["field"]?.string }
    #expect(Set(fields) == ["agent_id", "content", "importance", "tags"])
    #expect(try bridge.call("GET", "/api/v1/memories?limit=0").status == 400)
    #expect(try bridge.call("GET", "/api/v1/memories?since=yesterday").status == 400)
    let bad = try bridge.call("POST", "/api/v1/agents", "{")
    #expect(bad.status == 400)
    #expect(bad.json["error"]?.string?.hasPrefix("invalid request body: ") == true)
  }

  @Test(arguments: [
    ("GET", "/api/v1/sessions/nope", 404), ("PUT", "/api/v1/sessions/nope", 404),
    ("GET", "/api/v1/sessions/nope/memories", 404), ("GET", "/api/v1/agents/nope", 404),
    ("GET", "/api/v1/agents/nope/memories", 404), ("DELETE", "/api/v1/agents/nope", 404),
    ("GET", "/api/v1/memories/nope", 404), ("GET", "/nowhere", 404),
    ("DELETE", "/api/v1/memories", 405), ("POST", "/health", 405),
    ("OPTIONS", "/api/v1/status", 204),
    ("HEAD", "/api/v1/status", 200), ("GET", "/ready", 200), ("GET", "/api/v1/log?limit=3", 200),
    ("POST", "/api/v1/context", 400), ("POST", "/api/v1/sync", 409),
  ])
  func `each route has its status`(method: String, path: String, status: Int) throws {
    let body = method == "PUT" ? #"{"status":"closed"}"# : ""
    let answer = try LiveBridge().call(method, path, body)
    #expect(answer.status == status)
    if status == 405 { #expect(answer.head.contains("\r\nAllow: ")) }
    if status >= 400 { #expect(answer.json["error"]?.string?.isEmpty == false) }
  }

  @Test func `a context knows at once what was recorded elsewhere about its customer`() throws {
    let bridge = try LiveBridge()
    func made(_ path: String, _ body: String) throws -> String {
      let answer = try bridge.call("POST", "/api/v1/\(path)", body)
      #expect(answer.status == 201)
      return try #require(answer.json["id"]?.string)
    }
    let sessions = try (0..<2).map { _ in
      try made("sessions", #"{"agent_id":"a1","metadata":{"customer_id":"c1","phone":123}}"#)
    }
    func context() throws -> String {
      let answer = try bridge.call("POST", "/api/v1/sessions/\(sessions[0])/context", "{}")
      return answer.json["context"]?.string ?? ""
    }
    let wrong = try made(
      "memories", #"{"agent_id":"a1","session_id":"\#(sessions[0])","content":"Lamp is red"}"#)
    #expect(try context().contains("Lamp is red"))
    let right = try made(
      "memories",
      #"{"agent_id":"a2","session_id":"\#(sessions[1])","content":"Lamp is green","#
        + #""event_type":"correction","parent_id":"\#(wrong)"}"#)
    let corrected = try context()
    #expect(!corrected.contains("Lamp is red"))
    #expect(corrected.contains("Lamp is green” [recorded in session \(sessions[1])] (\(right))"))
    _ = try made(
      "memories",
      #"{"agent_id":"a2","content":"Prefers mail","tags":["preference"],"metadata":{"phone":"123"}}"#
    )
    #expect(try context().contains("Prefers mail"))
  }

  @Test func `a form is no JSON, and a page of another site is turned away`() throws {
    let bridge = try LiveBridge()
    let form = try bridge.call(
      "POST", "/api/v1/agents", "name=x",
      headers: ["Content-Type: application/x-www-form-urlencoded"])
    #expect(form.status == 415)
    #expect(try bridge.call("GET", "/health", headers: ["Host: evil.example"]).status == 403)
    #expect(
      try bridge.call("GET", "/health", headers: ["Origin: http://evil.example"]).status == 403)
    #expect(try bridge.call("GET", "/health", headers: ["Host: localhost:9100"]).status == 200)
  }

  @Test func `a key opens what its scope and agent allow, until it is revoked`() throws {
    let bridge = try LiveBridge(isOpen: false)
    let keys = bridge.store.keys
    let world = World(now: { [store = bridge.store] in store.now })
    func headers(_ secret: String) -> [String] { ["x-api-key: \(secret)"] }
    let read = try keys.create(name: "r", scope: .read, world: world).secret
    let bound = try keys.create(name: "b", scope: .write, agent: "a1", world: world).secret
    let past = try keys.create(
      name: "p", scope: .admin, expiresAt: Timestamp(milliseconds: 1), world: world
    ).secret
    let body = #"{"agent_id":"a1","content":"c"}"#
    #expect(try bridge.call("GET", "/api/v1/status").json["error"]?.string == "missing API key")
    #expect(
      try bridge.call("GET", "/api/v1/status", headers: headers("mtk_x")).json["error"]?.string
        == "invalid API key")
    #expect(try bridge.call("GET", "/api/v1/agents", headers: headers(past)).status == 401)
    #expect(
      try bridge.call("GET", "/api/v1/agents", headers: ["Authorization: Bearer \(read)"]).status
        == 200)
    #expect(try bridge.call("POST", "/api/v1/memories", body, headers: headers(read)).status == 403)
    #expect(
      try bridge.call("POST", "/api/v1/memories", body, headers: headers(bound)).status == 201)
    #expect(
      try bridge.call(
        "POST", "/api/v1/memories", #"{"agent_id":"a2","content":"c"}"#, headers: headers(bound)
      ).status == 403)
    #expect(try bridge.call("DELETE", "/api/v1/agents/a1", headers: headers(bound)).status == 403)
    #expect(try bridge.call("GET", "/health").status == 200)
    #expect(try bridge.call("GET", "/metrics").status == 401)
    try keys.revoke(name: "r")
    #expect(try bridge.call("GET", "/api/v1/agents", headers: headers(read)).status == 401)
  }

  @Test func `what another process writes is seen without a word`()
    throws
  {
    let bridge = try LiveBridge()
    let id = try #require(
      try bridge.call("POST", "/api/v1/sessions", #"{"agent_id":"a1"}"#).json["id"]?.string)
    let other = Call(
      world: World(now: { [store = bridge.store] in store.now }), directory: bridge.folder)
    _ = try VerbTable.perform(
      "remember", ["content": "from elsewhere", "agent_id": "a2", "session_id": .string(id)],
      in: other)
    #expect(
      eventually {
        let list = try? bridge.call("GET", "/api/v1/sessions/\(id)/memories")
        return list?.json["memories"]?.array?.first?["content"] == "from elsewhere"
      })
    // A write that leans on the other's record waits for no second.
    let twice = try bridge.call("GET", "/api/v1/agents/a2")
    #expect(twice.status == 200)
  }

  @Test func `all that was acknowledged is committed when the bridge stops`() throws {
    let bridge = try LiveBridge()
    for number in 0..<20 {
      let body = #"{"agent_id":"a\#(number % 3)","content":"c\#(number)"}"#
      #expect(try bridge.call("POST", "/api/v1/memories", body).status == 201)
    }
    bridge.store.stop()
    let status = try VerbTable.perform(
      "status", [:],
      in: Call(world: World(now: { [store = bridge.store] in store.now }), directory: bridge.folder)
    )
    var json = JSONWriter()
    status.write(to: &json)
    let parsed = try JSON(parsing: json.bytes)
    #expect(parsed["uncommitted"]?.integer == 0)
    #expect(parsed["memories"]?.integer == 20)
    #expect(parsed["index"] == "current")
    #expect(
      try bridge.call("POST", "/api/v1/memories", #"{"agent_id":"a","content":"c"}"#).status == 503)
  }

  @Test func `the description names every route, and metrics count them`() throws {
    let bridge = try LiveBridge()
    let document = try bridge.call("GET", "/openapi.json").json
    #expect(document["openapi"] == "3.1.0")
    for route in RouteTable.verbs {
      let operation = route.operation
      #expect(document["paths"]?[operation.pattern]?[operation.method.lowercased()] != nil)
    }
    #expect(document["components"]?["schemas"]?["Memory"] != nil)
  }
}
