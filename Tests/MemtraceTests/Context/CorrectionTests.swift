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

  @Test func `of two corrections of one record only the newer stands`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let wrong = world.remember("internet-support", "Router version 2.1", in: session)
    let first = world.remember(
      "internet-support", "Router version 2.3", in: session, eventType: "correction", parent: wrong)
    let second = world.remember(
      "tv-support", "Router version 3.0", in: session, eventType: "correction", parent: wrong)
    var request = world.request(session)
    let text = try ContextBuilder.build(request).text
    #expect(text.contains("3.0") && !text.contains("2.3") && !text.contains("2.1"))
    request.format = .json
    let json = try JSON(parsing: Array(try ContextBuilder.build(request).text.utf8))
    let old = json["sections"]?["superseded"]?.array ?? []
    #expect(Set(old.map { $0["id"]?.string }) == [wrong.description, first.description])
    #expect(old.allSatisfy { $0["superseded_by"]?.string == second.description })
    // A correction of the older one counts as newer still; whether the first record is here does not matter.
    let third = world.remember(
      "tv-support", "Router version 3.1", in: session, eventType: "correction", parent: first)
    let memories = world.records(session).memories
    for known in [memories, Array(memories.dropFirst())] {
      let found = Standing(known).others
      #expect(Set(found.keys) == Set(known.map(\.id)).subtracting([third]))
      #expect(Set(found.values) == [.corrected(by: third)])
    }
  }

  @Test func `a correction from another session stands in the place of what it corrects`() throws {
    var world = ContextWorld()
    let session = world.open("internet-support", [.init("customer_id", "c1")])
    let other = world.open("internet-support", [.init("customer_id", "c1")])
    let wrong = world.remember("internet-support", "Router is on 2.1", in: session, tags: ["issue"])
    let first = world.remember(
      "tv-support", "Router is on 2.9", in: other, eventType: "correction", parent: wrong)
    let right = world.remember(
      "tv-support", "Router is on 3.0", in: other, eventType: "correction", parent: first)
    var request = world.request(session)
    request.kin = world.records(other).memories
    let answer = try ContextBuilder.build(request)
    #expect(
      answer.text.contains(
        "tv-support: “Router is on 3.0” [recorded in session \(other)] (\(right))"))
    #expect(answer.text.contains("## Open"))
    for old in [wrong, first] { #expect(!answer.text.contains(old.description)) }
    #expect(answer.memoryCount == 1 && answer.omitted == 1)
    request.format = .json
    let json = try JSON(parsing: Array(try ContextBuilder.build(request).text.utf8))
    let standing = json["sections"]?["open"]?.array?.first
    #expect(standing?["id"]?.string == right.description)
    #expect(standing?["session_id"]?.string == other.description)
    let superseded = json["sections"]?["superseded"]?.array ?? []
    #expect(superseded.map { $0["id"]?.string } == [wrong.description])
    #expect(superseded.first?["superseded_by"]?.string == right.description)
    // The issue is that of its own session, and was there before it was closed.
    world.remember("internet-support", "Done", in: session, tags: ["call_complete"])
    request.sessions = [world.records(session)]
    request.format = .plain
    let closed = try ContextBuilder.build(request).text
    #expect(!closed.contains("OPEN") && closed.contains("Router is on 3.0” [resolved]"))
  }

  @Test(arguments: [[], ["issue"]])
  func `what is corrected after it was resolved is not open again`(_ tags: [String]) throws {
    var world = ContextWorld()
    let session = world.open("internet-support")
    let issue = world.remember("internet-support", "No signal", in: session, tags: ["issue"])
    world.remember(
      "internet-support", "Signal is back", in: session, tags: ["resolved"], parent: issue)
    world.remember(
      "internet-support", "Weak signal", in: session, tags: tags, eventType: "correction",
      parent: issue)
    let text = try ContextBuilder.build(world.request(session)).text
    #expect(text.contains("Weak signal” [resolved]") && !text.contains("## Open"))
  }

  @Test func `of a chain only the last stands, and a ring keeps its newest`() {
    var world = ContextWorld()
    let session = world.open("a")
    let first = world.remember("a", "1", in: session)
    let second = world.remember("a", "2", in: session, eventType: "correction", parent: first)
    let third = world.remember("a", "3", in: session, eventType: "correction", parent: second)
    let chain = world.records(session).memories
    #expect(Set(Standing(chain).others.keys) == [first, second])
    let ring = chain.map { memory in
      Memory(
        id: memory.id, time: memory.time, agent: "a", eventType: "correction",
        content: memory.content, parent: memory.id == first ? third.description : memory.parent)
    }
    #expect(Set(Standing(ring).others.keys) == [first, second])
    let alone = Memory(
      id: first, time: world.now, agent: "a", eventType: "correction", content: "1",
      parent: first.description)
    #expect(Standing([alone]).stands(first))
  }
}
