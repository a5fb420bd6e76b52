// Reviews that are held in memory go with their lines.
import Testing

@testable import Memtrace

struct ReviewsHeldTests {
  @Test func `the review of a session of which nothing else is held goes with its line`() {
    let id = SessionID.own(ULID(milliseconds: 1, random: (0, 1)))
    let review = Review(
      id: RecordID(.review, ULID(milliseconds: 3, random: (0, 1))),
      time: Timestamp(milliseconds: 3), reviewer: "Ana", word: .rejected,
      record: RecordID(.memory, ULID(milliseconds: 2, random: (0, 1))), of: nil, reason: nil,
      after: [], session: id, agent: nil)
    var state = Overlay()
    state.replace(session: id, events: [], memories: [], reviews: [review])
    #expect(state.reviews[review.record] == [review])
    state.replace(session: id, events: [], memories: [], reviews: [])
    #expect(state.reviews.isEmpty)
  }
}
