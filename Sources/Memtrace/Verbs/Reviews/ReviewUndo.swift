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
      let undone = Set(mine.filter(Self.isUndo).flatMap(\.after))
      let open = mine.filter { !Self.isUndo($0) && !undone.contains($0.id) }
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
          let back = try Self.opposite(of: review, among: all, transaction.records)
        else { return nil }
        return try transaction.review(
          memory, back.word, by: reviewer, reason: back.reason, at: time)
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

  private static let reason = "undone"

  private static func isUndo(_ review: Review) -> Bool {
    review.reason == reason || review.reason?.hasPrefix(reason + ": ") == true
  }

  /// What held before, said again, with the reason that it had; nil where that is what holds now.
  private static func opposite(
    of review: Review, among all: [Review], _ records: Catalog
  ) throws -> (word: Review.Word, reason: String)? {
    let before = all.last {
      $0.record == review.record && $0.word.isAboutSight == review.word.isAboutSight
        && $0.id < review.id
    }
    func said(_ before: Review) -> (Review.Word, String) {
      guard let why = before.reason, !isUndo(before) else {
        return (before.word, before.reason ?? reason)
      }
      let text = "\(reason): \(why)"
      return (before.word, text.unicodeScalars.count <= Limits.reason.upperBound ? text : reason)
    }
    switch review.word {
    case .retracted: return (.restored, reason)
    case .restored: return (.retracted, reason)
    case .approved:
      if let before { return said(before) }
      let memory = try records.memory(review.record)
      let waited = try memory.map { try !records.saidAgain(among: [$0]).isEmpty } ?? false
      return waited ? (.pending, reason) : nil
    // Where nothing was said before, it counted.
    case .rejected, .pending: return before.map(said) ?? (.approved, reason)
    }
  }
}
