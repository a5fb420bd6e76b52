// What a context or a table shows of an id is enough to ask for the record.

import Testing

@testable import Memtrace

struct ShortIDTests {
  @Test func `show takes any beginning of an id that only one record has`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let ids = try (0..<3).map { try support.remember("Picture \($0) is back") }
    for (at, id) in ids.enumerated() {
      // Three writes may fall into one millisecond, so how much tells them apart is computed.
      let enough = (5...id.count).first { count in
        ids.count { $0.hasPrefix(id.prefix(count)) } == 1
      }
      for count in [try #require(enough), id.count - 1, id.count] {
        let shown = try support.done("show", String(id.prefix(count))).out
        #expect(shown.contains("Picture \(at) is back"))
      }
    }
    let several = try support.memtrace("show", "mem_0")
    #expect(several.status == 2 && several.err.contains("3 ids begin so: write more of it"))
    #expect(try support.memtrace("show", "mem_01ZZZZZZ").status == 3)
    #expect(try support.memtrace("show", "dec_").status == 3)
  }

  @Test func `who asks for a session among memories is told how to see it`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let session = try support.openSession()
    let outcome = try support.memtrace("show", session)
    #expect(outcome.status == 3 && outcome.err.contains("hint: memtrace session show \(session)"))
  }

  @Test func `where several begin so the first of them are named, as far as is enough`() throws {
    let world = try TestWorld()
    let support = try world.clone()
    let ids = try (0..<6).map { try support.remember("Picture \($0) is back") }
    for beginning in ["mem_", "mem_0"] {
      let several = try support.memtrace("show", beginning)
      #expect(several.status == 2 && several.err.contains("6 ids begin so"), "\(several.err)")
      let list = try #require(several.err.split(separator: "(").last)
      let named = list.prefix { $0 != ")" }.split(separator: ", ").map(String.init)
      #expect(named.count == 5 && named.last == "…")
      for (short, id) in zip(named.dropLast(), ids) {
        #expect(try support.json("show", short)["id"]?.string == id)
      }
    }
    let parent = try support.memtrace(
      "remember", "x", "--agent", "desk", "--parent", String(ids[0].prefix(9)))
    #expect(parent.status == 2 && parent.err.contains("--parent: 6 ids begin so"), "\(parent.err)")
    let sessions = try (0..<2).map { _ in try support.openSession() }
    let several = try support.memtrace("blame", String(sessions[0].prefix(9)))
    #expect(several.status == 2 && !several.err.contains("…"))
    for id in sessions { #expect(several.err.contains(id.prefix(13))) }
  }

  /// All written within a moment, and one of them in each table.
  @Test func `an id as a terminal shows it is taken, though others begin so that are not shown`()
    throws
  {
    let world = try TestWorld()
    let support = try world.clone()
    let ids = (0..<4).map { "mem_01M8PYP2\($0)AAAAAAAAAAAAAAAAA" }
    let lines = ids.map {
      "{\"id\":\"\($0)\",\"agent_id\":\"tv\",\"content\":\"Picture\",\"time\":\"2026-11-30T12:00:00Z\"}\n"
    }
    try support.done("import", "-", input: lines.joined())
    let sessions = try (0..<3).map { _ in try support.openSession() }
    try support.remember("The line is up", sessions[2])
    for isPacked in [false, true] {
      if isPacked { try support.done("gc") }
      let asked: [(verb: String, input: JSON, shown: Int)] = [
        ("recall", ["content_contains": "Picture", "limit": 1], 1),
        ("session list", ["limit": 1], 1), ("diff", ["range": "HEAD~1.."], 2),
      ]
      for (verb, input, count) in asked {
        let call = Call(
          world: World(now: { Timestamp(milliseconds: 1_796_000_000_000) }), directory: support.path
        )
        let answer = try VerbTable.perform(verb, input, in: call)
        let shown = Self.ids(try answer.display.withShortIDs(in: call))
        #expect(shown.count == count)
        for id in shown {
          #expect(id.utf8.count < RecordID.textLength)
          let whole = id.hasPrefix("sess_") ? ["session", "show", id] : ["show", id]
          let found = try world.run([TestWorld.memtrace, "--json"] + whole, in: support.path)
          #expect(found.status == 0, "\(verb): \(found.err)")
        }
      }
    }
  }

  /// What a terminal prints of ids.
  private static func ids(_ display: Display) -> [String] {
    func ids(_ cells: [Display.Cell]) -> [String] {
      cells.compactMap { if case .id(let id) = $0 { id } else { nil } }
    }
    switch display {
    case .heading(let cells): return ids(cells)
    case .table(_, let rows, _): return rows.flatMap(ids)
    case .list(let parts): return parts.flatMap(Self.ids)
    default: return []
    }
  }
}
