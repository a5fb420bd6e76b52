// What counts and what does not, from records alone.

import Testing

@testable import Memtrace

/// Memories and reviews with ids in the order in which they are made.
private struct Desk {
  private var count: Int64 = 0
  private(set) var memories: [Memory] = []
  private(set) var reviews: [Review] = []
  /// What lines of memories are read as.
  var lines: [RecordID: String] = [:]

  private mutating func next(_ kind: RecordID.Kind) -> RecordID {
    count += 1
    return RecordID(kind, ULID(milliseconds: 1_790_000_000_000 + count, random: (0, 0)))
  }

  @discardableResult
  mutating func remember(_ key: String? = nil, corrects parent: RecordID? = nil) -> RecordID {
    let id = next(.memory)
    memories.append(
      Memory(
        id: id, time: Timestamp(milliseconds: 0), agent: "a",
        eventType: parent == nil ? "general" : Memory.correction, content: "x", dedupKey: key,
        parent: parent?.description))
    lines[id] = "line"
    return id
  }

  @discardableResult
  mutating func say(
    _ word: Review.Word, _ record: RecordID, after: [RecordID] = [], of line: String = "line"
  ) -> RecordID {
    let id = next(.review)
    reviews.append(
      Review(
        id: id, time: Timestamp(milliseconds: 0), reviewer: "Ana", word: word, record: record,
        of: line, after: after))
    return id
  }

  var standing: Standing {
    Standing(
      memories.shuffled(),
      Dictionary(grouping: reviews.shuffled(), by: \.record)
        .reduce(into: [:]) { $0[$1.key] = ReviewOutcome($1.value, line: lines[$1.key]) })
  }

  func word(_ id: RecordID) -> String { standing[id].word }
}

@Suite struct StandingTests {
  @Test func `the newest review counts, whoever has seen the others`() {
    var desk = Desk()
    let record = desk.remember()
    #expect(desk.word(record) == "stands")
    let asked = desk.say(.pending, record)
    #expect(desk.word(record) == "pending")
    let approved = desk.say(.approved, record, after: [asked])
    #expect(desk.word(record) == "stands")
    let rejected = desk.say(.rejected, record, after: [approved])
    #expect(desk.word(record) == "rejected")
    desk.say(.approved, record, after: [rejected])
    #expect(desk.word(record) == "stands")
  }

  @Test(arguments: [
    (Review.Word.rejected, Review.Word.approved, "rejected"), (.approved, .rejected, "rejected"),
    (.approved, .pending, "pending"), (.pending, .rejected, "rejected"),
    (.restored, .retracted, "retracted"), (.retracted, .restored, "retracted"),
  ])
  func `of two that have not seen each other the stricter wins`(
    first: Review.Word, second: Review.Word, state: String
  ) {
    var desk = Desk()
    let record = desk.remember()
    desk.say(first, record)
    desk.say(second, record)
    #expect(desk.word(record) == state)
  }

  @Test func `whoever has seen both decides`() {
    var desk = Desk()
    let record = desk.remember()
    let (one, other) = (desk.say(.rejected, record), desk.say(.approved, record))
    desk.say(.approved, record, after: [one, other])
    #expect(desk.word(record) == "stands")
  }

  @Test func `an approval is of the bytes that were read, a rejection of any`() {
    var desk = Desk()
    let (good, bad) = (desk.remember(), desk.remember())
    for record in [good, bad] { desk.say(.pending, record) }
    desk.say(.approved, good, after: [desk.reviews[0].id])
    desk.say(.rejected, bad, after: [desk.reviews[1].id])
    #expect(desk.word(good) == "stands" && desk.word(bad) == "rejected")
    // Somebody puts a line with smaller bytes under the same id.
    for record in [good, bad] { desk.lines[record] = "forged" }
    #expect(desk.word(good) == "pending" && desk.word(bad) == "rejected")
  }

  @Test func `a retraction is apart from the verdict, and restoring gives it back`() {
    var desk = Desk()
    let record = desk.remember()
    let rejected = desk.say(.rejected, record)
    let retracted = desk.say(.retracted, record)
    #expect(desk.word(record) == "retracted")
    desk.say(.restored, record, after: [retracted])
    #expect(desk.word(record) == "rejected")
    desk.say(.approved, record, after: [rejected])
    #expect(desk.word(record) == "stands")
  }

  @Test func `a review that claims to have seen a later one has not`() {
    var desk = Desk()
    let record = desk.remember()
    let later = RecordID(.review, ULID(milliseconds: 1_790_000_000_003, random: (0, 0)))
    desk.say(.approved, record, after: [later])
    #expect(desk.say(.rejected, record) == later)
    #expect(desk.word(record) == "rejected")
  }

  @Test(arguments: [Review.Word.pending, .rejected, .retracted])
  func `only what itself stands corrects`(word: Review.Word) {
    var desk = Desk()
    let fact = desk.remember()
    let wrong = desk.remember(corrects: fact)
    #expect(desk.standing[fact] == .corrected(by: wrong))
    desk.say(word, wrong)
    #expect(desk.word(fact) == "stands")
    // What corrects it takes its place all the same.
    let right = desk.remember(corrects: wrong)
    #expect(desk.standing[fact] == .corrected(by: right))
    #expect(desk.word(right) == "stands")
    #expect(desk.word(wrong) == (word == .retracted ? "retracted" : "corrected"))
  }

  @Test func `of two corrections the one that stands counts`() {
    var desk = Desk()
    let fact = desk.remember()
    let older = desk.remember(corrects: fact)
    let newer = desk.remember(corrects: fact)
    #expect(desk.standing[older] == .corrected(by: newer))
    desk.say(.rejected, newer)
    #expect(desk.standing[fact] == .corrected(by: older))
    #expect(desk.word(older) == "stands" && desk.word(newer) == "rejected")
  }

  @Test func `only what itself stands is the first of its key`() {
    var desk = Desk()
    let first = desk.remember("k")
    let second = desk.remember("k")
    let third = desk.remember("k")
    #expect(desk.standing[second] == .duplicate(of: first))
    desk.say(.pending, first)
    #expect(desk.word(second) == "stands" && desk.standing[third] == .duplicate(of: second))
    #expect(desk.standing[first] == .duplicate(of: second))
  }

  @Test func `what is put under a key again stands in place of what was there on any clone`() {
    var desk = Desk()
    let here = desk.remember("k")
    let there = desk.remember("k")
    // The other clone had not seen the first one.
    let newest = desk.remember("k", corrects: there)
    #expect(desk.standing[here] == .corrected(by: newest))
    #expect(desk.word(newest) == "stands" && !desk.standing.stands(there))
  }

  @Test func `kin are all that have a say, and nobody else`() {
    var desk = Desk()
    let fact = desk.remember()
    let other = desk.remember("k", corrects: fact)
    let same = desk.remember("k")
    let last = desk.remember(corrects: same)
    desk.remember()
    for start in [fact, other, same, last] {
      let seed = desk.memories.filter { $0.id == start }
      let kin = Standing.kin(of: seed, among: desk.memories)
      #expect(kin.map(\.id) == [fact, other, same, last])
      #expect(Standing(kin)[start] == desk.standing[start])
    }
  }

  @Test func `a policy asks for what matches, from its beginning on, and trusts whom it names`()
    throws
  {
    let policy = try ReviewPolicy(
      JSON(
        parsing: Array(
          """
          {"review":{"before":[{"type":"decision","importance":0.8}],
            "since":"2026-11-29T00:00:00Z","trusted":["lead"]}}
          """.utf8)))
    func asks(
      _ importance: Double?, day: Int64 = 1, agent: String = "a",
      kind: Memory.Kind = .decision
    ) -> Bool {
      let time = Timestamp(rfc3339: "2026-11-29T00:00:00Z")!.milliseconds + day * 86_400_000
      let memory = Memory(
        id: RecordID(.decision, ULID(milliseconds: time, random: (0, 0))),
        time: Timestamp(milliseconds: time), agent: agent, kind: kind, content: "x",
        importance: importance)
      return policy.rule(for: memory, correcting: nil, by: nil) != nil
    }
    #expect(asks(0.8) && asks(1))
    #expect(!asks(0.79) && !asks(nil) && !asks(1, day: -1) && !asks(1, agent: "lead"))
    #expect(!asks(1, kind: .episodic))
    for text in [
      #"{"review":{"after":[]}}"#, #"{"review":{"before":[{"mood":"bad"}]}}"#,
      #"{"review":{"since":"soon"}}"#, #"{"reviewers":"Ana"}"#,
    ] {
      let json = try JSON(parsing: Array(text.utf8))
      #expect(throws: ReviewPolicy.Unknown.self) { try ReviewPolicy(json) }
    }
  }
}

/// What was rejected or retracted, said again: by the same one or another, in one session or about one customer.
@Suite struct DenialTests {
  private static func memory(_ number: Int64, _ text: String, session: Int64? = 1) -> Memory {
    Memory(
      id: RecordID(.memory, ULID(milliseconds: 1_790_000_000_000 + number, random: (0, 0))),
      time: Timestamp(milliseconds: 0), agent: "a",
      session: session.map { .own(ULID(milliseconds: 1_700_000_000_000 + $0, random: (0, 0))) },
      content: text)
  }

  private static func review(
    _ number: Int64, _ word: Review.Word, _ memory: Memory, reason: String? = "wrong",
    leaves: [RecordID] = []
  ) -> Review {
    Review(
      id: RecordID(.review, ULID(milliseconds: 1_790_000_000_000 + number, random: (1, 0))),
      time: Timestamp(milliseconds: 0), reviewer: "Ana", word: word, record: memory.id,
      reason: reason, leaves: leaves)
  }

  /// Sessions 1 and 2 are of one customer, 3 of another with the same telephone.
  private func scope(_ memory: Memory) -> RecordScope {
    let metadata: [JSON.Member] =
      switch memory.session?.description {
      case Self.memory(0, "", session: 3).session?.description:
        [.init("customer_id", .string("c2")), .init("phone", .string("+49 30 123456"))]
      default: [.init("customer_id", .string("c1")), .init("phone", .string("004930123456"))]
      }
    return RecordScope(
      memory, memory.session == nil ? [] : metadata, keys: Configuration.defaultIdentityKeys)
  }

  private func isDenied(_ memory: Memory, after reviews: [(Memory, [Review])]) -> Bool {
    var denials = Denials()
    for (denied, reviews) in reviews {
      denials.add(denied, ReviewOutcome(reviews, line: nil), scope(denied))
    }
    return denials.denial(of: memory) { scope(memory) } != nil
  }

  @Test func `a rejection holds for whoever says it about the customer, earlier or later`() {
    let first = Self.memory(5, "the tariff is 4 euro")
    let rejected = [(first, [Self.review(6, .rejected, first)])]
    for again in [
      Self.memory(9, "The tariff is 4 EURO."), Self.memory(9, "the tariff is 4 euro", session: 2),
      Self.memory(1, "the tariff is 4 euro", session: 2),
    ] {
      #expect(isDenied(again, after: rejected))
    }
    #expect(!isDenied(first, after: rejected), "its own verdict is another thing")
    #expect(!isDenied(Self.memory(9, "the tariff is 5 euro"), after: rejected))
    #expect(!isDenied(Self.memory(9, "the tariff is 4 euro", session: 3), after: rejected))
    #expect(!isDenied(Self.memory(9, "the tariff is 4 euro", session: nil), after: rejected))
  }

  @Test func `outside sessions it holds for the agent`() {
    let first = Self.memory(5, "x y", session: nil)
    let rejected = [(first, [Self.review(6, .rejected, first)])]
    #expect(isDenied(Self.memory(9, "X, y", session: nil), after: rejected))
    #expect(!isDenied(Self.memory(9, "x y"), after: rejected))
  }

  @Test func `a retraction leaves what stood beside it, unless somebody else did not`() {
    let first = Self.memory(5, "twice")
    let other = Self.memory(4, "twice")
    let leaving = Self.review(6, .retracted, first, leaves: [other.id])
    #expect(!isDenied(other, after: [(first, [leaving])]))
    #expect(isDenied(Self.memory(9, "twice"), after: [(first, [leaving])]))
    let unaware = Self.review(7, .retracted, first)
    #expect(isDenied(other, after: [(first, [leaving, unaware])]))
    let rejection = Self.review(8, .rejected, first)
    #expect(isDenied(other, after: [(first, [leaving, rejection])]))
  }

  @Test func `a retraction without a reason denies nothing`() {
    let first = Self.memory(5, "x")
    let silent = Self.review(6, .retracted, first, reason: nil)
    #expect(!isDenied(Self.memory(9, "x"), after: [(first, [silent])]))
    let reasoned = Self.review(5, .retracted, first)
    #expect(isDenied(Self.memory(9, "x"), after: [(first, [silent, reasoned])]))
    #expect(
      isDenied(
        Self.memory(9, "x"), after: [(first, [Self.review(6, .rejected, first, reason: nil)])]))
  }

  @Test func `what was given back denies nothing`() {
    let first = Self.memory(5, "x")
    let retracted = Self.review(6, .retracted, first)
    let restored = Review(
      id: RecordID(.review, ULID(milliseconds: 1_790_000_000_008, random: (1, 0))),
      time: Timestamp(milliseconds: 0), reviewer: "Ana", word: .restored, record: first.id,
      after: [retracted.id])
    #expect(isDenied(Self.memory(9, "x"), after: [(first, [retracted])]))
    #expect(!isDenied(Self.memory(9, "x"), after: [(first, [retracted, restored])]))
  }

  @Test func `whoever approves of it lets it count, and what does not stand corrects nothing`() {
    let (first, again) = (Self.memory(5, "x"), Self.memory(9, "x"))
    var outcome = ReviewOutcome()
    outcome = outcome.saying(
      again: .init(record: first.id, review: Self.review(6, .rejected, first)))
    #expect(outcome.state.word == "pending" && outcome.state.isPending)
    let approved = ReviewOutcome(
      [
        Review(
          id: RecordID(.review, ULID(milliseconds: 1_790_000_000_010, random: (1, 0))),
          time: Timestamp(milliseconds: 0), reviewer: "Ana", word: .approved, record: again.id,
          of: "line")
      ], line: "line")
    #expect(approved.saying(again: outcome.saidAgain!).state == .stands)
    let old = Self.memory(1, "y")
    let correction = Memory(
      id: again.id, time: again.time, agent: "a", session: again.session,
      eventType: Memory.correction, content: "x", parent: old.id.description)
    let standing = Standing([old, correction], [again.id: outcome])
    #expect(standing.stands(old.id) && standing[again.id].word == "pending")
  }
}
