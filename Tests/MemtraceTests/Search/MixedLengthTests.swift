// Long records among short ones: what they may not do.

import Testing

@testable import Memtrace

/// Chat turns of a few words, e-mails and transcripts of hundreds in one repository.
@Suite struct MixedLengthTests {
  /// Texts of words out of a language in which few words make up most of a text; no question marks.
  private struct Text {
    var random: SearchWorld.Random

    mutating func words(_ count: Int) -> String {
      (0..<count).map { _ in
        let scale = [6, 30, 200, 2_000][random.below(4)]
        return "word\(random.below(scale))"
      }.joined(separator: " ")
    }
  }

  private static func position(
    of answer: Int, _ query: String, _ sessions: [[String]]
  ) -> Int? {
    let world = SearchWorld(sessions: sessions)
    let index = SearchIndex(world, count: world.records.count)
    return index.search(query, in: world).map(\.record).firstIndex(of: answer)
  }

  @Test(arguments: [1, 2, 3] as [UInt64], [60, 400])
  func `neither a long neighbour nor a long rival moves a short exact answer out of the first ten`(
    seed: UInt64, long: Int
  ) {
    var text = Text(random: SearchWorld.Random(state: seed))
    // The answer: three words of its own, and some that everybody uses.
    let exact = "amber\(seed) falcon\(seed) quartz\(seed)"
    let answer = "\(text.words(3)) \(exact) \(text.words(2))"
    var sessions = (0..<14).map { _ in (0..<10).map { _ in text.words(4 + text.random.below(14)) } }
    sessions[0][5] = answer
    // Others have some of the words.
    for i in 1..<8 { sessions[i][3] += " amber\(seed) \(text.words(3))" }
    let query = "\(text.words(1)) \(exact)"
    #expect(Self.position(of: 5, query, sessions)! < 10)

    // Long neighbours that speak of other things, before and after.
    var beside = sessions
    beside[0][4] = text.words(long)
    beside[0][6] = text.words(long)
    #expect(Self.position(of: 5, query, beside)! < 10, "beside")

    // Long rivals that have each of the words once, and many others: those of all the other sessions.
    var against = sessions
    for i in 1..<14 {
      let words = "\(text.words(long / 3)) amber\(seed) \(text.words(long / 3)) falcon\(seed)"
      against[i][0] = "\(words) \(text.words(long / 3)) quartz\(seed)"
    }
    #expect(Self.position(of: 5, query, against)! < 10, "against")

    // All records but the answer's neighbours long: it stands beside others of its length.
    let lengthened = sessions.enumerated().map { i, session in
      i == 0 ? session : session.map { "\($0) \(text.words(long))" }
    }
    #expect(Self.position(of: 5, query, lengthened)! < 10, "lengthened")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a long record is found by what it says anywhere in it`(seed: UInt64) {
    var text = Text(random: SearchWorld.Random(state: seed))
    for place in [0, 250, 500] {
      var sessions = (0..<8).map { _ in (0..<10).map { _ in text.words(6) } }
      sessions[4][2] = "\(text.words(place)) amber falcon quartz \(text.words(500 - place))"
      #expect(Self.position(of: 42, "amber falcon quartz", sessions) == 0, "\(place)")
    }
  }
}
