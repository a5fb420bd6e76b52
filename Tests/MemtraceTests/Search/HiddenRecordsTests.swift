// What does not count takes no place from what does.

import Testing

@testable import Memtrace

@Suite struct HiddenRecordsTests {
  @Test(arguments: [false, true])
  func `as many come back as were asked for, however many better ones are hidden`(isFiltered: Bool)
  {
    let strong = Array(repeating: ["router router router restarts"], count: 400)
    let weak = (0..<7).map {
      ["A long note of the week in which, among much else, a router was mentioned: \($0)"]
    }
    let world = SearchWorld(sessions: strong + weak)
    var options = SearchOptions()
    (options.recipe.candidates, options.recipe.candidatesOfAll) = (20, 20)
    options.limit = 5
    let index = SearchIndex(world, count: world.records.count)
    let filter = isFiltered ? SearchFilter.records(Array(world.records.indices)) : .all
    let found = index.search(
      "router restarts", in: world, among: filter, options: options, isHidden: { $0 < 400 })
    #expect(found.count == 5 && found.allSatisfy { $0.record >= 400 })
    options.offset = 5
    let rest = index.search(
      "router restarts", in: world, among: filter, options: options, isHidden: { $0 < 400 })
    #expect(rest.count == 2 && Set((found + rest).map(\.record)).count == 7)
    // Without anything hidden, a limit on candidates is one.
    #expect(index.search("router", in: world, among: filter, options: options).count == 5)
  }

  @Test func `pages go on beyond the few that a first page looks at`() {
    let texts = (0..<700).map { ["The router in room \($0) restarts."] }
    let world = SearchWorld(sessions: texts)
    let index = SearchIndex(world, count: world.records.count)
    var options = SearchOptions()
    options.limit = options.recipe.few
    var found: Set<Int> = []
    for offset in stride(from: 0, to: 700, by: options.limit) {
      options.offset = offset
      let page = index.search("router restarts", in: world, options: options)
      #expect(page.count == options.limit, "\(offset)")
      found.formUnion(page.map(\.record))
    }
    // The first page is chosen among fewer: at that border a record may stand on both sides.
    #expect(found.count > 690)
  }

  @Test func `a phrase is looked for among more`() {
    let common = Array(repeating: ["Door red."], count: 600)
    let world = SearchWorld(
      sessions: common + [
        ["Of all that was said on that long day, he meant a red door, and no other one."]
      ])
    #expect(world.found(#""red door""#).count == 1)
  }
}
