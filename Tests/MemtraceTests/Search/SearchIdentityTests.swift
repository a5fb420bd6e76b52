// However the index is cut and grown, the ranking is the same to the bit.

import Testing

@testable import Memtrace

@Suite struct SearchIdentityTests {
  /// A record and the bits of its score.
  private struct Result: Equatable {
    let record: Int
    let bits: UInt64
  }

  private static func results(
    _ index: SearchIndex, _ world: SearchWorld, _ query: String, _ filter: SearchFilter = .all,
    candidates: Int = 40, prunes: Bool = true
  ) -> [Result] {
    var options = SearchOptions()
    options.limit = 1_000
    options.recipe.candidates = candidates
    options.prunes = prunes
    return index.search(query, in: world, among: filter, options: options).map {
      Result(record: $0.record, bits: $0.score.bitPattern)
    }
  }

  private static func queries(seed: UInt64) -> [String] {
    var random = SearchWorld.Random(state: seed)
    return (0..<8).map { _ in random.text(upTo: 6) } + ["billing agent", "when wao w1o900?"]
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `pruned and exact search agree`(seed: UInt64) {
    let world = SearchWorld.random(1_200, seed: seed)
    let index = SearchIndex(world, count: world.records.count, parts: 2)
    for query in Self.queries(seed: seed) {
      for candidates in [1, 25, 2_000] {
        let pruned = Self.results(index, world, query, candidates: candidates)
        #expect(
          pruned == Self.results(index, world, query, candidates: candidates, prunes: false),
          "\(query), \(candidates)")
      }
    }
  }

  @Test(arguments: [4, 5] as [UInt64], [2, 3, 7])
  func `one part and several agree`(seed: UInt64, parts: Int) {
    let world = SearchWorld.random(600, seed: seed)
    let one = SearchIndex(world, count: world.records.count)
    let several = SearchIndex(world, count: world.records.count, parts: parts)
    #expect(several.parts.count > 1)
    for query in Self.queries(seed: seed) {
      #expect(Self.results(one, world, query) == Self.results(several, world, query), "\(query)")
    }
  }

  @Test(arguments: [6, 7] as [UInt64], [0, 250, 490])
  func `an index with a tail and an index built anew agree`(seed: UInt64, base: Int) {
    let world = SearchWorld.random(500, seed: seed)
    var grown = SearchIndex(world, count: base, parts: 2)
    for _ in base..<world.records.count { grown.append(from: world) }
    let rebuilt = SearchIndex(world, count: world.records.count)
    #expect(grown.count == rebuilt.count)
    #expect(grown.sessionCount == rebuilt.sessionCount)
    var random = SearchWorld.Random(state: seed)
    let some = (0..<world.records.count).filter { _ in random.below(3) == 0 }
    for query in Self.queries(seed: seed) {
      #expect(Self.results(grown, world, query) == Self.results(rebuilt, world, query), "\(query)")
      #expect(
        Self.results(grown, world, query, .records(some))
          == Self.results(rebuilt, world, query, .records(some)), "\(query)")
    }
  }

  @Test func `all records as a filter find what no filter finds`() {
    let world = SearchWorld.random(1_000, seed: 9)
    let index = SearchIndex(world, count: world.records.count)
    let all = SearchFilter.records(Array(0..<world.records.count))
    for query in Self.queries(seed: 9) {
      let found = Self.results(index, world, query)
      // With fewer matches than candidates, a filter's other records are candidates too.
      if found.count == 40 { #expect(found == Self.results(index, world, query, all), "\(query)") }
    }
  }

  @Test(arguments: [0, 300, 500])
  func `sessions as a filter find what their records as a filter find`(base: Int) {
    let world = SearchWorld.random(500, seed: 11)
    var index = SearchIndex(world, count: base, parts: 2)
    for _ in base..<world.records.count { index.append(from: world) }
    let all = world.records.indices
    let heads = all.filter { world.session(of: $0) == $0 }
    for sessions in [heads, Array(heads.prefix(9).reversed()), [heads[3]], []] {
      let records = all.filter { world.session(of: $0).map(sessions.contains) ?? false }
      for query in Self.queries(seed: 11) {
        #expect(
          Self.results(index, world, query, .sessions(sessions))
            == Self.results(index, world, query, .records(records)), "\(query)")
      }
    }
  }

  @Test func `a posting's usual weights lie packed as they lie in the list`() {
    for (kind, weight) in PostingFormat.weights.enumerated() {
      #expect(PostingFormat.packedWeights >> (8 * UInt32(kind)) & 0xFF == UInt32(weight))
    }
  }

  @Test func `a copy goes on answering as before while the original grows`() {
    let world = SearchWorld.random(400, seed: 10)
    var index = SearchIndex(world, count: 300)
    let before = index
    let expected = Self.results(before, world, "wao wbo")
    for _ in 300..<400 { index.append(from: world) }
    #expect(Self.results(before, world, "wao wbo") == expected)
    #expect(before.count == 300)
    #expect(index.count == 400)
  }

  @Test func `the virtual document is the weighted sum of the neighbours, session by session`() {
    let world = SearchWorld(sessions: [
      ["router"], ["modem", "x", "router", "y", "modem", "z", "q"],
    ])
    let index = SearchIndex(world, count: 8)
    var options = SearchOptions()
    options.explains = true
    let hits = index.search("router", in: world, options: options)
    let frequencies = hits.reduce(into: [Int: Double]()) {
      $0[$1.record] = $1.explanation?.terms.first?.frequency
    }
    #expect(frequencies == [0: 1, 1: 0.1, 2: 0.2, 3: 1, 4: 0.5, 5: 0.2, 6: 0.05])
  }
}
