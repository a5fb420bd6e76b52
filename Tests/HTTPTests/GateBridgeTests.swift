// What the bridge says of text that it masks or refuses.

import Memtrace
import Testing

@testable import MemtraceHTTP

@Suite struct GateBridgeTests {
  @Test func `answers to writes say what was masked, each its own`() throws {
    let bridge = try LiveBridge()
    let one = try bridge.call(
      "POST", "/api/v1/memories", #"{"agent_id":"a","content":"card 4111 1111 1111 1111"}"#)
    #expect(one.status == 201 && one.json["masked"] == ["card"])
    #expect(one.json["content"] == "card [card ending 1111]")
    let clean = try bridge.call(
      "POST", "/api/v1/memories", #"{"agent_id":"a","content":"no card"}"#)
    #expect(clean.status == 201 && clean.json["masked"] == nil)
    let batch = try bridge.call(
      "POST", "/api/v1/memories",
      #"{"memories":[{"agent_id":"a","content":"my pin is 4711"},{"agent_id":"a","content":"IBAN GB82 WEST 1234 5698 7654 32"}]}"#
    )
    #expect(batch.status == 201 && batch.json["masked"] == ["password", "iban"])
    #expect(
      batch.json["memories"]?.array?.compactMap { $0["content"]?.string } == [
        "my pin is [PIN]", "IBAN [IBAN ending 5432]",
      ])
    let session = try bridge.call(
      "POST", "/api/v1/sessions",
      #"{"agent_id":"a","metadata":{"password":"swordfish","n":{"deep":["cvv: 123"]}}}"#)
    #expect(session.status == 201 && session.json["masked"] == ["password", "card"])
    #expect(session.json["metadata"]?["n"]?["deep"] == ["cvv: [card code]"])
    let id = session.json["id"]?.string ?? ""
    let changed = try bridge.call(
      "PUT", "/api/v1/sessions/\(id)", #"{"metadata":{"ssn":"078-05-1120"}}"#)
    #expect(changed.status == 200 && changed.json["masked"] == ["national_id"])
    let found = try bridge.call("POST", "/api/v1/search", #"{"content_contains":"4111 1111"}"#)
    #expect(found.json["count"] == 0)
  }

  @Test func `a refused text is 400 with its field, and takes its batch along`() throws {
    let bridge = try LiveBridge()
    let key = "mtk_" + String(repeating: "aB3_dE5-gH7", count: 4).prefix(43)
    let refused = try bridge.call(
      "POST", "/api/v1/memories",
      #"{"memories":[{"agent_id":"a","content":"x"},{"agent_id":"a","content":"y","metadata":{"ticket_id":"\#(key)"}}]}"#
    )
    #expect(refused.status == 400)
    #expect(refused.json["faults"]?.array?.first?["field"] == "memories[1].metadata.ticket_id")
    #expect(try bridge.call("GET", "/api/v1/memories").json["count"] == 0)
    let own = try bridge.call(
      "POST", "/api/v1/memories", #"{"agent_id":"a","content":"key \#(key)"}"#)
    #expect(own.json["content"] == "key [memtrace key]")
  }
}
