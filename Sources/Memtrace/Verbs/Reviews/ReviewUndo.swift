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
      let mine = all.filter { $0.reviewer.isExactly(name) }
      let undone = Set(mine.filter(\.isUndo).flatMap(\.after))
      let open = mine.filter { !$0.isUndo && !undone.contains($0.id) }
      guard let last = open.last else {
        throw MemtraceError(.notFound, "'\(name)' has given no verdict that could be taken back")
      }
      let time = call.world.now()
      // What is given at once has one time.
      let taken = try open.filter { $0.time == last.time }.compactMap { review -> Review? in
        guard let memory = try transaction.records.memory(review.record),
          let outcome = try transaction.records.outcomes(of: [memory])[memory.id],
          // What somebody has said since stays.
          (outcome.verdicts + outcome.sights).contains(where: { $0.id == review.id }),
          let back = try Self.opposite(of: review, about: memory, among: all, transaction.records)
        else { return nil }
        return try transaction.review(
          memory, back.word, by: reviewer, reason: back.reason, again: back.again, at: time)
      }
      // Never an earlier one instead: that may be what keeps a record out.
      guard !taken.isEmpty else {
        throw MemtraceError(
          .notFound,
          "what '\(name)' said last (\(last.word.rawValue) \(last.record)) changed nothing that holds now",
          hint: "memtrace show \(last.record)")
      }
      return taken
    }
    return ReviewAnswer(reviews: written.value, asked: written.value.count)
  }

  private struct Opposite {
    var word: Review.Word
    var reason: String? = Review.undone
    /// What held before.
    var again: Review?

    init(_ word: Review.Word) { self.word = word }

    /// With the reason that it had.
    init(again before: Review) {
      word = before.word
      again = before
      guard !before.isUndo else {
        reason = before.reason
        return
      }
      // A retraction without a reason says nothing of what it takes away.
      reason =
        before.reason.map(Review.undo(of:)) ?? (before.word == .retracted ? nil : Review.undone)
    }
  }

  /// What holds without it, said again; nil where that is what holds now.
  private static func opposite(
    of review: Review, about memory: Memory, among all: [Review], _ records: Catalog
  ) throws -> Opposite? {
    let rest = ReviewOutcome(
      all.filter { $0.record == review.record && $0.id != review.id },
      line: try records.fingerprint(of: memory))
    let before = review.word.isAboutSight ? rest.sight : rest.verdict
    if let before { return Opposite(again: before) }
    switch review.word {
    case .retracted: return Opposite(.restored)
    case .restored: return Opposite(.retracted)
    case .approved:
      return try records.saidAgain(among: [memory]).isEmpty ? nil : Opposite(.pending)
    // Where nothing was said before, it counted.
    case .rejected, .pending: return Opposite(.approved)
    }
  }
}
