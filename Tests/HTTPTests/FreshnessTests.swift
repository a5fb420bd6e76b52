// Whoever asks after a 201 sees what it was for: no cache and no joined answer is older than its question.

import Glibc
import Memtrace
import Synchronization
import System
import Testing

@testable import MemtraceHTTP

@Suite struct FreshnessTests {
  @Test func `an answer serves those who asked at its version, and never a newer question`() throws
  {
    let bridge = try LiveBridge()
    let answers = RecentAnswers<String>()
    let question = RecentAnswers<String>.Question(bridge.store, [:])
    let heard = Mutex<[String: String?]>([:])
    func ask(_ name: String, _ version: Int) -> RecentAnswers<String>.Build? {
      switch answers.find(question, version: version) {
      case .found(let answer): heard.withLock { $0[name] = answer }
      case .underWay(let wait): wait { answer in heard.withLock { $0[name] = answer } }
      case .missing(let build): return build
      }
      return nil
    }
    let old = try #require(ask("a", 1))
    #expect(ask("b", 1) == nil)
    // Something was recorded: a second build begins while the first goes on.
    let new = try #require(ask("c", 2))
    #expect(ask("d", 2) == nil)
    answers.keep("old", isGood: true, for: question, old)
    #expect(ask("e", 2) == nil)
    #expect(heard.withLock { $0 } == ["b": "old"])
    answers.keep("new", isGood: true, for: question, new)
    #expect(ask("f", 2) == nil)
    #expect(heard.withLock { $0 } == ["b": "old", "d": "new", "e": "new", "f": "new"])
    // A refusal is for those who wait, and is not kept; neither is what was given up.
    for (version, answer) in [(3, "no"), (4, nil)] as [(Int, String?)] {
      let build = try #require(ask("g", version))
      #expect(ask("h", version) == nil)
      answers.keep(answer, isGood: false, for: question, build)
      #expect(heard.withLock { $0["h"] } == .some(answer))
      #expect(ask("i", version) != nil)
    }
  }

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
