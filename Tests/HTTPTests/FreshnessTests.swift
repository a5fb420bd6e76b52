// Whoever asks after a 201 sees what it was for: no answer is older than its question.

import Glibc
import Memtrace
import Synchronization
import System
import Testing

@testable import MemtraceHTTP

@Suite struct FreshnessTests {
  /// Every way to ask, at once, while others write and ask the same.
  @Test func `every answer after a 201 has the record`() throws {
    let bridge = try LiveBridge()
    let opened = try bridge.call(
      "POST", "/api/v1/sessions", #"{"agent_id":"a0","metadata":{"customer_id":"c1"}}"#)
    let id = try #require(opened.json["id"]?.string)
    let rows = (0..<1_000).map {
      #"{"agent_id":"a0","session_id":"\#(id)","content":"row \#($0)"}"#
    }
    #expect(
      try bridge.call(
        "POST", "/api/v1/memories", #"{"memories":[\#(rows.joined(separator: ","))]}"#
      ).status == 201)
    let threads = 4
    let missed = Mutex<[String]>([])
    let ended = Mutex(0)
    for thread in 0..<threads {
      try startThread {
        defer { ended.withLock { $0 += 1 } }
        for round in 0..<8 {
          let word = "word\(thread)x\(round)"
          let made = try? bridge.call(
            "POST", "/api/v1/memories",
            #"{"agent_id":"a\#(thread)","session_id":"\#(id)","content":"\#(word)"}"#)
          if made?.status != 201 { missed.withLock { $0.append("\(word) was not stored") } }
          for (method, path, body) in [
            ("POST", "/api/v1/sessions/\(id)/context", "{}"),
            ("POST", "/api/v1/context", #"{"where":{"customer_id":"c1"}}"#),
            ("GET", "/api/v1/sessions/\(id)/memories?limit=40", ""),
            ("GET", "/api/v1/memories?agent_id=a\(thread)&limit=1", ""),
            ("POST", "/api/v1/search", #"{"query":"\#(word)","limit":4}"#),
            ("POST", "/api/v1/search", #"{"content_contains":"\#(word)"}"#),
          ] {
            let answer = try? bridge.call(method, path, body)
            let text = answer.map { String(decoding: $0.json.bytes, as: UTF8.self) } ?? ""
            if !text.contains(word) { missed.withLock { $0.append("\(word): \(method) \(path)") } }
          }
        }
      }
    }
    #expect(eventually(within: 120) { ended.withLock { $0 } == threads })
    #expect(missed.withLock { $0 } == [])
  }
}
