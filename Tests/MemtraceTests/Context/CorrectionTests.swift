// Corrections retire what they correct.

import Testing

@testable import Memtrace

@Suite struct CorrectionTests {
  @Test func `a corrected record is left out, and marked in JSON`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let wrong = world.remember("internet-support", "Router version 2.1", in: session)
    let right = world.remember(
      "internet-support", "Router version 2.3", in: session, eventType: "correction", parent: wrong)
    var request = world.request(session)
    let answer = try ContextBuilder.build(request)
    #expect(!answer.text.contains("2.1"))
    #expect(answer.text.contains("2.3") && answer.text.contains("1 superseded memory left out"))
    #expect(answer.omittedBy.map(\.section) == ["superseded"])
    request.format = .json
    let json = try JSON(parsing: Array(try ContextBuilder.build(request).text.utf8))
    let old = json["sections"]?["superseded"]?.array?.first
    #expect(old?["id"]?.string == wrong.description)
    #expect(old?["superseded_by"]?.string == right.description)
  }

  @Test func `a correction keeps the section and the weight of what it corrects`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let wish = world.remember(
      "internet-support", "Prefers phone", in: session, tags: ["preference"], importance: 1)
    let right = world.remember(
      "tv-support", "Prefers e-mail", in: session, importance: 0, eventType: "correction",
      parent: wish)
    for n in 0..<50 {
      world.remember("tv-support", "Later note \(n)", in: session, importance: 0.9)
    }
    var request = world.request(session)
    request.maxTokens = 200
    let text = try ContextBuilder.build(request).text
    #expect(text.contains(right.description) && !text.contains("Prefers phone"))
  }

  @Test func `of a chain only the last stands, and a ring keeps its newest`() {
    var world = ContextWorld()
    let session = world.open("a")
    let first = world.remember("a", "1", in: session)
    let second = world.remember("a", "2", in: session, eventType: "correction", parent: first)
    let third = world.remember("a", "3", in: session, eventType: "correction", parent: second)
    let chain = world.records(session).memories
    #expect(Set(Supersession.find(chain).keys) == [first, second])
    let ring = chain.map { memory in
      Memory(
        id: memory.id, time: memory.time, agent: "a", eventType: "correction",
        content: memory.content, parent: memory.id == first ? third.description : memory.parent)
    }
    #expect(Set(Supersession.find(ring).keys) == [first, second])
    let alone = Memory(
      id: first, time: world.now, agent: "a", eventType: "correction", content: "1",
      parent: first.description)
    #expect(Supersession.find([alone]).isEmpty)
  }
}
