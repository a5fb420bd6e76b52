// Several corrections of one fact: the newest is found by what any of them says.

import Testing

@testable import Memtrace

@Suite struct CorrectionChainTests {
  private static func memory(_ number: Int, corrects parent: Int? = nil) -> Memory {
    func id(_ number: Int) -> RecordID {
      RecordID(.memory, ULID(milliseconds: 1_700_000_000_000 + Int64(number), random: (0, 0)))
    }
    return Memory(
      id: id(number), time: Timestamp(milliseconds: Int64(number)), agent: "a",
      session: .foreign("s\(number)"), eventType: parent == nil ? "general" : "correction",
      content: String(repeating: "router ", count: 9 - number) + "is number \(number)",
      parent: parent.map { id($0).description })
  }

  /// 0 is corrected by 1 and by 3, 1 by 2: whatever the order in which they come, 3 is what counts.
  @Test(arguments: [
    [0, 1, 2, 3], [3, 2, 1, 0], [0, 3, 1, 2], [0, 2, 3, 1], [1, 0, 3, 2],
  ])
  func `of several corrections of one fact the newest goes first, or alone`(order: [Int]) {
    let parents = [1: 0, 3: 0, 2: 1]
    let memories = order.map { Self.memory($0, corrects: parents[$0]) }
    let built = SearchableMemories(memories)
    var grown = SearchableMemories([])
    for memory in memories { grown.append(memory) }
    for index in [built, grown] {
      var query = RankedQuery("router")
      func found() -> [RecordID] {
        index.search(query, sessions: nil, standing: Standing(memories)).map(\.memory.id)
      }
      #expect(found().count == 4 && found().first == Self.memory(3).id)
      query.filter.standsOnly = true
      #expect(found() == [Self.memory(3).id])
    }
  }
}
