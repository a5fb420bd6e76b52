// Five clones that remember, correct, review and sync in any order: in the end the same stands everywhere, and what
// does not stand is in no answer of any front.

import Foundation
import Testing

@testable import Memtrace

extension TestClone {
  /// Performs a verb as the command line does.
  @discardableResult
  func perform(_ verb: String, _ fields: JSON.Member..., as reviewer: String = "Ana") throws
    -> JSON
  {
    let call = Call(store: store)
    call.reviewer = reviewer
    var json = JSONWriter()
    try VerbTable.perform(verb, .object(fields), in: call).write(to: &json)
    return try JSON(parsing: json.bytes)
  }

  /// Every record and its state, as a verb sees it.
  func states() throws -> [String: String] {
    let records = try store.records()
    let memories = try records.memories(MemoryFilter())
    let standing = try records.standing(of: memories)
    return Dictionary(
      uniqueKeysWithValues: memories.map { ($0.id.description, standing[$0.id].word) })
  }
}

private final class Office {
  private let world: SyncWorld
  let clones: [TestClone]
  private var random: SeededGenerator
  private let session: String
  private(set) var counts: [String: Int] = [:]

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    let world = try SyncWorld()
    self.world = world
    let team = try world.makeTeam("a")
    try team[0].perform("review policy", .init("before", ["decision:0.8"]))
    session = try team[0].openSession().description
    try team[0].sync()
    clones = team + (try ["b", "c", "d", "e"].map { try world.clone($0) })
  }

  func step() throws {
    let clone = clones.randomElement(using: &random)!
    let known = try clone.store.records().memories(MemoryFilter()).map(\.id.description)
    let kind = Int.random(in: 0..<20, using: &random)
    counts["\(kind)", default: 0] += 1
    let agent = JSON.Member("agent_id", "desk")
    let text = JSON.Member("content", .string("fact \(random.next() % 60)"))
    let place = JSON.Member("session_id", .string(session))
    let inSession = Bool.random(using: &random) ? [place] : []
    func perform(_ verb: String, _ fields: [JSON.Member]) throws {
      let call = Call(store: clone.store)
      call.reviewer = ["Ana", "Ben"].randomElement(using: &random)!
      do {
        _ = try VerbTable.perform(verb, .object(fields), in: call)
      } catch let error as MemtraceError where error.kind == .conflict || error.kind == .notFound {
        // A key that is taken; nothing to take back.
      }
    }
    switch kind {
    case 0..<4: try perform("remember", [agent, text] + inSession)
    case 4..<6:
      let importance = JSON.Member(
        "importance", .number(Bool.random(using: &random) ? "0.9" : "0.5"))
      try perform(
        "decide",
        [agent, .init("decision", text.value), .init("reasoning", "so"), importance] + inSession)
    case 6:
      let key = JSON.Member("dedup_key", .string("k\(random.next() % 3)"))
      try perform("remember", [agent, text, key] + inSession)
    case 7:
      let key = JSON.Member("dedup_key", .string("k\(random.next() % 3)"))
      try perform("put", [agent, text, key] + inSession)
    case 8, 9:
      guard let parent = known.randomElement(using: &random) else { return }
      try perform(
        "remember",
        [agent, text, .init("event_type", "correction"), .init("parent_id", .string(parent))]
          + inSession)
    case 10..<14:
      guard let record = known.randomElement(using: &random) else { return }
      let word = Review.Word.allCases.randomElement(using: &random)!
      try perform(
        "review add",
        [.init("record_ids", [.string(record)]), .init("review", .string(word.rawValue))])
    case 14: try perform("review undo", [])
    case 15:
      // By plain Git, as people do.
      try clone.git("pull", "-q", "--no-edit", "--no-rebase")
    default: try clone.sync()
    }
  }

  func settle() throws {
    for _ in 0..<2 { for clone in clones { try clone.sync() } }
  }
}

@Suite struct StandingEverywhereTests {
  @Test func `five clones agree on what stands, after syncs in any order`() throws {
    let isLong = ProcessInfo.processInfo.environment["MEMTRACE_LONG"] != nil
    let office = try Office(seed: isLong ? UInt64.random(in: 0...UInt64.max) : 7)
    for round in 0..<(isLong ? 20 : 2) {
      for _ in 0..<(isLong ? 100 : 70) { try office.step() }
      try office.settle()
      let expected = try office.clones[0].states()
      #expect(Set(expected.values).count > (round == 0 ? 2 : 4), "\(Set(expected.values))")
      for clone in office.clones { #expect(try clone.states() == expected) }
      try expectOnlyStanding(office.clones[round % 5], expected)
    }
    #expect(office.counts.count == 20)
  }

  /// Lists, searches and contexts, out of files and out of memory, show what stands and nothing else.
  private func expectOnlyStanding(_ clone: TestClone, _ states: [String: String]) throws {
    let standing = Set(states.filter { $0.value == "stands" }.keys)
    let live = try LiveStore(
      at: clone.path, organisation: nil, world: clone.store.world, network: clone.network)
    defer { live.stop() }
    for call in [Call(store: clone.store), live.reading()] {
      func ids(_ verb: String, _ list: String, _ fields: JSON.Member...) throws -> [JSON] {
        var json = JSONWriter()
        try VerbTable.perform(verb, .object(fields + [.init("limit", .number("1000"))]), in: call)
          .write(to: &json)
        return try JSON(parsing: json.bytes)[list]?.array ?? []
      }
      func names(_ found: [JSON]) -> Set<String> { Set(found.compactMap { $0["id"]?.string }) }
      #expect(try names(ids("recall", "memories")) == standing)
      let all = try ids("recall", "memories", .init("include", "all"))
      #expect(names(all) == Set(states.keys))
      for memory in all {
        #expect(memory["state"]?.string ?? "stands" == states[memory["id"]?.string ?? ""])
      }
      #expect(try names(ids("search", "results", .init("query", "fact"))).isSubset(of: standing))
      #expect(try names(ids("search", "results", .init("content_contains", "fact"))) == standing)
      let waiting = try ids("review list", "items").compactMap { $0["record"]?["id"]?.string }
      #expect(Set(waiting) == Set(states.filter { $0.value == "pending" }.keys))
      for session in try call.store().records().sessions() {
        var json = JSONWriter()
        try VerbTable.perform(
          "context",
          .object([
            .init("session_id", .string(session.id.description)),
            .init("max_tokens", .number("1000000")),
          ]), in: call
        ).write(to: &json)
        let text = try JSON(parsing: json.bytes)["context"]?.string ?? ""
        for (id, state) in states where state != "stands" {
          #expect(!text.contains("(\(id))"), "\(state)")
        }
      }
    }
  }
}
