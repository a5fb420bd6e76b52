// What is written is what is read.
import Foundation
import Testing

@testable import Memtrace

struct LineRoundTripTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `random memories come back equal`(seed: UInt64) throws {
    var random = Seeded(seed)
    let memories = (0..<1_000).map { _ in random.memory() }
    var bytes: [UInt8] = []
    for memory in memories { memory.appendLine(to: &bytes) }
    let read = records(bytes)
    try #require(read.count == memories.count)
    for (record, memory) in zip(read, memories) {
      guard case .memory(let back) = record, back == memory else {
        Issue.record("\(record)")
        continue
      }
    }
  }

  @Test(arguments: [4, 5] as [UInt64])
  func `random events come back equal`(seed: UInt64) throws {
    var random = Seeded(seed)
    let events = (0..<1_000).map { _ in random.event() }
    var bytes: [UInt8] = []
    for event in events { event.appendLine(to: &bytes) }
    let read = records(bytes)
    try #require(read.count == events.count)
    for (record, event) in zip(read, events) {
      guard case .event(let back) = record, back == event else {
        Issue.record("\(record)")
        continue
      }
    }
  }

  /// 6,000 lines, every field of each compared.
  @Test func `Foundation reads the same from our lines`() throws {
    var random = Seeded(6)
    for _ in 0..<6_000 {
      let memory = random.memory()
      var bytes: [UInt8] = []
      memory.appendLine(to: &bytes)
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(bytes)) as? [String: any Sendable])
      let isDecision = memory.kind == .decision
      func same(_ key: String, _ text: String?) -> Bool {
        (object[key] as? String).map { Array($0.utf8) } == text.map { Array($0.utf8) }
      }
      // Foundation reads decimals on Linux through another base and misses the last bit.
      let importance = (object["importance"] as? NSNumber)?.doubleValue
      let isSame =
        same("time", memory.time.description) && same("agent_id", memory.agent)
        && same(
          "memory_type", isDecision || memory.kind == .episodic ? nil : memory.kind.rawValue)
        && same(
          "event_type", memory.eventType == memory.kind.eventType ? nil : memory.eventType)
        && same(isDecision ? "decision" : "content", memory.content)
        && same("reasoning", memory.reasoning)
        && object["tags"] as? [String] ?? [] == memory.tags
        && (importance == nil) == (memory.importance == nil)
        && abs((importance ?? 0) - (memory.importance ?? 0)) < 1e-14
        && (object["metadata"] == nil) == (memory.metadata == nil)
        && same("dedup_key", memory.dedupKey) && same("parent_id", memory.parent)
        && same("session_id", memory.session?.description)
        && same("id", memory.id.description)
      if !isSame { Issue.record("\(String(decoding: bytes, as: UTF8.self))") }
    }
  }

  /// Foundation writes its own order of keys, and slashes and spaces in its own way.
  @Test func `lines that Foundation wrote are read the same`() throws {
    var random = Seeded(7)
    for round in 0..<1_000 {
      let memory = random.memory()
      var bytes: [UInt8] = []
      memory.appendLine(to: &bytes)
      let object = try JSONSerialization.jsonObject(with: Data(bytes))
      let options: JSONSerialization.WritingOptions =
        round % 2 == 0 ? [] : [.prettyPrinted, .sortedKeys]
      let other = try JSONSerialization.data(withJSONObject: object, options: options)
      let line = other.map { $0 == 0x0A ? 0x20 : $0 }
      let read = records(line)
      guard read.count == 1, case .memory(let back) = read[0] else {
        Issue.record("\(read)")
        continue
      }
      #expect(back.id == memory.id)
      #expect(back.time == memory.time)
      #expect(Array(back.content.utf8) == Array(memory.content.utf8))
      #expect(back.tags == memory.tags)
      #expect(back.session == memory.session)
      #expect(abs((back.importance ?? 0) - (memory.importance ?? 0)) < 1e-14)
      #expect(back.metadata?.json.members?.count == memory.metadata?.json.members?.count)
    }
  }

  @Test func `the fields of a memory stand in the reviewer's order`() {
    let id = ULID(milliseconds: 1_763_820_191_123, random: (0, 1))
    let memory = Memory(
      id: RecordID(.memory, id), time: Timestamp(milliseconds: 1_763_820_191_123), agent: "billing",
      session: .own(id), content: "Said \"no\".\n", tags: ["refund", "vip"], importance: 0.5,
      metadata: RawJSON(["order": 77]), dedupKey: "k1", parent: "mem_1")
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        {"time":"2025-11-22T14:03:11.123Z","agent_id":"billing",\
        "content":"Said \\"no\\".\\n","tags":["refund","vip"],\
        "importance":0.5,"metadata":{"order":77},"dedup_key":"k1","parent_id":"mem_1",\
        "session_id":"sess_\(id)","id":"mem_\(id)"}

        """)
  }

  @Test(arguments: Memory.Kind.allCases, ["general", "decision", "error"])
  func `types are written only where they are not the usual ones`(
    kind: Memory.Kind, eventType: String
  ) throws {
    let memory = Memory(
      id: RecordID(kind == .decision ? .decision : .memory, ULID(milliseconds: 0, random: (0, 1))),
      time: Timestamp(milliseconds: 0), agent: "a", kind: kind, eventType: eventType, content: "c")
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    let json = try JSON(parsing: Array(bytes.dropLast()))
    let isUsual = eventType == (kind == .decision ? "decision" : "general")
    #expect(json["event_type"]?.string == (isUsual ? nil : eventType))
    let isSaid = kind == .session || kind == .entity
    #expect(json["memory_type"]?.string == (isSaid ? kind.rawValue : nil))
    #expect(json.members?.prefix(2).map(\.key) == ["time", "agent_id"])
    #expect(json.members?[2].key == (kind == .decision ? "decision" : "content"))
    #expect(records(bytes) == [.memory(memory)])
  }

  @Test func `a decision shows what was decided and why`() {
    let id = ULID(milliseconds: 0, random: (0, 1))
    let memory = Memory(
      id: RecordID(.decision, id), time: Timestamp(milliseconds: 0), agent: "billing",
      kind: .decision, eventType: "decision", content: "refund", reasoning: "charged twice")
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        {"time":"1970-01-01T00:00:00.000Z","agent_id":"billing","decision":"refund",\
        "reasoning":"charged twice","id":"dec_\(id)"}

        """)
  }

  @Test func `metadata with line feeds between its tokens stays on one line`() {
    let metadata = RawJSON(trusted: Array("{\"a\":\r\n [1.0,\n2]}".utf8))
    let memory = Memory(
      id: RecordID(.memory, ULID(milliseconds: 0, random: (0, 1))),
      time: Timestamp(milliseconds: 0),
      agent: "a", content: "c", metadata: metadata)
    var bytes: [UInt8] = []
    memory.appendLine(to: &bytes)
    #expect(bytes.filter { $0 == 0x0A }.count == 1)
    guard case .memory(let back) = records(bytes)[0] else {
      Issue.record("not a memory")
      return
    }
    #expect(back.metadata == RawJSON(trusted: Array("{\"a\":[1.0,2]}".utf8)))
  }
}
