// review undo: takes back what this reviewer said last, all of it at once.

struct ReviewUndo: Verb {
  static let description = VerbDescription(
    name: "review undo", group: "Review", effect: .changes,
    summary: "take back your last verdicts, as many as were given at once",
    fields: [ReviewRequest.agent], examples: ["memtrace review undo"])

  private let agent: AgentReference?

  init(_ input: inout Input) { agent = input.agent() }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let name = try call.reviewerName() ?? agent?.id ?? "unknown"
    let reviewer = Reviewer(name: name, agent: agent)
    let written = try store.write { transaction in
      let all = try transaction.records.reviews()
      let mine = all.filter { $0.reviewer.isExactly(name) && $0.reason != Self.reason }
      let undone = Set(
        all.filter { $0.reviewer.isExactly(name) && $0.reason == Self.reason }.flatMap(\.after))
      let open = try mine.filter {
        try !undone.contains($0.id) && Self.opposite(of: $0, among: all, transaction.records) != nil
      }
      guard let last = open.last else {
        throw MemtraceError(.notFound, "'\(name)' has given no verdict that could be taken back")
      }
      let time = call.world.now()
      // What is given at once has one time.
      return try open.filter { $0.time == last.time }.compactMap { review -> Review? in
        guard let memory = try transaction.records.memory(review.record),
          let outcome = try transaction.records.outcomes(of: [memory])[memory.id],
          // What somebody has said since stays.
          (outcome.verdicts + outcome.sights).contains(where: { $0.id == review.id }),
          let word = try Self.opposite(of: review, among: all, transaction.records)
        else { return nil }
        return try transaction.review(
          memory, word, by: reviewer, reason: Self.reason, at: time)
      }
    }
    return ReviewAnswer(reviews: written.value)
  }

  private static let reason = "undone"

  /// What held before, said again; nil where that is what holds now.
  private static func opposite(
    of review: Review, among all: [Review], _ records: Catalog
  ) throws -> Review.Word? {
    let before = all.last {
      $0.record == review.record && $0.word.isAboutSight == review.word.isAboutSight
        && $0.id < review.id
    }
    switch review.word {
    case .retracted: return .restored
    case .restored: return .retracted
    case .approved:
      if let before { return before.word }
      let memory = try records.memory(review.record)
      let waited = try memory.map { try !records.saidAgain(among: [$0]).isEmpty } ?? false
      return waited ? .pending : nil
    // Where nothing was said before, it counted.
    case .rejected, .pending: return before?.word ?? .approved
    }
  }
}
