// Several corrections of one fact: the newest is found by what any of them says.

import Foundation
import System
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
  func `of several corrections of one fact the newest goes first, or alone`(order: [Int]) throws {
    let parents = [1: 0, 3: 0, 2: 1]
    let root = FileManager.default.temporaryDirectory.appending(path: "chain-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    let folder = try Folder(root.path)
    let lines = order.map { number in
      let memory = Self.memory(number, corrects: parents[number])
      var bytes: [UInt8] = []
      memory.appendLine(to: &bytes)
      return PendingLine(
        folder: Layout.place(of: memory).folder, file: FileName(.memories, replica: "r"),
        bytes: bytes)
    }
    let grown = try Catalog.of(folder)
    for line in lines { try grown.add([line]) }
    for line in lines { try folder.extend(line.path) { _ in line.bytes } }
    for catalog in [try Catalog.of(folder), grown] {
      var query = RankedQuery("router")
      query.filter.standsOnly = false
      let all = try catalog.ranked(query).map(\.memory.id)
      #expect(all.count == 4 && all.first == Self.memory(3).id)
      query.filter.standsOnly = true
      #expect(try catalog.ranked(query).map(\.memory.id) == [Self.memory(3).id])
    }
  }
}
