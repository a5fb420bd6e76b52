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
    #expect(try support.memtrace("show", "mem_").status == 3)
    #expect(try support.memtrace("show", "mem_01ZZZZZZ").status == 3)
  }
}
