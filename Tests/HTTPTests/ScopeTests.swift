// What a key that is bound to one agent may write, and whose name the log has.

import Memtrace
import Synchronization
import Testing

@testable import MemtraceHTTP

@Suite struct ScopeTests {
  private struct Shop {
    let bridge: LiveBridge
    let logged = Logged()

    final class Logged: Sendable {
      let exchanges = Mutex<[Exchange]>([])
    }

    init() throws {
      let logged = logged
      bridge = try LiveBridge(
        isOpen: false,
        configure: { server in
          server.log = { exchange in logged.exchanges.withLock { $0.append(exchange) } }
        })
    }

    func key(_ name: String, _ scope: Key.Scope, agent: String? = nil) throws -> [String] {
      let made = try bridge.store.keys.create(
        name: name, scope: scope, agent: agent,
        world: World(now: { [store = bridge.store] in store.now }))
      return ["x-api-key: \(made.secret)"]
    }

    func made(_ path: String, _ body: String, _ key: [String]) throws -> String {
      let answer = try bridge.call("POST", "/api/v1/\(path)", body, headers: key)
      #expect(answer.status == 201, "\(answer.json)")
      return answer.json["id"]?.string ?? ""
    }
  }

  @Test func `a bound key signs all it writes, and a null is no way out`() throws {
    let shop = try Shop()
    let bound = try shop.key("bound", .write, agent: "a1")
    let admin = try shop.key("root", .admin)
    for agent in ["", #""agent_id":null,"#, #""agent_id":"a1","#] {
      let session = try shop.made("sessions", #"{\#(agent)"metadata":{"x":1}}"#, bound)
      let one = try shop.made("memories", #"{\#(agent)"content":"c"}"#, bound)
      let batch = try shop.bridge.call(
        "POST", "/api/v1/memories", #"{"memories":[{\#(agent)"content":"c"}]}"#, headers: bound)
      #expect(batch.json["memories"]?.array?.first?["agent_id"] == "a1")
      let read = try shop.bridge.call("GET", "/api/v1/memories/\(one)", headers: admin)
      #expect(read.json["agent_id"] == "a1")
      let closed = try shop.bridge.call(
        "PUT", "/api/v1/sessions/\(session)", #"{\#(agent)"status":"closed"}"#, headers: bound)
      #expect(closed.status == 200)
      let lines = try shop.bridge.lines(of: session)
      #expect(lines.allSatisfy { $0.contains(#""agent_id":"a1""#) }, "\(lines)")
    }
    for body in [
      #"{"agent_id":"a2","content":"c"}"#, #"{"memories":[{"agent_id":"a2","content":"c"}]}"#,
      #"{"memories":[{"content":"c"},{"agent_id":"a2","content":"c"}]}"#,
    ] {
      #expect(
        try shop.bridge.call("POST", "/api/v1/memories", body, headers: bound).status == 403)
    }
    #expect(
      try shop.bridge.call("POST", "/api/v1/agents", #"{"name":"a2"}"#, headers: bound).status
        == 403)
    #expect(
      try shop.bridge.call(
        "POST", "/api/v1/memories", #"{"agent_id":7,"content":"c"}"#, headers: bound
      )
      .status == 400)
  }

  @Test func `who a session is about, and what others said, is changed by supervisors only`() throws
  {
    let shop = try Shop()
    let keys = [
      "write": try shop.key("w", .write, agent: "a1"),
      "supervise": try shop.key("s", .supervise, agent: "a1"),
      "unbound": try shop.key("u", .write),
    ]
    let other = try #require(keys["unbound"])
    let theirs = try shop.made(
      "sessions", #"{"agent_id":"a2","metadata":{"customer_id":"c1","channel":"chat"}}"#, other)
    let record = try shop.made(
      "memories", #"{"agent_id":"a2","session_id":"\#(theirs)","content":"red"}"#, other)
    func put(_ session: String, _ metadata: String, _ key: String) throws -> Int {
      try shop.bridge.call(
        "PUT", "/api/v1/sessions/\(session)", #"{"metadata":\#(metadata)}"#, headers: keys[key]!
      ).status
    }
    func correct(_ parent: String, _ key: String, agent: String = "a1") throws -> Int {
      try shop.bridge.call(
        "POST", "/api/v1/memories",
        #"{"agent_id":"\#(agent)","content":"green","event_type":"correction","parent_id":"\#(parent)"}"#,
        headers: keys[key]!
      ).status
    }
    for change in [#"{"customer_id":"c2"}"#, #"{"customer_id":null}"#, #"{"phone":"1"}"#] {
      #expect(try put(theirs, change, "write") == 403, "\(change)")
    }
    let before = try shop.bridge.call("GET", "/api/v1/sessions/\(theirs)", headers: other)
    #expect(before.json["metadata"] == ["customer_id": "c1", "channel": "chat"])
    #expect(try put(theirs, #"{"customer_id":"c1","channel":"phone"}"#, "write") == 200)
    let own = try shop.made("sessions", #"{"metadata":{"channel":"chat"}}"#, keys["write"]!)
    #expect(try put(own, #"{"customer_id":"c1"}"#, "write") == 200)
    #expect(try put(own, #"{"customer_id":"c3"}"#, "write") == 403)
    #expect(try put(theirs, #"{"customer_id":"c2"}"#, "supervise") == 200)
    #expect(try put(theirs, #"{"customer_id":"c1"}"#, "unbound") == 200)

    #expect(try correct(record, "write") == 403)
    #expect(try correct("mem_01ARZ3NDEKTSV4RRFFQ69G5FAV", "write") == 403)
    let mine = try shop.made("memories", #"{"content":"mine"}"#, keys["write"]!)
    #expect(try correct(mine, "write") == 201)
    #expect(try correct(record, "supervise") == 201)
    #expect(try correct(record, "unbound", agent: "a3") == 201)
    // An answer is no correction.
    let answer = try shop.bridge.call(
      "POST", "/api/v1/memories", #"{"content":"seen","parent_id":"\#(record)"}"#,
      headers: keys["write"]!)
    #expect(answer.status == 201)
    // In one group with others' writes, each is judged by its own key.
    let batch = try shop.bridge.call(
      "POST", "/api/v1/memories",
      #"{"memories":[{"content":"x"},{"content":"green","event_type":"correction","parent_id":"\#(record)"}]}"#,
      headers: keys["write"]!)
    #expect(batch.status == 403)
  }

  @Test func `a bound key takes back its own and approves nothing; a name is signed by the key`()
    throws
  {
    let shop = try Shop()
    let bound = try shop.key("bound", .write, agent: "a1")
    let supervisor = try shop.key("visor", .supervise, agent: "lead")
    let (reader, writer) = (try shop.key("eyes", .read), try shop.key("hand", .write))
    let own = try shop.made("memories", #"{"content":"mine"}"#, bound)
    let other = try shop.made("memories", #"{"agent_id":"a2","content":"theirs"}"#, writer)
    func review(_ word: String, _ id: String, _ key: [String]) throws -> Int {
      try shop.bridge.call(
        "POST", "/api/v1/reviews", #"{"record_ids":["\#(id)"],"review":"\#(word)"}"#, headers: key
      ).status
    }
    func delete(_ id: String, _ key: [String]) throws -> Int {
      try shop.bridge.call("DELETE", "/api/v1/memories/\(id)?reason=wrong", headers: key).status
    }
    func state(_ id: String) throws -> JSON? {
      try shop.bridge.call("GET", "/api/v1/memories/\(id)", headers: reader).json["state"]
    }
    #expect(try delete(other, bound) == 403 && delete(other, reader) == 403)
    for word in ["approved", "rejected", "pending", "retracted"] {
      #expect(try review(word, other, bound) == 403)
    }
    #expect(try review("approved", own, bound) == 403 && review("approved", own, reader) == 403)
    #expect(try delete(own, bound) == 204 && delete(own, bound) == 204)
    #expect(try state(own) == "retracted")
    #expect(try review("restored", own, bound) == 201)
    #expect(try state(own) == nil)
    // What a supervisor took back an agent does not bring back.
    #expect(try delete(own, supervisor) == 204)
    #expect(try review("restored", own, bound) == 403)
    // Nor does it ask again what somebody has decided.
    #expect(try review("pending", own, bound) == 201 && review("rejected", own, supervisor) == 201)
    #expect(try review("pending", own, bound) == 403)
    #expect(try review("rejected", other, writer) == 201)
    let shown = try shop.bridge.call("GET", "/api/v1/memories/\(other)", headers: reader).json
    #expect(shown["state"] == "rejected" && shown["review"]?["reviewer"] == "hand")
    let list = try shop.bridge.call("GET", "/api/v1/reviews?state=rejected", headers: reader).json
    #expect(list["count"] == .number("1"))
    #expect(list["items"]?.array?.first?["record"]?["id"] == .string(other))
    #expect(try delete("mem_01M63F8CMTYH5CY7PF37C4YEA0", supervisor) == 404)
    let put = { (text: String) in
      try shop.bridge.call(
        "PUT", "/api/v1/memories/router", #"{"content":"\#(text)"}"#, headers: bound)
    }
    #expect(try put("2.1").status == 201 && put("2.3").status == 200)
    let listed = try shop.bridge.call("GET", "/api/v1/memories?agent_id=a1", headers: reader).json
    #expect(listed["memories"]?.array?.compactMap { $0["content"]?.string } == ["2.3"])
  }

  @Test func `the past is for admin keys, and the log names the key`() throws {
    let shop = try Shop()
    let supervisor = try shop.key("visor", .supervise)
    let admin = try shop.key("root", .admin)
    let session = try shop.made("sessions", #"{"agent_id":"a1"}"#, supervisor)
    for (key, status) in [(supervisor, 403), (admin, 200)] {
      // The first commit is there within a second.
      #expect(
        eventually {
          let answer = try? shop.bridge.call(
            "POST", "/api/v1/sessions/\(session)/context", #"{"at":"HEAD"}"#, headers: key)
          return answer?.status == status
        })
    }
    #expect(try shop.bridge.call("DELETE", "/api/v1/agents/a1", headers: supervisor).status == 403)
    #expect(try shop.bridge.call("POST", "/api/v1/sync", headers: supervisor).status == 403)
    #expect(try shop.bridge.call("GET", "/api/v1/status").status == 401)
    let names = shop.logged.exchanges.withLock { $0.map { "\($0.caller) \($0.status)" } }
    #expect(names.contains("visor 201"))
    #expect(names.contains("visor 403"))
    #expect(names.contains("root 200"))
    #expect(names.last == " 401")
  }
}
